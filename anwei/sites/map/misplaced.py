"""Places that miss their township: likely written in another datum (坐标系不对), or simply elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.sites.map.layers import Rows
from anwei.sites.map.townships import township_regions
from anwei.sites.models import Datum, Enterprise, Site
from anwei.sites.places import as_given
from anwei.sites.queries import TOWNSHIP_DIGITS, standing_sites
from anwei.sites.services import save_enterprises, save_sites
from anwei.standards.geography import datums
from anwei.standards.geography.points import Point, distance
from anwei.standards.geography.regions import Region, region_of
from anwei.standards.geography.suggestions import TELL_TALE

KINDS = {"enterprise": Enterprise, "site": Site}
Thing = Enterprise | Site


@dataclass(frozen=True)
class Reading:
    """The raw pair read in another datum: where it then lies (CGCS2000), metres from where it lies now."""

    datum: Datum
    point: Point
    moved: float


@dataclass(frozen=True)
class Misplaced:
    """A thing outside its township by some metres; `readings` are the datums that would bring it home.

    `found_in` names the township it lies in as it stands, "" for none.
    """

    kind: str
    thing: Thing
    township: Region
    misses_by: float
    found_in: str
    readings: tuple[Reading, ...]


def rows_of(kind: str, person: Person) -> Rows:
    """Return the enterprises or standing places that a person may see. Raises KeyError for another kind."""
    if KINDS[kind] is Site:
        return standing_sites(Site.objects.visible_to(person)).select_related("enterprise__unit", "unit")
    seen: Rows = Enterprise.objects.visible_to(person)
    return seen.exclude(status=Enterprise.Status.CLOSED).select_related("unit")


def misplaced(person: Person) -> list[Misplaced]:
    """Return what a person may see outside its township: first what another datum would bring home."""
    regions = township_regions()
    found = []
    for kind in KINDS:
        for thing in rows_of(kind, person).filter(longitude__isnull=False).order_by("pk"):
            region = regions.get(_territory(thing)[:TOWNSHIP_DIGITS])
            here = Point(thing.longitude, thing.latitude)
            if region is None or region.contains(here):
                continue
            other = region_of(here, regions.values())
            found.append(
                Misplaced(
                    kind,
                    thing,
                    region,
                    region.border_distance(here),
                    other.name if other else "",
                    tuple(readings(thing, region)),
                )
            )
    return sorted(found, key=lambda one: (not one.readings, -one.misses_by))


def stored_pair(thing: Thing) -> Point:
    """Return where a thing lies (CGCS2000). Raises ValueError where nobody knows."""
    if thing.longitude is None or thing.latitude is None:
        raise ValueError(_("没有登记坐标。"))
    return Point(thing.longitude, thing.latitude)


def readings(thing: Thing, township: Region) -> Sequence[Reading]:
    """Return the other datums that put the raw pair into the township by the tell-tale move of a mix-up."""
    here, found = stored_pair(thing), []
    longitude, latitude, given_in = as_given(thing)
    for datum in Datum:
        if datum == given_in or longitude is None or latitude is None:
            continue
        there = datums.to_cgcs2000(Point(longitude, latitude), datums.Datum[datum.name])
        moved = distance(here, there)
        if TELL_TALE[0] <= moved <= TELL_TALE[1] and township.contains(there):
            found.append(Reading(datum, there, moved))
    return found


@transaction.atomic
def reread(thing: Thing, datum: Datum, *, actor: Person, now: datetime, reason: str) -> None:
    """Read the raw pair of a thing in another datum; the pair itself stays.

    Raises ValueError without a reason, without a place, or where it is read so already; PermissionDenied when
    the actor may not see the thing.
    """
    if not reason.strip():
        raise ValueError(_("更正坐标系须说明理由。"))
    standing = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    stored_pair(standing)
    if standing.datum == datum:
        raise ValueError(_("已经按这个坐标系登记。"))
    save = save_enterprises if isinstance(standing, Enterprise) else save_sites
    save([Edit(standing, {"datum": datum.value})], actor=actor, now=now, reason=reason.strip()[:200])


def _territory(thing: Thing) -> str:
    return thing.unit.territory if isinstance(thing, Enterprise) else thing.territory
