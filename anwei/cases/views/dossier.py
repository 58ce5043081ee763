"""One click gives everything of a case, for whoever may see it; who took it is written down."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.cases.desk import RELATED
from anwei.cases.dossier.archive import make
from anwei.cases.evidence import confined
from anwei.cases.kinds import specific
from anwei.cases.models import Case
from anwei.org.policy import person_of, signed_in


@signed_in
@require_GET
def case_dossier(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out the dossier of a case as a ZIP."""
    person = person_of(request)
    visible = Case.objects.visible_to(person).select_related(*RELATED, "parent")
    case = specific(get_object_or_404(visible, pk=pk))
    dossier = make(case, person=person, now=timezone.now())
    name = f"{case.number}.zip"
    return confined(
        FileResponse(dossier.file, as_attachment=True, filename=name, content_type="application/zip")
    )
