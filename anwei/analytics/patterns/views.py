"""The pages of patterns: hot spots of a week, one of them, months of the year, clauses by place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.analytics.patterns.counting import CHANCE, FEWEST, KINDS, WEEKS, told
from anwei.analytics.patterns.hotspots import hot_spots_are_due
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.analytics.patterns.seasons import FEWEST as FEWEST_OF_A_SEASON
from anwei.analytics.patterns.seasons import clauses_by, season_of
from anwei.analytics.patterns.sight import Sight, sights
from anwei.analytics.tasks import find_hot_spots, is_looking
from anwei.analytics.weekly import monday
from anwei.cases.indicators import indicator, indicators
from anwei.cases.periods import Span
from anwei.hazards.counts import SECTOR, TOWNSHIP
from anwei.hazards.planning.bodies import require_official
from anwei.hazards.rates_page import clause_words
from anwei.org.committee_office import is_of_the_office
from anwei.org.policy import person_of, signed_in
from anwei.sites.queries import township_names
from anwei.standards.sectors import sectors

YEAR = 365  # days that the table of clauses looks back on
USUAL = "hazards_found"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hotspots(request: HttpRequest) -> HttpResponse:
    """Show the hot spots of the newest week, or of `?week=`, with counts, expected numbers and p in words.

    A POST of the committee office has this week's looked for at once, in the background.
    """
    person, now = require_official(person_of(request), _("规律分析")), timezone.now()
    is_office = is_of_the_office(person, now)
    if request.method == "POST":
        if not is_office:
            raise PermissionDenied(_("由县安委办提前计算；其余的等后台自动计算。"))
        if not hot_spots_are_due(now):
            messages.info(request, _("本周的热点已经算过，不再变。"))
        elif not is_looking():
            find_hot_spots.enqueue()
            messages.success(request, _("已交后台计算，算完刷新本页可见。"))
        return redirect("hotspots")
    weeks = [f"{one:%Y-%m-%d}" for one in HotSpotSearch.objects.dates("week", "day", order="DESC")[:26]]
    asked = request.GET.get("week", "")
    week = asked if asked in weeks else next(iter(weeks), "")
    searches = list(HotSpotSearch.objects.filter(week=week)) if week else []
    rows = HotSpot.objects.visible_to(person).filter(search__in=searches).select_related("search")
    spots = sights(rows, person)
    kinds, scales = list(KINDS), HotSpotSearch.Scale.values
    searches.sort(key=lambda one: (kinds.index(one.kind), scales.index(one.scale)))
    context = {
        "weeks": weeks,
        "week": week,
        "kinds": [
            (
                search,
                *_parted(one for one in spots if one.spot.search == search),
            )
            for search in searches
        ],
        "is_due": hot_spots_are_due(now),
        "is_looking": is_looking(),
        "is_office": is_office,
        "next_on": monday(now) + timedelta(weeks=1),
        "fewest": FEWEST,
        "n_weeks": WEEKS,
    }
    return render(request, "patterns/hotspots.html", context)


@signed_in
@require_GET
def hotspot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one hot spot: its places in sight and weeks with counts, each the door to its rows."""
    person = require_official(person_of(request), _("规律分析"))
    rows = HotSpot.objects.visible_to(person).select_related("search")
    (sight,) = sights([get_object_or_404(rows, pk=pk)], person)
    first = sight.spot.search.first_week
    weekly = [(f"{first + timedelta(weeks=n):%m-%d}", float(count)) for n, count in enumerate(sight.weekly)]
    context = {
        "spot": sight.spot,
        "sight": sight,
        "told": told(sight.spot.level),
        "bars": bars(weekly),
    }
    return render(request, "patterns/hotspot.html", context)


@signed_in
@require_GET
def seasons(request: HttpRequest) -> HttpResponse:
    """Show each month of the year against the others, of `?of=` an indicator counted by its months."""
    person, now = require_official(person_of(request), _("规律分析")), timezone.now()
    known = {one.key: one for one in indicators() if one.is_dated and not one.denominator}
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
    person, now = require_official(person_of(request), _("规律分析")), timezone.now()
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
        "rows": [(clause, clause_words(clause), n, cells) for clause, n, cells in found.rows],
    }
    return render(request, "patterns/clauses.html", context)


Shown = list[tuple[HotSpot, str, list[tuple[str, int, str, int | None]]]]


def _parted(spots: Iterable[Sight]) -> tuple[Shown, Shown]:
    """Return hot spots with words and doors: those that stick out, and those that may well be chance."""
    shown = [(one.spot, told(one.spot.level), one.doors) for one in spots]
    return [one for one in shown if one[0].level != CHANCE], [one for one in shown if one[0].level == CHANCE]


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
