"""Invented township boundaries: Voronoi cells of the seats, their borders roughened as by rivers and ridges.

A border between two townships is roughened once and used by both, so that the townships fit together.
Lengths are kilometres until the last step.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

Point = tuple[float, float]
Ring = list[Point]

KM_PER_DEGREE = 111.32
ROUGHNESS = 0.14  # sideways shift of a border's middle, as a share of its length
OUTLINE_CORNERS = 13
SHORTEST_KM = 0.6  # borders are not broken up below this


def cells(seats: Sequence[Point], outline: Ring) -> list[Ring]:
    """Return for each seat the part of `outline` that is nearest to it.

    The outline need not be convex, as long as no bay cuts a cell in two.
    """
    return [_cell(seat, [other for other in seats if other != seat], outline) for seat in seats]


def _cell(seat: Point, others: Sequence[Point], outline: Ring) -> Ring:
    ring = outline
    for other in others:
        middle = ((seat[0] + other[0]) / 2, (seat[1] + other[1]) / 2)
        normal = (other[0] - seat[0], other[1] - seat[1])
        ring = _clip(ring, middle, normal)
    return ring


def _clip(ring: Ring, middle: Point, normal: Point) -> Ring:
    """Return the part of a ring on the near side of a line (Sutherland-Hodgman)."""

    def beyond(point: Point) -> float:
        return (point[0] - middle[0]) * normal[0] + (point[1] - middle[1]) * normal[1]

    kept: Ring = []
    for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
        a, b = beyond(here), beyond(there)
        if a <= 0:
            kept.append(here)
        if (a < 0 < b) or (b < 0 < a):
            share = a / (a - b)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return kept


def roughened(ring: Ring, seed: str) -> Ring:
    """Return the ring with every border broken up; equal borders of two rings stay equal."""
    rough: Ring = []
    for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
        start, end = _key(here), _key(there)
        low, high = min(start, end), max(start, end)
        chance = random.Random(f"{seed}:{low}:{high}")  # noqa: S311  # a picture, not a secret
        line = _broken(low, high, chance)
        rough += (line if start == low else line[::-1])[:-1]
    return rough


def _key(point: Point) -> Point:
    return (round(point[0], 6), round(point[1], 6))


def _broken(start: Point, end: Point, chance: random.Random) -> Ring:
    length = math.dist(start, end)
    if length < SHORTEST_KM:
        return [start, end]
    shift = chance.uniform(-ROUGHNESS, ROUGHNESS)
    middle = (
        (start[0] + end[0]) / 2 - shift * (end[1] - start[1]),
        (start[1] + end[1]) / 2 + shift * (end[0] - start[0]),
    )
    return [*_broken(start, middle, chance)[:-1], *_broken(middle, end, chance)]


def outline(width: float, height: float, seed: str) -> Ring:
    """Return an outline of about width x height kilometres round the origin, with bays and capes."""
    chance = random.Random(f"{seed}:outline")  # noqa: S311
    ring = []
    for corner in range(OUTLINE_CORNERS):
        angle = 2 * math.pi * (corner + chance.uniform(-0.25, 0.25)) / OUTLINE_CORNERS
        reach = chance.uniform(0.84, 1.1)
        ring.append((reach * width / 2 * math.cos(angle), reach * height / 2 * math.sin(angle)))
    return ring


def degrees(point: Point, centre: Point) -> Point:
    """Return longitude and latitude of a point given in kilometres from the centre (degrees)."""
    longitude = centre[0] + point[0] / (KM_PER_DEGREE * math.cos(math.radians(centre[1])))
    return (round(longitude, 5), round(centre[1] + point[1] / KM_PER_DEGREE, 5))


def inside(point: Point, ring: Sequence[Sequence[float]]) -> bool:
    """Say whether a point lies within a ring (even-odd rule); the ring may repeat its first point."""
    found = False
    for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (here[1] > point[1]) != (there[1] > point[1]):
            crossing = here[0] + (point[1] - here[1]) / (there[1] - here[1]) * (there[0] - here[0])
            found ^= point[0] < crossing
    return found


def somewhere(
    ring: Sequence[Sequence[float]], chance: random.Random, taken: list[Point], apart: float
) -> Point:
    """Return a place well inside the ring, at least `apart` from the places taken (same units), and take it.

    The distance asked for is relaxed a little at each failure, so that a crowded ring still has room.
    """
    west, east = min(p[0] for p in ring), max(p[0] for p in ring)
    south, north = min(p[1] for p in ring), max(p[1] for p in ring)
    while True:
        point = (round(chance.uniform(west, east), 5), round(chance.uniform(south, north), 5))
        clear = all(math.dist(point, corner) >= apart / 3 for corner in ring)
        if clear and inside(point, ring) and all(math.dist(point, other) >= apart for other in taken):
            taken.append(point)
            return point
        apart *= 0.995
