"""隐患统计分析表 of enterprises: produced from the records, confirmed by the head with one click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.cases.clocks import county_calendar
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Hazard, Statistics
from anwei.hazards.services.reports import confirm_statistics, heads
from anwei.hazards.statistics import Figures, Period, figures_of, reportable, rows_of
from anwei.hazards.statistics_paper import statistics_docx
from anwei.hazards.views.selfchecks import own_enterprise
from anwei.ledgers.listing import ClampedPaginator
from anwei.ledgers.services import county_setting
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Enterprise
from anwei.sites.statuses import counted_on
from anwei.standards.deadlines import DEADLINES

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FIRST_YEAR = 2000


@signed_in
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Show one's own periods, or who of one's scope has reported the period of `?year=&quarter=`."""
    person, now = person_of(request), timezone.now()
    own = own_enterprise(person)
    if own is not None:
        told = {(one.year, one.quarter): one for one in Statistics.objects.filter(enterprise=own)}
        lines = [(one, told.get((one.year, one.quarter)), _due(one)) for one in reportable(now)]
        shown = {"enterprise": own, "lines": lines, "now": now, "today": timezone.localdate(now)}
        return render(request, "hazards/statistics_own.html", {**shown, "may_confirm": heads(person, own)})
    periods = reportable(now)
    period = _asked(request, periods)
    rows = counted_on(period.first, Enterprise.objects.visible_to(person).select_related("unit"))
    rows = rows.order_by("unit__name", "pk")
    told_by = dict(
        Statistics.objects.filter(
            enterprise__in=rows.order_by().values("pk"), year=period.year, quarter=period.quarter
        ).values_list("enterprise", "confirmed_at")
    )
    state = request.GET.get("state", "")
    if state == "missing":
        rows = rows.exclude(pk__in=told_by)
    elif state == "reported":
        rows = rows.filter(pk__in=told_by)
    n_all = counted_on(period.first, Enterprise.objects.visible_to(person)).count()
    page = ClampedPaginator(rows, 50).get_page(request.GET.get("page", "1"))
    context = {
        "period": period,
        "periods": periods,
        "due_at": _due(period),
        "is_due": _due(period) < now,
        "is_over": timezone.localdate(now) >= period.after,
        "lines": [(one, told_by.get(one.pk)) for one in page],
        "page": page,
        "n_reported": len(told_by),
        "n_all": n_all,
        "n_missing": n_all - len(told_by),
        "state": state if state in ("missing", "reported") else "",
    }
    return render(request, "hazards/statistics.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int, year: int, quarter: int) -> HttpResponse:
    """Show the figures of one enterprise and period, as reported or as they stand; `?docx=1` the paper."""
    person, now = person_of(request), timezone.now()
    enterprise = get_object_or_404(Enterprise.objects.visible_to(person).select_related("unit"), pk=pk)
    if quarter > 4 or not FIRST_YEAR <= year <= timezone.localtime(now).year:
        raise Http404
    period = Period(year, quarter)
    if request.method == "POST":
        return _confirmed(request, enterprise, period)
    reported = Statistics.objects.filter(enterprise=enterprise, year=year, quarter=quarter).first()
    figures = Figures(**reported.figures) if reported else figures_of(enterprise, period, now)
    if request.GET.get("docx"):
        paper = statistics_docx(enterprise, period, figures, reported, person=person, now=now)
        answer = HttpResponse(paper, content_type=DOCX)
        answer["Content-Disposition"] = f'attachment; filename="statistics-{pk}-{year}-{quarter}.docx"'
        return answer
    asked, known = request.GET.get("rows", ""), reportable(now)
    opened = _opened(enterprise, period, asked, person, reported.confirmed_at if reported else now)
    context = {
        "periods": known if period in known else [period, *known],
        "is_owed": period in known,
        "asked": asked if opened else "",
        "opened": opened,
        "enterprise": enterprise,
        "period": period,
        "reported": reported,
        "figures": figures,
        "due_at": _due(period),
        "is_over": timezone.localtime(now).date() >= period.after,
        "may_confirm": heads(person, enterprise),
    }
    return render(request, "hazards/statistics_of.html", context)


def _opened(
    enterprise: Enterprise, period: Period, key: str, person: Person, now: datetime
) -> tuple[list[Hazard], int] | None:
    """Return the hazards behind a number that the person sees, and how many others there are.

    None where `key` names no number.
    """
    hazards = rows_of(enterprise, period, now).get(key)
    if hazards is None:
        return None
    seen = {
        *Hazard.objects.visible_to(person)
        .filter(pk__in=[one.pk for one in hazards])
        .values_list("pk", flat=True)
    }
    shown = [one for one in hazards if one.pk in seen]
    return shown, len(hazards) - len(shown)


def _confirmed(request: HttpRequest, enterprise: Enterprise, period: Period) -> HttpResponse:
    try:
        confirm_statistics(
            enterprise,
            period,
            analysis=request.POST.get("analysis", "")[:2000],
            actor=person_of(request),
            now=timezone.now(),
        )
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("统计分析表已报送。"))
    return redirect("hazard_statistics_of", enterprise.pk, period.year, period.quarter)


def _due(period: Period) -> datetime:
    return period.due_at(county_setting(DEADLINES, {}), county_calendar())


def _asked(request: HttpRequest, known: Sequence[Period]) -> Period:
    """Return which of the periods is asked for, else the last one that is over, else that which runs."""
    wanted: Any = (request.GET.get("year"), request.GET.get("quarter"))
    return next((one for one in known if (str(one.year), str(one.quarter)) == wanted), known[:2][-1])
