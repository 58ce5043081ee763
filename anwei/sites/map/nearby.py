"""What lies within a radius: a box for the database, the great circle for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, degrees, radians

from anwei.org.models import Person
from anwei.sites.map.layers import Box, Category, Feature, Layer, layers
from anwei.standards.geography.points import EARTH_RADIUS, Point, distance

NEAREST, FARTHEST = 10.0, 50_000.0  # metres: from a yard to across the county
STEPS = (500, 1000, 2000, 5000)  # metres, as the page offers them
ALLOWANCE = 1.0001  # the box must not cut what rounding puts on the circle


@dataclass(frozen=True)
class Near:
    """A thing with its distance in metres from the centre."""

    metres: float
    layer: Layer
    feature: Feature

    @property
    def category(self) -> Category:
        """The line of the legend it stands under."""
        return self.layer.category(self.feature.category)


def box_around(centre: Point, metres: float) -> Box:
    """Return the smallest box that holds a circle, a hair more (degrees)."""
    north = degrees(metres / EARTH_RADIUS) * ALLOWANCE
    farthest = min(89.0, abs(centre.latitude) + north)  # the meridians stand closest on the side of the pole
    east = north / cos(radians(farthest))
    return Box(
        centre.longitude - east, centre.latitude - north, centre.longitude + east, centre.latitude + north
    )


def things_near(person: Person, centre: Point, metres: float) -> list[Near]:
    """Return everything that `person` may see within `metres` of a point, the nearest first."""
    box = box_around(centre, metres)
    found = []
    for layer in layers():
        if not layer.near:
            continue
        for feature in layer.points.features(person, box):
            if feature.longitude is None or feature.latitude is None:
                continue
            apart = distance(centre, Point(feature.longitude, feature.latitude))
            if apart <= metres:
                found.append(Near(apart, layer, feature))
    return sorted(found, key=lambda near: (near.metres, near.layer.place, near.feature.pk))
