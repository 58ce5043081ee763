"""Forms for other days: of a key period (the county's committee office), of a campaign (its organizer)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anwei.cases.clocks import county_calendar
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import TEXT, day_field
from anwei.hazards.models import Campaign
from anwei.hazards.planning.bodies import bodies_of
from anwei.hazards.services.dates import own_periods, reschedule, reset_period, set_period
from anwei.hazards.signals.office import for_the_office
from anwei.org.policy import person_of, signed_in
from anwei.standards.inspections.periods import names, period

YEARS_AHEAD = 2


class DatesForm(forms.Form):
    """Other days, and why."""

    starts_on = day_field(gettext_lazy("起始日期"))
    ends_on = day_field(gettext_lazy("截止日期"))
    reason = forms.CharField(
        label=gettext_lazy("理由（公布日期的文件）"), max_length=200, widget=forms.TextInput(attrs=TEXT)
    )


class ResetForm(forms.Form):
    """Why the days of the data count again."""

    reason = forms.CharField(max_length=200)


@for_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def key_period(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Change the days of a key period of a year; `reset` lets the preset ones count again."""
    person, now = person_of(request), timezone.now()
    if code not in names() or not now.year - 1 <= year <= now.year + YEARS_AHEAD:
        raise Http404
    shown = period(f"{code}.{year}", county_calendar(), own_periods())
    days = {} if shown is None else {"starts_on": shown.starts_on, "ends_on": shown.ends_on}
    is_reset = "reset" in request.POST
    form: forms.Form = ResetForm(request.POST) if is_reset else DatesForm(request.POST or None, initial=days)
    if form.is_bound and form.is_valid():
        try:
            change: Any = reset_period if is_reset else set_period
            change(code, year, actor=person, now=now, **form.cleaned_data)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("日期已改，变更已记录；已部署的检查计划在它自己的页面上改。"))
            return redirect("inspection_plan")
    context = {
        "form": form if isinstance(form, DatesForm) else DatesForm(initial=days),
        "refusals": form.errors.values() if is_reset else (),
        "title": _("%(year)d 年%(name)s") % {"year": year, "name": _(names()[code])},
        "note": shown.note if shown else _("放假安排还没有公布，也可以先填日期。"),
        "is_own": shown is not None and shown.is_own,
    }
    return render(request, "inspections/dates.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the days of a campaign."""
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(Campaign.objects.visible_to(person).select_related("organizer"), pk=pk)
    if shown.organizer not in bodies_of(person, now):
        raise PermissionDenied(_("只有组织单位可以改检查计划的日期。"))
    form = DatesForm(request.POST or None, initial={"starts_on": shown.starts_on, "ends_on": shown.ends_on})
    if form.is_bound and form.is_valid():
        try:
            reschedule(shown, actor=person, now=now, **form.cleaned_data)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("日期已改，变更已记录；已安排的检查照常进行。"))
            return redirect("campaign", pk=pk)
    context = {"form": form, "title": str(shown), "note": "", "is_own": False}
    return render(request, "inspections/dates.html", context, status=422 if form.errors else 200)
