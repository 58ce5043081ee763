"""The pages of patterns: hot spots of a week, one of them, months of the year, clauses by place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.analytics.patterns.hotspots import FEWEST, KINDS, WEEKS, address_of, told
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.analytics.patterns.seasons import FEWEST as FEWEST_OF_A_SEASON
from anwei.analytics.patterns.seasons import clauses_by, season_of
from anwei.cases.indicators import indicator, indicators
from anwei.cases.periods import Span
from anwei.hazards.indicators import SECTOR, TOWNSHIP
from anwei.hazards.planning.bodies import require_official
from anwei.hazards.rates_page import clause_name
from anwei.org.policy import person_of, signed_in
from anwei.sites.queries import township_names
from anwei.standards.sectors import sectors

YEAR = 365  # days that the table of clauses looks back on
USUAL = "hazards_found"


@signed_in
@require_GET
def hotspots(request: HttpRequest) -> HttpResponse:
    """Show the hot spots of the newest week, or of `?week=`, with counts, expected numbers and p in words."""
    person = person_of(request)
    require_official(person)
    weeks = [f"{one:%Y-%m-%d}" for one in HotSpotSearch.objects.dates("week", "day", order="DESC")[:26]]
    asked = request.GET.get("week", "")
    week = asked if asked in weeks else next(iter(weeks), "")
    searches = {one.kind: one for one in HotSpotSearch.objects.filter(week=week)} if week else {}
    spots = HotSpot.objects.visible_to(person).filter(search__in=[one.pk for one in searches.values()])
    context = {
        "weeks": weeks,
        "week": week,
        "kinds": [
            (
                searches[kind],
                [
                    (spot, told(spot.level), doors(spot, kind))
                    for spot in spots
                    if spot.search_id == searches[kind].pk
                ],
            )
            for kind in KINDS
            if kind in searches
        ],
        "fewest": FEWEST,
        "n_weeks": WEEKS,
    }
    return render(request, "patterns/hotspots.html", context)


@signed_in
@require_GET
def hotspot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one hot spot: its townships and weeks with counts, each the door to its rows."""
    person = person_of(request)
    require_official(person)
    rows = HotSpot.objects.visible_to(person).select_related("search")
    spot: HotSpot = get_object_or_404(rows, pk=pk)
    search = spot.search
    codes = [code for code, _name, _n in spot.areas]
    at = [place for place, (code, _name) in enumerate(search.areas) if code in codes]
    weekly = [sum(search.counts[place][n] for place in at) for n in range(len(search.counts[0]))]
    context = {
        "spot": spot,
        "told": told(spot.level),
        "doors": doors(spot, search.kind),
        "bars": bars([(f"{search.first_week + timedelta(weeks=n):%m-%d}", v) for n, v in enumerate(weekly)]),
    }
    return render(request, "patterns/hotspot.html", context)


@signed_in
@require_GET
def seasons(request: HttpRequest) -> HttpResponse:
    """Show each month of the year against the others, of `?of=` an indicator that counts events."""
    person, now = person_of(request), timezone.now()
    require_official(person)
    known = {one.key: one for one in indicators() if one.event}
    chosen = known.get(request.GET.get("of", ""), indicator(USUAL))
    season = season_of(chosen, person, now)
    context = {
        "indicator": chosen,
        "indicators": known.values(),
        "season": season,
        "fewest": FEWEST_OF_A_SEASON,
        "bars": bars([(str(one.month), one.n) for one in season.months]),
    }
    return render(request, "patterns/seasons.html", context)


@signed_in
@require_GET
def clauses(request: HttpRequest) -> HttpResponse:
    """Show which clauses failed how often in each township, or with `?by=sector` in each sector."""
    person, now = person_of(request), timezone.now()
    require_official(person)
    today = timezone.localdate(now)
    by = SECTOR if request.GET.get("by") == SECTOR else TOWNSHIP
    span = Span(today - timedelta(days=YEAR - 1), today)
    found = clauses_by(by, person, now, span)
    names = township_names() if by == TOWNSHIP else {key: _(one.name) for key, one in sectors().items()}
    context = {
        "by": by,
        "span": span,
        "found": found,
        "places": [names.get(one, one or _("未填")) for one in found.places],
        "rows": [(clause_name(clause), n, cells) for clause, n, cells in found.rows],
    }
    return render(request, "patterns/clauses.html", context)


def doors(spot: HotSpot, kind: str) -> list[tuple[str, int, str]]:
    """Return the name, count and rows of each township of a hot spot."""
    return [(name, n, address_of(kind, spot.since, spot.until, code)) for code, name, n in spot.areas]


def bars(values: list[tuple[str, float]]) -> dict[str, Any]:
    """Return a chart of bars for `patterns/bars.html`: label, number, height in percent of the highest."""
    most = max((value for _label, value in values), default=0) or 1
    step, n = 20, len(values)
    return {
        "bars": [
            {
                "x": place * step,
                "middle": place * step + 8,
                "y": round(80 - value / most * 80, 1),
                "above": round(77 - value / most * 80, 1),
                "h": round(value / most * 80, 1),
                "label": label,
                "n": value,
            }
            for place, (label, value) in enumerate(values)
        ],
        "width": max(1, n) * step,
        "words": _("；").join(f"{label} {value:g}" for label, value in values),
    }
