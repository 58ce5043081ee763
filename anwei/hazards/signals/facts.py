"""Rows become facts: the closures of a period as the pure methods take them, by a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from anwei.cases.models import Entry, Evidence
from anwei.hazards.models import Hazard, Order, PhotoHash
from anwei.org.holdings import day_of
from anwei.standards.formalism.closures import Closure, Photo, Step
from anwei.standards.formalism.pictures import Hashes
from anwei.standards.geography.points import Point

STEPS = ("open", "fix", "verify")
WORDS = {"open": "description", "fix": "rectification", "verify": "finding"}


def closed_between(start: datetime, end: datetime) -> list[Hazard]:
    """Return the hazards that were put right and closed off in a period, the oldest first."""
    rows = Hazard._base_manager.filter(outcome="rectified", closed_at__gte=start, closed_at__lte=end)
    return list(rows.select_related("enterprise", "site").order_by("closed_at", "pk"))


def closures_of(hazards: Sequence[Hazard]) -> list[Closure]:
    """Return what the records of closed hazards tell, without those whose steps are not in this system."""
    keys = [hazard.pk for hazard in hazards]
    photos = _photos(keys)
    steps: dict[int, dict[str, Step]] = defaultdict(dict)
    entries = Entry.objects.filter(case__in=keys, verb__in=STEPS).order_by("case", "number")
    for row in entries.values_list("pk", "case", "verb", "at", "actor", "content"):
        pk, case, verb, at, actor, content = row
        text = str(content.get(WORDS[verb], ""))
        steps[case][verb] = Step(pk, at, actor, text, tuple(photos[pk]))  # the last one of a verb stays
    again = _again(keys)
    return [
        _closure(hazard, steps[hazard.pk], again.get(hazard.pk))
        for hazard in hazards
        if all(verb in steps[hazard.pk] for verb in STEPS)
    ]


def _closure(hazard: Hazard, steps: dict[str, Step], again: tuple[int, datetime] | None) -> Closure:
    assert hazard.closed_at is not None  # noqa: S101 - the database holds a closed one to it
    place = hazard.site or hazard.enterprise
    whose = f"enterprise:{hazard.enterprise_id}" if hazard.enterprise_id else f"site:{hazard.site_id}"
    same_day = day_of(hazard.found_at) == day_of(steps["fix"].at)
    return Closure(
        key=hazard.pk,
        whose=whose if place is not None else f"territory:{hazard.territory}",
        there=None if place is None else _point(place.longitude, place.latitude),
        found_at=hazard.found_at,
        is_on_the_spot=hazard.order == Order.IMMEDIATE and same_day,
        found=steps["open"],
        fixed=steps["fix"],
        verified=steps["verify"],
        closed_at=hazard.closed_at,
        found_again_at=None if again is None else again[1],
        again=None if again is None else again[0],
    )


def _photos(cases: Iterable[int]) -> dict[int, list[Photo]]:
    """Return by entry the photos handed in with it; of time and place only what the camera says."""
    found: dict[int, list[Photo]] = defaultdict(list)
    rows = Evidence.objects.filter(case__in=cases, media_type__startswith="image/")
    rows = rows.filter(kind=Evidence.Kind.EVIDENCE).select_related("photo_hash").order_by("pk")
    for row in rows:
        taken_at = row.taken_at if row.by_camera else None
        seen = _point(row.longitude, row.latitude)
        found[row.entry_id].append(Photo(row.pk, row.sha256, _hashes(row), taken_at, seen))
    return found


def _hashes(row: Any) -> Hashes | None:
    known: PhotoHash | None = getattr(row, "photo_hash", None)
    if known is None or not known.difference:
        return None
    return Hashes(int(known.difference, 16), int(known.frequency, 16))


def _again(closed: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Return by closed hazard the first that repeats it, and when that was found."""
    rows = Hazard._base_manager.filter(repeat_of__in=closed).exclude(outcome__in=("false_report", "merged"))
    found: dict[int, tuple[int, datetime]] = {}
    for pk, old, at in rows.order_by("found_at", "pk").values_list("pk", "repeat_of", "found_at"):
        if old is not None:
            found.setdefault(old, (pk, at))
    return found


def _point(longitude: float | None, latitude: float | None) -> Point | None:
    return None if longitude is None or latitude is None else Point(longitude, latitude)
