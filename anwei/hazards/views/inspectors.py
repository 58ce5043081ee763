"""Who may inspect: the certificates of the county's bodies, and entering those of the own one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import InspectorForm
from anwei.hazards.models import Inspector
from anwei.hazards.planning.bodies import require_body
from anwei.hazards.services.inspectors import certify
from anwei.org.policy import person_of, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def inspectors(request: HttpRequest) -> HttpResponse:
    """Show the certificates a person may see; a POST enters one of the own body."""
    person, now = person_of(request), timezone.now()
    own = require_body(person, now)
    form = InspectorForm(request.POST or None, bodies=own, now=now)
    if form.is_bound and form.is_valid():
        try:
            row = certify(actor=person, now=now, **form.cleaned_data)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(row)s已登记。") % {"row": row})
            return redirect("inspectors")
    rows = Inspector.objects.visible_to(person).select_related("person", "unit").order_by("unit", "number")
    context = {"rows": rows, "form": form, "today": timezone.localdate()}
    return render(request, "inspections/inspectors.html", context, status=422 if form.errors else 200)
