"""Polygons as people draw and store them: GeoJSON geometries, lines of coordinates, and their faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from anwei.language import gettext_noop as _
from anwei.standards.geography.datums import Datum, to_cgcs2000
from anwei.standards.geography.geojson import DECIMALS
from anwei.standards.geography.points import Point, parse_pair
from anwei.standards.geography.regions import Region, Ring

MOST_POSITIONS = 20_000  # of one township: every edge is held against every other, within seconds


class BadShape(ValueError):
    """A polygon cannot be taken; gettext(sentence) % values says why."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence, self.values = sentence, values


def region_of_geometry(name: str, code: str, geometry: Mapping[str, Any]) -> Region:
    """Return the region of a stored GeoJSON Polygon or MultiPolygon."""
    parts = geometry["coordinates"]
    parts = [parts] if geometry["type"] == "Polygon" else parts
    return Region(name, code, tuple(tuple(np.array(ring)[:, :2] for ring in part) for part in parts))


def geometry_of(region: Region) -> dict[str, Any]:
    """Return a region as a GeoJSON geometry (a Polygon where it has one part) to about a metre."""
    parts = [[ring.round(DECIMALS).tolist() for ring in rings] for rings in region.polygons]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def converted(region: Region, datum: Datum) -> Region:
    """Return a region that was drawn in another datum in CGCS2000."""
    if datum is Datum.CGCS2000:
        return region

    def moved(ring: Ring) -> Ring:
        return np.array([to_cgcs2000(Point(*position), datum) for position in ring.tolist()])

    parts = tuple(tuple(map(moved, rings)) for rings in region.polygons)
    return Region(region.name, region.code, parts)


def crossing(ring: Ring) -> Point | None:
    """Return a corner by which a closed ring crosses itself, None where it does not.

    Edges that only touch, as surveyed borders do at a pinch or a doubled position, do not cross. Every edge
    is held against all that follow, so that the time grows by the square of the edges.
    """
    start, end = ring[:-1], ring[1:]
    for one in range(len(start) - 2):
        a, b, c, d = start[one], end[one], start[one + 2 :], end[one + 2 :]
        near = (np.minimum(c, d) <= np.maximum(a, b)).all(axis=1) & (
            np.maximum(c, d) >= np.minimum(a, b)
        ).all(axis=1)
        c, d = c[near], d[near]
        crossed = (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
        if crossed.any():
            meets = c[crossed][0]
            return Point(float(meets[0]), float(meets[1]))
    return None


def check_region(region: Region) -> None:
    """Refuse a region that no map could fill. Raises BadShape."""
    rings = [ring for part in region.polygons for ring in part]
    if not rings:
        raise BadShape(_("没有坐标"))
    if (n := sum(map(len, rings))) > MOST_POSITIONS:
        raise BadShape(_("有 %(n)d 个点，超过 %(limit)d 个，请先简化"), n=n, limit=MOST_POSITIONS)
    for ring in rings:
        if len(np.unique(ring, axis=0)) < 3:
            raise BadShape(_("一个环至少要三个不同的点"))
        if where := crossing(ring):
            raise BadShape(_("边界在 (%(x).5f, %(y).5f) 附近与自己相交"), x=where.longitude, y=where.latitude)


def read_lines(name: str, code: str, text: str) -> Region:
    """Read a region from lines `longitude, latitude`; an empty line begins another ring.

    A ring inside an earlier one is a hole of it, any other a part of its own. Open rings are closed.
    Raises BadShape with the line's number.
    """
    rings: list[list[Point]] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.replace("，", ",").replace(",", " ").split()
        if not words:
            rings.append([])
            continue
        try:
            pair = parse_pair(*words)
        except (TypeError, ValueError) as error:
            raise BadShape(_("第 %(line)d 行读不懂：应为“经度, 纬度”"), line=number) from error
        rings[-1].append(pair.point)
    parts: list[list[Ring]] = []
    for positions in filter(None, rings):
        if positions[0] != positions[-1]:
            positions.append(positions[0])
        ring = np.array(positions)
        around = next((part for part in parts if Region("", "", ((part[0],),)).contains(positions[0])), None)
        if around is None:
            parts.append([ring])
        else:
            around.append(ring)
    return Region(name, code, tuple(map(tuple, parts)))


def written_lines(region: Region) -> str:
    """Return a region as `read_lines` reads it, without the repeated last position of each ring."""
    rings = [ring for part in region.polygons for ring in part]
    return "\n\n".join("\n".join(f"{x:.5f}, {y:.5f}" for x, y in ring[:-1]) for ring in rings)


def _side(a: Ring, b: Ring, c: Ring) -> Ring:
    """Return on which side of the line from a to b each c lies: positive on the left, 0 on it."""
    side: Ring = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
    return side
