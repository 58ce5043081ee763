"""Points on the earth in degrees, read as people write them."""

from __future__ import annotations

import re
import unicodedata
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS = 6_371_008.8  # metres, mean radius of GRS 80 (IUGG)
CHINA_LONGITUDES, CHINA_LATITUDES = (73.0, 136.0), (3.0, 54.0)  # they do not overlap: a swapped pair shows
EAST, NORTH = "longitude", "latitude"
_AXES = {"E": EAST, "东经": EAST, "经度": EAST, "N": NORTH, "北纬": NORTH, "纬度": NORTH}
_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "′": "'", "´": "'", "“": '"', "”": '"', "″": '"', "º": "°", "˚": "°"}
)
_WORDS = {"度": "°", "分": "'", "秒": '"'}
_AXIS = "E|N|东经|北纬|经度|纬度"
_COORDINATE = re.compile(
    rf"(?P<before>{_AXIS})?:?"
    r"(?P<degrees>\d{1,3}(?:\.\d+)?)(?:°|(?=E|N|$))"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)(?:'(?!')|$)(?:(?P<seconds>\d{1,2}(?:\.\d+)?)(?:\"|'')?)?)?"
    rf"(?P<after>{_AXIS})?"
)


class Point(NamedTuple):
    """Longitude and latitude in degrees, east and north positive."""

    longitude: float
    latitude: float


class Coordinate(NamedTuple):
    """Degrees as written; `axis` is "longitude" or "latitude" where the text says which, else ""."""

    degrees: float
    axis: str


class Pair(NamedTuple):
    """A point read from two texts; `swapped` where longitude and latitude stood in each other's place."""

    point: Point
    swapped: bool


def parse_coordinate(text: str) -> Coordinate:
    """Read 113.08, 113.08E, 东经113度4分48秒, 113°04'48", E113°4.8′ or 113 04 48.

    Raises ValueError where the text is none of these or minutes or seconds reach 60.
    """
    plain = _plain(text)
    match = _COORDINATE.fullmatch(plain)
    if match is None:
        raise ValueError(text)
    minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError(text)
    degrees = float(match["degrees"]) + minutes / 60 + seconds / 3600
    axes = {_AXES[axis] for axis in (match["before"], match["after"]) if axis}
    if len(axes) > 1 or degrees > 180:
        raise ValueError(text)
    return Coordinate(degrees, axes.pop() if axes else "")


def parse_pair(longitude: str, latitude: str) -> Pair:
    """Read a longitude and a latitude; a pair in the wrong order is put right and `swapped`.

    Raises ValueError where a text is no coordinate or no order gives a place in China.
    """
    first, second = parse_coordinate(longitude), parse_coordinate(latitude)
    if first.axis and first.axis == second.axis:
        raise ValueError(f"{longitude} {latitude}")
    for point, swapped in (
        (Point(first.degrees, second.degrees), False),
        (Point(second.degrees, first.degrees), True),
    ):
        named = (second, first) if swapped else (first, second)
        if in_china(point) and named[0].axis != NORTH and named[1].axis != EAST:
            return Pair(point, swapped)
    raise ValueError(f"{longitude} {latitude}")


def in_china(point: Point) -> bool:
    """Say whether a point is within the box around China's land and seas."""
    return (
        CHINA_LONGITUDES[0] <= point.longitude <= CHINA_LONGITUDES[1]
        and CHINA_LATITUDES[0] <= point.latitude <= CHINA_LATITUDES[1]
    )


def distance(first: Point, second: Point) -> float:
    """Return the great-circle distance in metres (haversine; within 0.5 % of the ellipsoid's)."""
    north, other = radians(first.latitude), radians(second.latitude)
    chord = (
        sin((other - north) / 2) ** 2
        + cos(north) * cos(other) * sin(radians(second.longitude - first.longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))


def _plain(text: str) -> str:
    """Return a text with one sign each for degree, minute and second, and no blanks."""
    # primes are put right before NFKC, which would tear them apart
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS).upper().strip()
    plain = re.sub(r"(?<=\d)[度分秒]", lambda word: _WORDS[word[0]], plain)  # not the 度 of 经度
    if parts := re.fullmatch(r"(\d{1,3})\s+(\d{1,2}(?:\.\d+)?)(?:\s+(\d{1,2}(?:\.\d+)?))?", plain):
        return f"{parts[1]}°{parts[2]}'" + (f'{parts[3]}"' if parts[3] else "")
    return "".join(plain.split())
