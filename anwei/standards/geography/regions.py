"""Regions: polygons with holes, for townships, villages and circles of concern."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians

import numpy as np
from numpy.typing import NDArray

from anwei.standards.geography.points import EARTH_RADIUS, Point

Ring = NDArray[np.float64]  # (n, 2): longitude, latitude in degrees; the first position again at the end


@dataclass(frozen=True, eq=False)
class Region:
    """A named area; each polygon is its outer ring followed by the rings of its holes."""

    name: str
    code: str
    polygons: tuple[tuple[Ring, ...], ...]

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees."""
        outer = np.concatenate([rings[0] for rings in self.polygons])
        (west, south), (east, north) = outer.min(axis=0), outer.max(axis=0)
        return float(west), float(south), float(east), float(north)

    @property
    def n_positions(self) -> int:
        """How many corners its rings have together."""
        return sum(len(ring) - 1 for rings in self.polygons for ring in rings)

    def contains(self, point: Point) -> bool:
        """Say whether a point is inside; one on a border belongs to one of two neighbours."""
        return bool(self.contains_each(np.array([point]))[0])

    def contains_each(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say for each of the points (n, 2) whether it is inside."""
        west, south, east, north = self.box
        x, y = points[:, 0], points[:, 1]
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        inside = np.zeros(len(points), dtype=bool)
        for rings in self.polygons:
            crossings = np.zeros(len(near), dtype=np.int64)
            for ring in rings:
                crossings += _crossings(ring, points[near])
            inside[near] |= crossings % 2 == 1
        return inside

    def border_distance(self, point: Point) -> float:
        """Return the metres from a point to the nearest border, inside or outside.

        Flat around the point: good to 1 % within 50 km.
        """
        return min(_ring_distance(ring, point) for rings in self.polygons for ring in rings)


def region_of(point: Point, regions: Iterable[Region]) -> Region | None:
    """Return the first region that contains a point."""
    return next((region for region in regions if region.contains(point)), None)


def _crossings(ring: Ring, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count for each point the edges that a ray to the east crosses (lower end in, upper end out).

    With the points in order of latitude, each edge meets one stretch of them; the stretches stand end to end.
    """
    order = np.argsort(points[:, 1])
    x, y = points[order].T
    start, along = ring[:-1], np.diff(ring, axis=0)
    first = np.searchsorted(y, np.minimum(ring[:-1, 1], ring[1:, 1]))
    length = np.searchsorted(y, np.maximum(ring[:-1, 1], ring[1:, 1])) - first
    edge = np.repeat(np.arange(len(start)), length)
    met = np.arange(len(edge)) + np.repeat(first - np.cumsum(length) + length, length)
    share = (y[met] - start[edge, 1]) / along[edge, 1]  # a level edge meets no point
    crossed = met[x[met] < start[edge, 0] + share * along[edge, 0]]
    counts = np.empty(len(points), dtype=np.int64)
    counts[order] = np.bincount(crossed, minlength=len(points))
    return counts


def _ring_distance(ring: Ring, point: Point) -> float:
    metres = np.array([EARTH_RADIUS * cos(radians(point.latitude)), EARTH_RADIUS])
    flat = np.radians(ring - np.array(point)) * metres
    start, along = flat[:-1], np.diff(flat, axis=0)
    squared = (along**2).sum(axis=1)
    share = np.divide(-(start * along).sum(axis=1), squared, out=np.zeros_like(squared), where=squared > 0)
    return float(np.hypot(*(start + np.clip(share, 0, 1)[:, None] * along).T).min())
