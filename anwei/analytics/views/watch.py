"""Whom to look at this week, with the reasons; and one enterprise's own, each with its rows."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.scoring import rules_in_force
from anwei.analytics.shown import MOST_GROUNDS, grounds_of, has_grounds, said, why_coloured
from anwei.analytics.tasks import compute_week
from anwei.analytics.weekly import list_of_the_week, monday
from anwei.cases.lifecycle import Phase
from anwei.hazards.models import Visit
from anwei.hazards.planning.bodies import bodies_at, require_official
from anwei.hazards.planning.capping import n_counted_by_enterprise, yearly_cap
from anwei.ledgers.listing import ClampedPaginator
from anwei.monitoring.foresight import forecasts_of
from anwei.monitoring.models import Forecast, Severity, Warning
from anwei.monitoring.services.issued import open_for
from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.features import harm_kinds
from anwei.sites.models import Enterprise
from anwei.sites.queries import township_names

ROWS = 50
AT_ONCE = 500  # enterprises; a larger county's list is made in the background
N_FORETOLD, UNKNOWN_SINCE = 10, timedelta(days=30)  # early warnings; without a list those of a month
N_WEEKS = 12  # that the page of an enterprise looks back on
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """Show the list of `?week=`, else the newest; a POST has this week's made where it is not there yet."""
    person, now = require_official(person_of(request), _("本周重点关注")), timezone.now()
    if request.method == "POST":
        if Enterprise.objects.count() <= AT_ONCE:
            list_of_the_week(now)
        else:
            compute_week.enqueue()
            messages.success(request, _("已交后台计算，算完刷新本页可见。"))
        return redirect("watch")
    run = _run(request)
    if run is None:
        return render(request, "watch/list.html", {"run": None})
    seen = RiskScore.objects.visible_to(person).filter(run=run)
    n_top = max(1, round(run.n_enterprises * run.rules["figures"]["top"] / 100))
    rows = _narrowed(seen, request, n_top)
    page = ClampedPaginator(rows.select_related("enterprise__unit").order_by("place"), ROWS).get_page(
        request.GET.get("page", "1")
    )
    keys = [score.enterprise_id for score in page.object_list]
    townships = township_names()
    context = {
        "run": run,
        "page": page,
        "rows": _lines(page, run, keys, townships, person),
        "n_seen": seen.count(),
        "n_top": n_top,
        "whole": request.GET.get("whole") == "1",
        "weeks": list(WatchRun.objects.values_list("week", flat=True)[:N_WEEKS]),
        "is_old": run.week < monday(now),
        "is_body": bool(bodies_at(person)),
        "townships": sorted(townships.items()),
        "sectors": SECTOR_CHOICES,
        "levels": Severity.choices,
        "asked": {name: request.GET.get(name, "") for name in ("township", "sector", "level", "search")},
        "harms": _("、").join(
            str(harm_kinds()[key].label) for key in run.rules["harms"] if key in harm_kinds()
        ),
        "fewest": run.rules["figures"]["fewest"],
        "by_points": run.rules.get("method") == "points",
        "weeks_ahead": run.rules["figures"]["weeks"],
    }
    return render(request, "watch/list.html", context)


@signed_in
@require_GET
def watch_enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an enterprise's place in the list of `?week=`, each reason with its rows, and the weeks before."""
    person, now = require_official(person_of(request), _("本周重点关注")), timezone.now()
    enterprise = get_object_or_404(Enterprise.objects.visible_to(person).select_related("unit"), pk=pk)
    run = _run(request)
    score = None if run is None else RiskScore.objects.filter(run=run, enterprise=enterprise).first()
    reasons = [] if score is None or run is None else said(score, run)
    context = {
        "enterprise": enterprise,
        "run": run,
        "score": score,
        "reasons": [
            (one, grounds_of(one, run, enterprise, person), has_grounds(one))
            for one in reasons
            if run is not None
        ],
        "most_grounds": MOST_GROUNDS,
        "first_grounds": f":{MOST_GROUNDS}",
        "coloured": [] if score is None or run is None else why_coloured(score, run),
        "weeks": RiskScore.objects.filter(enterprise=enterprise)
        .select_related("run")
        .order_by("-run__week")[:N_WEEKS],
        "warnings": Warning.objects.visible_to(person).filter(enterprise=enterprise, rule=None)[:5],
        "foretold": _foretold_since(enterprise, run, person),
        "is_body": bool(bodies_at(person)),
        "rules": rules_in_force(),
        "now": now,
    }
    return render(request, "watch/enterprise.html", context)


def _foretold_since(enterprise: Enterprise, run: WatchRun | None, person: Person) -> QuerySet[Any]:
    """Return the early warnings that a list does not know yet, those judged false aside."""
    rows = forecasts_of(person).filter(enterprise=enterprise, kind=Forecast.Kind.DRIFT)
    since = timezone.now() - UNKNOWN_SINCE if run is None else run.as_of
    return rows.filter(recorded_at__gt=since).exclude(verdict=Forecast.Verdict.FALSE)[:N_FORETOLD]


def _run(request: HttpRequest) -> WatchRun | None:
    asked = request.GET.get("week", "")
    if not asked:
        return WatchRun.objects.first()
    try:
        week = date.fromisoformat(asked) if DAY.fullmatch(asked) else None
    except ValueError:
        week = None
    run = None if week is None else WatchRun.objects.filter(week=week).first()
    if run is None:
        raise Http404
    return run


def _narrowed(rows: QuerySet[Any], request: HttpRequest, n_top: int) -> QuerySet[Any]:
    """Narrow a list by what is asked; without anything it is the top of the county's list."""
    told = {name: request.GET.get(name, "").strip() for name in ("township", "sector", "level", "search")}
    if request.GET.get("whole") != "1" and not any(told.values()):
        rows = rows.filter(place__lte=n_top)
    if told["township"]:
        rows = rows.filter(enterprise__unit__territory__startswith=told["township"])
    if told["sector"]:
        rows = rows.filter(enterprise__sector=told["sector"])
    if told["level"]:
        rows = rows.filter(level=told["level"])
    for word in told["search"].split():
        named = Q(enterprise__unit__name__icontains=word) | Q(enterprise__unit__short_name__icontains=word)
        rows = rows.filter(named)
    return rows


def _lines(
    page: Any, run: WatchRun, keys: list[int], townships: dict[str, str], person: Any
) -> list[dict[str, Any]]:
    """Return the rows of a page, with who is visited soon, warned, or at the cap of every own body."""
    own, year = bodies_at(person), timezone.localdate().year
    cap, counts = yearly_cap(), [n_counted_by_enterprise(unit, year) for unit in own]
    planned = dict(
        Visit.objects.visible_to(person)
        .filter(enterprise__in=keys, begun_at=None, cancelled_at=None)
        .order_by("-planned_on")
        .values_list("enterprise", "planned_on")
    )
    places = {open_for(key): key for key in keys}
    open_warnings = Warning.objects.filter(open_for_site__in=places)
    warned = {
        places[place]: {"pk": pk, "is_draft": phase == Phase.REGISTERED}
        for place, pk, phase in open_warnings.values_list("open_for_site", "pk", "phase")
    }
    return [
        {
            "score": score,
            "reasons": said(score, run),
            "township": townships.get(score.enterprise.unit.territory[:9], ""),
            "planned_on": planned.get(score.enterprise_id),
            "warning": warned.get(score.enterprise_id),
            "is_capped": bool(own) and all(n.get(score.enterprise_id, 0) >= cap for n in counts),
        }
        for score in page.object_list
    ]
