"""Looking for hot spots once a week: all scales, and that of townships, with the counts it was found in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Avg
from django.db.models.functions import Left

from anwei.analytics.patterns.around import search_around
from anwei.analytics.patterns.counting import (
    FEWEST,
    KINDS,
    SHOWN,
    WEEKS,
    Event,
    found_of,
    inside_of,
    level_of,
    table,
    words_of,
)
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.analytics.weekly import monday
from anwei.methods.hotspots import Counts, Numbers, Search, hot_spots
from anwei.methods.hotspots import HotSpot as Found
from anwei.org.models import Territory
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.sites.models import Enterprise

FAR = 1000.0  # degrees: a township of which nobody knows where it lies has no neighbours
Scale = HotSpotSearch.Scale


def hot_spots_of_the_week(now: datetime) -> list[HotSpotSearch]:
    """Return this week's searches; what is not there yet is computed, and never again."""
    week = monday(now)
    there = {(one.kind, one.scale): one for one in HotSpotSearch.objects.filter(week=week)}
    makers = {Scale.TOWNSHIPS: _search, Scale.ENTERPRISES: search_around}
    return [
        there.get((kind, scale)) or _made(make, kind, scale, week, now)
        for scale, make in makers.items()
        for kind in KINDS
    ]


def hot_spots_are_due(now: datetime) -> bool:
    """Say whether something was not yet looked for this week, and there is anybody to look at."""
    there = HotSpotSearch.objects.filter(week=monday(now)).count()
    return there < len(KINDS) * len(Scale) and Enterprise.objects.exists()


def _made(
    make: Callable[[str, date, datetime], HotSpotSearch], kind: str, scale: str, week: date, now: datetime
) -> HotSpotSearch:
    try:
        return make(kind, week, now)
    except IntegrityError:  # somebody else's came first
        return HotSpotSearch.objects.get(week=week, kind=kind, scale=scale)


@transaction.atomic
def _search(kind: str, week: date, now: datetime) -> HotSpotSearch:
    first = week - timedelta(weeks=WEEKS)
    found = found_of(kind, now, first, week).where(lambda code: len(code) >= TOWNSHIP_DIGITS)
    events, looks = found.events, found.looks
    names = dict(Territory.objects.values_list("code", "name"))
    codes = sorted(
        {code for code in names if len(code) == TOWNSHIP_DIGITS}
        | {code[:TOWNSHIP_DIGITS] for code, _on in (*events, *(looks or ()))}
    )
    places = {code: place for place, code in enumerate(codes)}
    counts = table(_by_township(events), places, first)
    looked = None if looks is None else table(_by_township(looks), places, first)
    made: HotSpotSearch = HotSpotSearch.objects.create(
        week=week,
        kind=kind,
        first_week=first,
        areas=[[code, names.get(code, code)] for code in codes],
        counts=counts.tolist(),
        n_events=len(events),
        computed_at=now,
    )
    if len(events) >= FEWEST and len(codes) > 1:
        centres = _centres(codes)
        for spot in hot_spots(counts, _positions(codes, centres), Search(), looks=looked)[:SHOWN]:
            _keep(made, spot, centres, events, looked)
    return made


def _by_township(events: Sequence[Event]) -> list[Event]:
    return [(code[:TOWNSHIP_DIGITS], on) for code, on in events]


def _keep(
    made: HotSpotSearch,
    spot: Found,
    centres: dict[str, tuple[float, float]],
    events: Sequence[Event],
    looks: Counts | None,
) -> None:
    since = made.first_week + timedelta(weeks=spot.first)
    until = made.first_week + timedelta(weeks=spot.last, days=6)
    inside = inside_of(made, spot, looks)
    codes = {one[0] for one in inside}
    there = Counter(code for code, on in events if code[:TOWNSHIP_DIGITS] in codes and since <= on <= until)
    names = dict(Territory.objects.filter(code__in=list(there)).values_list("code", "name"))
    x, y = centres.get(inside[0][0], (None, None))
    HotSpot.objects.create(
        search=made,
        territory=inside[0][0],
        territories=sorted(codes),
        areas=inside,
        villages=[
            [code, names.get(code, code), n] for code, n in there.most_common() if len(code) > TOWNSHIP_DIGITS
        ],
        since=since,
        until=until,
        observed=spot.observed,
        expected=spot.expected,
        p=spot.p,
        level=level_of(spot.p),
        words=words_of(made, spot, inside),
        longitude=x,
        latitude=y,
    )


def _centres(codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return where the enterprises of each township lie on average, in degrees; some have none."""
    rows = Enterprise.objects.filter(longitude__isnull=False).order_by()
    means = rows.annotate(code=Left("unit__territory", TOWNSHIP_DIGITS)).values_list("code")
    found = means.annotate(x=Avg("longitude"), y=Avg("latitude"))
    return {code: (x, y) for code, x, y in found if code in set(codes)}


def _positions(codes: Sequence[str], centres: dict[str, tuple[float, float]]) -> Numbers:
    """Return where townships lie, a degree as long one way as the other."""
    middle = math.cos(math.radians(float(np.mean([y for _x, y in centres.values()] or [0.0]))))
    known = {code: (x * middle, y) for code, (x, y) in centres.items()}
    return np.array([known.get(code, (FAR * (n + 1), FAR)) for n, code in enumerate(codes)], dtype=float)
