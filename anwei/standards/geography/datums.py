"""The datums that coordinates in China come in: CGCS2000/WGS84, GCJ-02 (火星坐标) and BD-09 (百度).

GCJ-02 has no published standard; the formula is the one that open map software agrees on (on the ellipsoid
of Krasovsky), BD-09 is a further shift that its maker's users agree on. CGCS2000 and WGS84 differ by
centimetres and are one here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, hypot, pi, radians, sin, sqrt

from anwei.standards.geography.points import Point

_AXIS, _ECCENTRICITY = (
    6_378_245.0,
    0.00669342162296594323,
)  # Krasovsky 1940: metres; first eccentricity squared
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271  # where GCJ-02 is defined
_BAIDU = pi * 3000 / 180
_TOLERANCE = 1e-9  # degrees, 0.1 mm
_ROUNDS = 30  # the shift changes by less than 1 % of a step, so five rounds are enough


class Datum(StrEnum):
    """What a pair of coordinates is measured in; the word is what a page shows."""

    CGCS2000 = "CGCS2000"  # WGS84 too
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


def from_cgcs2000(point: Point, datum: Datum) -> Point:
    """Return a CGCS2000/WGS84 point in another datum; points outside China stay untouched."""
    return point if datum is Datum.CGCS2000 or _outside(point) else _FORWARD[datum](point)


def to_cgcs2000(point: Point, datum: Datum) -> Point:
    """Return a point of another datum in CGCS2000/WGS84, within 1 mm; points outside China stay untouched."""
    if datum is Datum.CGCS2000 or _outside(point):
        return point
    forward, found = _FORWARD[datum], point
    for _round in range(_ROUNDS):
        there = forward(found)
        east, north = point.longitude - there.longitude, point.latitude - there.latitude
        found = Point(found.longitude + east, found.latitude + north)
        if abs(east) < _TOLERANCE and abs(north) < _TOLERANCE:
            break
    return found


def _outside(point: Point) -> bool:
    return not (_WEST <= point.longitude <= _EAST and _SOUTH <= point.latitude <= _NORTH)


def _gcj02(point: Point) -> Point:
    x, y = point.longitude - 105, point.latitude - 35
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    latitude = radians(point.latitude)
    squared = 1 - _ECCENTRICITY * sin(latitude) ** 2
    north_radius = _AXIS * (1 - _ECCENTRICITY) / (squared * sqrt(squared))
    east_radius = _AXIS / sqrt(squared) * cos(latitude)
    return Point(
        point.longitude + east * 180 / (east_radius * pi), point.latitude + north * 180 / (north_radius * pi)
    )


def _bd09(point: Point) -> Point:
    x, y = _gcj02(point)
    length = hypot(x, y) + 0.00002 * sin(y * _BAIDU)
    angle = atan2(y, x) + 0.000003 * cos(x * _BAIDU)
    return Point(length * cos(angle) + 0.0065, length * sin(angle) + 0.006)


_FORWARD: dict[Datum, Callable[[Point], Point]] = {Datum.GCJ02: _gcj02, Datum.BD09: _bd09}
