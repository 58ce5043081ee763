"""Places that miss their township: likely written in another datum (坐标系不对), or simply elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from anwei.ledgers.declaration import Ledger, ledger_of
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.sites.map.layers import Rows
from anwei.sites.models import Datum, Enterprise, Site
from anwei.sites.queries import TOWNSHIP_DIGITS, standing_sites
from anwei.standards.geography import datums
from anwei.standards.geography.points import Point, distance
from anwei.standards.geography.regions import Region, region_of
from anwei.standards.geography.suggestions import TELL_TALE

KINDS = {"enterprise": Enterprise, "site": Site}
REGISTERS = {
    Site.Category.KEY: "sites",
    Site.Category.ROAD: "road-sections",
    Site.Category.NINE_SMALL: "nine-small",
    Site.Category.SELF_BUILT: "self-built",
    Site.Category.PROJECT: "projects",
}
Thing = Enterprise | Site


@dataclass(frozen=True)
class Reading:
    """The raw pair read in another datum: where it then lies (CGCS2000), metres from where it lies now."""

    datum: Datum
    point: Point
    moved: float


@dataclass(frozen=True)
class Stray:
    """The key of a thing outside its township by some metres; `readings` would bring it home."""

    kind: str
    pk: int
    here: Point
    township: Region
    misses_by: float
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Misplaced:
    """A stray with the thing itself; `found_in` names the township it lies in as it stands, "" for none."""

    stray: Stray
    thing: Thing
    register: str
    found_in: str


def rows_of(kind: str, person: Person) -> Rows:
    """Return the enterprises or standing places that a person may see. Raises KeyError for another kind."""
    if KINDS[kind] is Site:
        return standing_sites(Site.objects.visible_to(person)).select_related("enterprise__unit", "unit")
    seen: Rows = Enterprise.objects.visible_to(person)
    return seen.exclude(status=Enterprise.Status.CLOSED).select_related("unit")


def strays(person: Person, regions: Mapping[str, Region]) -> list[Stray]:
    """Return what a person may see outside its township, the farthest first."""
    found = [stray for kind in KINDS for stray in _strays_of(kind, person, regions)]
    return sorted(found, key=lambda one: -one.misses_by)


def misplaced(found: Sequence[Stray], person: Person, regions: Mapping[str, Region]) -> list[Misplaced]:
    """Return strays with their things, in the same order, without those gone out of sight meanwhile."""
    things: dict[tuple[str, int], Thing] = {}
    for kind in KINDS:
        rows = rows_of(kind, person).in_bulk([one.pk for one in found if one.kind == kind])
        things |= {(kind, pk): row for pk, row in rows.items()}
    told = []
    for one in found:
        if thing := things.get((one.kind, one.pk)):
            other = region_of(one.here, regions.values())
            told.append(Misplaced(one, thing, register_of(thing).code, other.name if other else ""))
    return told


def register_of(thing: Thing) -> Ledger:
    """Return the register that keeps an enterprise or a place."""
    return ledger_of(
        "enterprises" if isinstance(thing, Enterprise) else REGISTERS[Site.Category(thing.category)]
    )


def reread(thing: Thing, datum: Datum, *, actor: Person, now: datetime, reason: str) -> None:
    """Read the raw pair of a thing in another datum; the pair itself stays.

    Raises ValueError without a reason, without a place, where it is read so already, and where its register
    does not let the actor write it (`Ledger.write`).
    """
    if not reason.strip():
        raise ValueError(_("更正坐标系须说明理由。"))
    if thing.longitude is None:
        raise ValueError(_("没有登记坐标。"))
    if thing.datum == datum:
        raise ValueError(_("已经按这个坐标系登记。"))
    edit = Edit(thing, {"datum": datum.value})
    register_of(thing).write([edit], actor=actor, now=now, reason=reason.strip()[:200])


def _strays_of(kind: str, person: Person, regions: Mapping[str, Region]) -> Iterator[Stray]:
    territory = "unit__territory" if kind == "enterprise" else "territory"
    rows = rows_of(kind, person).filter(longitude__isnull=False).order_by("pk")
    lying: dict[str, list[_Row]] = {}
    columns = ("pk", "longitude", "latitude", "raw_longitude", "raw_latitude", "datum")
    for place, *row in rows.values_list(territory, *columns):
        lying.setdefault(place[:TOWNSHIP_DIGITS], []).append(_Row(*row))
    for code in lying.keys() & regions.keys():
        region = regions[code]
        inside = region.contains_each(np.array([row.here for row in lying[code]]))
        outside = [row for row, is_inside in zip(lying[code], inside, strict=True) if not is_inside]
        for row, readings in zip(outside, _readings(outside, region), strict=True):
            misses_by = region.border_distance(row.here)
            yield Stray(kind, row.pk, row.here, region, misses_by, tuple(readings))


class _Row(NamedTuple):
    """Where a thing lies, and the pair as it was given where that was in another datum."""

    pk: int
    longitude: float
    latitude: float
    raw_longitude: float | None
    raw_latitude: float | None
    datum: str

    @property
    def here(self) -> Point:
        return Point(self.longitude, self.latitude)

    @property
    def given(self) -> Point:
        if self.raw_longitude is None or self.raw_latitude is None:
            return self.here
        return Point(self.raw_longitude, self.raw_latitude)


def _readings(rows: Sequence[_Row], township: Region) -> list[list[Reading]]:
    """Return of each row the other datums that put its pair into the township by the move of a mix-up."""
    found: list[list[Reading]] = [[] for _row in rows]
    for datum in Datum:
        there = [datums.to_cgcs2000(row.given, datums.Datum[datum.name]) for row in rows]
        home = township.contains_each(np.array(there).reshape(-1, 2))
        for row, point, is_home, readings in zip(rows, there, home, found, strict=True):
            moved = distance(row.here, point)
            if is_home and datum != row.datum and TELL_TALE[0] <= moved <= TELL_TALE[1]:
                readings.append(Reading(datum, point, moved))
    return found
