"""Hot spots around enterprises: circles of a few kilometres about each, by the same scan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from anwei.analytics.patterns.counting import FEWEST, KINDS, SHOWN, WEEKS, events_of, level_of
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.methods.hotspots import Counts, Numbers, Search, hot_spots
from anwei.methods.hotspots import HotSpot as Found
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.sites.models import Enterprise
from anwei.standards.geography.points import Point, distance

REACH = 5.0  # kilometres about an enterprise: what is farther is another place (our choice)
MOST = 20  # enterprises in a circle
KM_A_DEGREE = 111.32  # of latitude
ROUNDED = 100  # metres


@dataclass(frozen=True)
class Place:
    """An enterprise on the map."""

    name: str
    territory: str
    point: Point


@transaction.atomic
def search_around(kind: str, week: date, now: datetime) -> HotSpotSearch:
    """Look for a week's hot spots of a kind around enterprises that have a place on the map."""
    first = week - timedelta(weeks=WEEKS)
    rows = events_of(KINDS[kind], now, first, week, "enterprise")
    places = _places({key for key, _on in rows})
    events = [(key, on) for key, on in rows if key in places]
    keys = sorted(places)
    number = {key: n for n, key in enumerate(keys)}
    counts: Counts = np.zeros((len(keys), WEEKS), dtype=np.int64)
    for key, on in events:
        counts[number[key], (on - first).days // 7] += 1
    made: HotSpotSearch = HotSpotSearch.objects.create(
        week=week,
        kind=kind,
        scale=HotSpotSearch.Scale.ENTERPRISES,
        first_week=first,
        areas=[[key, places[key].name] for key in keys],
        counts=counts.tolist(),
        n_events=len(events),
        computed_at=now,
    )
    if len(events) >= FEWEST and len(keys) > 1:
        search = Search(most=MOST, reach=REACH)
        for spot in hot_spots(counts, _positions([places[key].point for key in keys]), search)[:SHOWN]:
            _keep(made, spot, places)
    return made


def _places(keys: set[int]) -> dict[int, Place]:
    rows = Enterprise.objects.filter(pk__in=keys, longitude__isnull=False, latitude__isnull=False)
    return {
        one.pk: Place(str(one), one.unit.territory, Point(float(one.longitude), float(one.latitude)))
        for one in rows.select_related("unit")
        if one.longitude is not None and one.latitude is not None
    }


def _positions(points: list[Point]) -> Numbers:
    """Return where points lie, in kilometres from the meridian and the equator."""
    middle = math.cos(math.radians(sum(one.latitude for one in points) / len(points)))
    degrees = [(one.longitude * middle, one.latitude) for one in points]
    return np.array(degrees, dtype=float) * KM_A_DEGREE


def _keep(made: HotSpotSearch, spot: Found, places: Mapping[int, Place]) -> None:
    inside = [[*made.areas[area], sum(made.counts[area][spot.first : spot.last + 1])] for area in spot.areas]
    inside.sort(key=lambda one: (-one[2], one[0]))
    points = [places[one[0]].point for one in inside]
    middle = Point(*(sum(axis) / len(points) for axis in zip(*points, strict=True)))
    farthest = max(distance(middle, one) for one in points)
    words = _("%(kind)s %(n)d 家次，按往常应有 %(expected).1f 家次") % {
        "kind": made.get_kind_display(),
        "n": spot.observed,
        "expected": spot.expected,
    }
    HotSpot.objects.create(
        search=made,
        territory=places[inside[0][0]].territory,
        territories=sorted({places[one[0]].territory[:TOWNSHIP_DIGITS] for one in inside}),
        areas=inside,
        since=made.first_week + timedelta(weeks=spot.first),
        until=made.first_week + timedelta(weeks=spot.last, days=6),
        observed=spot.observed,
        expected=spot.expected,
        p=spot.p,
        level=level_of(spot.p),
        words=words,
        longitude=middle.longitude,
        latitude=middle.latitude,
        radius=math.ceil(farthest / ROUNDED) * ROUNDED,
    )
