"""Hot spots around enterprises: circles of a few kilometres about each, by the same scan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from anwei.analytics.patterns.counting import (
    ENTERPRISE,
    FEWEST,
    SHOWN,
    WEEKS,
    found_of,
    inside_of,
    level_of,
    table,
    words_of,
)
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
    found = found_of(kind, now, first, week, ENTERPRISE)
    places = _places({key for key, _on in (*found.events, *(found.looks or ()))})
    found = found.where(places.__contains__)
    keys = sorted(places)
    number = {key: n for n, key in enumerate(keys)}
    counts = table(found.events, number, first)
    looks = None if found.looks is None else table(found.looks, number, first)
    made: HotSpotSearch = HotSpotSearch.objects.create(
        week=week,
        kind=kind,
        scale=HotSpotSearch.Scale.ENTERPRISES,
        first_week=first,
        areas=[[key, places[key].name] for key in keys],
        counts=counts.tolist(),
        n_events=len(found.events),
        computed_at=now,
    )
    if len(found.events) >= FEWEST and len(keys) > 1:
        search = Search(most=MOST, reach=REACH)
        positions = _positions([places[key].point for key in keys])
        for spot in hot_spots(counts, positions, search, looks=looks)[:SHOWN]:
            _keep(made, spot, places, looks)
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


def _keep(made: HotSpotSearch, spot: Found, places: Mapping[int, Place], looks: Counts | None) -> None:
    inside = inside_of(made, spot, looks)
    points = [places[one[0]].point for one in inside]
    middle = Point(*(sum(axis) / len(points) for axis in zip(*points, strict=True)))
    farthest = max(distance(middle, one) for one in points)
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
        words=words_of(made, spot, inside),
        longitude=middle.longitude,
        latitude=middle.latitude,
        radius=math.ceil(farthest / ROUNDED) * ROUNDED,
    )
