"""Polygons as people draw and store them: GeoJSON geometries, lines of coordinates, and their faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from anwei.language import gettext_noop as _
from anwei.standards.geography.crossings import TooTangled, crossing
from anwei.standards.geography.datums import Datum, to_cgcs2000
from anwei.standards.geography.points import Point, parse_pair
from anwei.standards.geography.regions import Region, Ring

MOST_POSITIONS = 20_000  # of one township: a survey has some thousands, and a page must draw them
DRAWN_DECIMALS = 7  # degrees: a centimetre, so that what is read back and not moved stays where it was
HOLE = ("孔", "hole")  # the line before the ring of a hole, as pages write it


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
    """Return a region as a GeoJSON geometry (a Polygon where it has one part), to a centimetre."""
    parts = [[ring.round(DRAWN_DECIMALS).tolist() for ring in rings] for rings in region.polygons]
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


def check_region(region: Region) -> None:
    """Refuse a region that no map could fill. Raises BadShape."""
    rings = [ring for part in region.polygons for ring in part]
    if not rings:
        raise BadShape(_("没有坐标"))
    if (n := region.n_positions) > MOST_POSITIONS:
        raise BadShape(_("有 %(n)d 个点，超过 %(limit)d 个，请先简化"), n=n, limit=MOST_POSITIONS)
    for ring in rings:
        if len(np.unique(ring, axis=0)) < 3:
            raise BadShape(_("一个环至少要三个不同的点"))
        try:
            where = crossing(ring)
        except TooTangled as error:
            raise BadShape(_("边界来回交错，无法检查是否与自己相交，请先简化")) from error
        if where is not None:
            raise BadShape(_("边界在 (%(x).5f, %(y).5f) 附近与自己相交"), x=where.longitude, y=where.latitude)


def read_lines(name: str, code: str, text: str) -> Region:
    """Read a region from lines `longitude, latitude`; an empty line begins another part.

    A line `孔` (or `hole`) begins a hole of the part above it. Open rings are closed. Raises BadShape.
    """
    parts: list[list[list[Point]]] = []
    goes_on = False
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.replace("，", ",").replace(",", " ").split()
        if not words:
            goes_on = False
        elif " ".join(words).lower() in HOLE:
            if not parts:
                raise BadShape(_("第 %(line)d 行：孔要写在它所在的环之后"), line=number)
            parts[-1].append([])
            goes_on = True
        else:
            if not goes_on:
                parts.append([[]])
                goes_on = True
            parts[-1][-1].append(_point(words, number))
    polygons = tuple(tuple(_closed(positions) for positions in part if positions) for part in parts)
    if (inner := _inside_another(polygons)) is not None:
        raise BadShape(_("第 %(part)d 块在另一块里面；如果是孔，请在它前面写一行“孔”"), part=inner + 1)
    return Region(name, code, polygons)


def _inside_another(polygons: Sequence[tuple[Ring, ...]]) -> int | None:
    """Return the place of a polygon that lies wholly inside another one, not in a hole of it."""
    regions = [Region("", "", (rings,)) for rings in polygons]
    boxes = np.array([region.box for region in regions]).reshape(-1, 4)
    for place, (west, south, east, north) in enumerate(boxes):
        around = (boxes[:, :2] <= (west, south)).all(axis=1) & (boxes[:, 2:] >= (east, north)).all(axis=1)
        others = (regions[other] for other in np.flatnonzero(around) if other != place)
        if any(other.contains_each(polygons[place][0]).all() for other in others):
            return place
    return None


def _point(words: Sequence[str], number: int) -> Point:
    """Return the point of a line's words. Raises BadShape with the line's number."""
    try:
        return parse_pair(*words).point
    except (TypeError, ValueError) as error:
        raise BadShape(_("第 %(line)d 行读不懂：应为“经度, 纬度”"), line=number) from error


def _closed(positions: Sequence[Point]) -> Ring:
    ends = positions if positions[0] == positions[-1] else (*positions, positions[0])
    return np.array(ends)


def written_lines(region: Region, hole: str = HOLE[0]) -> str:
    """Return a region as `read_lines` reads it, without the repeated last position of each ring."""
    return "\n\n".join(
        f"\n\n{hole}\n".join("\n".join(_line(*position) for position in ring[:-1].tolist()) for ring in rings)
        for rings in region.polygons
    )


def _line(longitude: float, latitude: float) -> str:
    """Return a position with five decimals, or as many more as it has, to a centimetre."""
    return ", ".join(
        f"{number:.7f}"[:-2] + f"{number:.7f}"[-2:].rstrip("0") for number in (longitude, latitude)
    )
