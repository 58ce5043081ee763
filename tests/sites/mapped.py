"""A small county with places, polygons and colours to test the map with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anwei.org.models import Territory
from anwei.sites.models import Enterprise, LiveColour, RiskPoint, Site
from anwei.standards.geography.datums import Datum, from_cgcs2000
from anwei.standards.geography.points import Point
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, County
from tests.sites.risks import place, point

HERE, THERE = Point(119.95, 38.75), Point(119.75, 38.75)  # inside the two towns, 17 km apart
WEST, MIDDLE, EAST, SOUTH, NORTH = 119.7, 119.85, 120.0, 38.7, 38.8


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@dataclass
class Mapped:
    """What lies where: the plant at HERE, its tank farm 600 m east of it, the mine at THERE."""

    county: County
    tanks: Site
    road: Site
    point: RiskPoint


def draw_towns() -> None:
    Territory.objects.filter(code=TOWN).update(boundary=square(MIDDLE, SOUTH, EAST, NORTH))
    Territory.objects.filter(code=OTHER_TOWN).update(boundary=square(WEST, SOUTH, MIDDLE, NORTH))


def put(thing: Enterprise | Site, at: Point) -> None:
    thing.longitude, thing.latitude = at
    thing.save()


def colour(enterprise: Enterprise, code: str) -> None:
    LiveColour.objects.update_or_create(
        enterprise=enterprise, defaults={"colour": code, "computed_at": NOW, "changed_at": NOW}
    )


def fill_map(county: County) -> Mapped:
    draw_towns()
    put(county.enterprise, HERE)
    put(county.other_enterprise, THERE)
    colour(county.enterprise, "orange")
    tanks = place(county.enterprise)
    put(tanks, Point(119.9569, 38.75))
    road = Site.objects.create(
        code="LD-1",
        name="急弯路段",
        category="road",
        unit=county.duty.unit,
        territory=TOWN,
        sector="road",
        address="甲镇北环路",
        longitude=119.951,
        latitude=38.751,
    )
    return Mapped(county, tanks, road, point(tanks, grade="red"))


def in_datum(at: Point, datum: Datum) -> Point:
    """Return what a map of that datum shows for a true point."""
    return from_cgcs2000(at, datum)
