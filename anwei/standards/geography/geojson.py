"""Regions read from GeoJSON (RFC 7946) with every fault named, and written small for the browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anwei.language import gettext_noop as _
from anwei.standards.geography.points import Point, in_china
from anwei.standards.geography.regions import Region, Ring

NAMES = ("name", "名称", "乡镇", "乡镇名称", "镇名", "村名", "XZQMC", "XZMC", "township", "town", "NAME")
CODES = ("code", "代码", "区划代码", "行政区划代码", "adcode", "XZQDM", "XZDM", "CODE", "id")
BROWSER_BYTES = 500_000
DECIMALS = 5  # degrees: 1 m
_FINEST = 0.00001  # degrees


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file or one of its features; `feature` counts from 1, 0 is the whole file.

    The sentence is kept with its `values` apart, so that a page can translate it: gettext(sentence) % values.
    """

    feature: int
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in Chinese."""
        return self.sentence % self.values


@dataclass(frozen=True)
class Imported:
    """The regions of a file, the problems of those left out, what was mended, and where names stood."""

    regions: tuple[Region, ...]
    problems: tuple[Problem, ...]
    repairs: tuple[Problem, ...]
    name_property: str
    code_property: str


class _Fault(ValueError):
    """A feature cannot be taken, for the reason of a sentence and its values."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def read_regions(content: bytes | str, *, name_property: str = "", code_property: str = "") -> Imported:
    """Read the regions of a GeoJSON file; features with a problem are left out and named.

    Without a property given, the ones that hold name and code are found. Never raises for a bad file.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _nothing(_("不是 JSON 文件"))
    features = _features(document)
    if features is None:
        return _nothing(_("不是 GeoJSON：应为 FeatureCollection 或 Feature"))
    if not features:
        return _nothing(_("文件里没有图形"))
    properties = [_properties(feature) for feature in features]
    name_property = name_property or property_of(properties, NAMES)
    code_property = code_property or property_of(properties, CODES)
    if not name_property and not code_property:
        held = sorted({key for row in properties for key in row})
        return _nothing(
            _("没有找到放名称或区划代码的属性；文件里有：%(properties)s"), properties="、".join(held) or "—"
        )
    regions, problems, repairs = [], [], []
    for number, (feature, values) in enumerate(zip(features, properties, strict=True), start=1):
        try:
            polygons, closed = _polygons(feature)
            name, code = (str(values.get(key) or "").strip() for key in (name_property, code_property))
            if not name and not code:
                raise _Fault(_("没有名称，也没有区划代码"))
        except _Fault as fault:
            problems.append(Problem(number, fault.sentence, fault.values))
            continue
        regions.append(Region(name, code, polygons))
        if closed:
            repairs.append(Problem(number, _("有 %(count)d 个环没有闭合，已补上终点"), {"count": closed}))
    return Imported(tuple(regions), tuple(problems), tuple(repairs), name_property, code_property)


def property_of(rows: Sequence[Mapping[str, Any]], known: Sequence[str]) -> str:
    """Return the known property that every feature fills, each with its own value, or ""."""
    for key in known:
        values = [str(row.get(key) or "").strip() for row in rows]
        if values and all(values) and len(set(values)) == len(values):
            return key
    return ""


def browser_geojson(regions: Iterable[Region], *, limit: int = BROWSER_BYTES) -> bytes:
    """Return regions as GeoJSON of at most `limit` bytes, five decimals, simplified as little as that needs.

    Each ring is simplified by itself (Douglas-Peucker), so that neighbours may gape by the tolerance.
    Raises ValueError where even the coarsest shape (1 degree) does not fit.
    """
    regions, tolerance = tuple(regions), 0.0
    while True:
        text = _written(regions, tolerance)
        if len(text) <= limit:
            return text
        tolerance = tolerance * 2 or _FINEST
        if tolerance > 1:
            raise ValueError(f"{len(text)} bytes > {limit}")


def _nothing(sentence: str, **values: object) -> Imported:
    return Imported((), (Problem(0, sentence, values),), (), "", "")


def _features(document: Any) -> list[Any] | None:
    if not isinstance(document, dict):
        return None
    if document.get("type") == "Feature":
        return [document]
    features = document.get("features")
    return features if document.get("type") == "FeatureCollection" and isinstance(features, list) else None


def _properties(feature: Any) -> Mapping[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _polygons(feature: Any) -> tuple[tuple[tuple[Ring, ...], ...], int]:
    """Return the polygons of a feature and how many of their rings had to be closed."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise _Fault(_("图形应为 Polygon 或 MultiPolygon，这里是 %(kind)s"), kind=kind or "—")
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts or not all(isinstance(part, list) and part for part in parts):
        raise _Fault(_("图形没有坐标"))
    read = [[_ring(ring) for ring in part] for part in parts]
    closed = sum(was_open for part in read for _ring_read, was_open in part)
    return tuple(tuple(ring for ring, _was_open in part) for part in read), closed


def _ring(positions: Any) -> tuple[Ring, bool]:
    try:
        ring = np.array(
            [(float(position[0]), float(position[1])) for position in positions], dtype=np.float64
        )
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise _Fault(_("坐标应为成对的数字")) from error
    if len(ring) == 0:
        raise _Fault(_("图形没有坐标"))
    if was_open := not np.array_equal(ring[0], ring[-1]):
        ring = np.concatenate([ring, ring[:1]])
    if len(np.unique(ring, axis=0)) < 3:
        raise _Fault(_("一个环至少要三个不同的点"))
    outside = [position for position in ring.tolist() if not in_china(Point(*position))]
    if outside:
        x, y = outside[0]
        if in_china(Point(y, x)):
            raise _Fault(_("坐标 (%(x)s, %(y)s) 的经度和纬度填反了"), x=x, y=y)
        raise _Fault(_("坐标 (%(x)s, %(y)s) 不在中国范围内"), x=x, y=y)
    return ring, was_open


def _written(regions: Iterable[Region], tolerance: float) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"name": region.name, "code": region.code},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [_simplified(ring, tolerance).round(DECIMALS).tolist() for ring in rings]
                    for rings in region.polygons
                ],
            },
        }
        for region in regions
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _simplified(ring: Ring, tolerance: float) -> Ring:
    """Return a closed ring without the points nearer to its line than `tolerance` degrees."""
    if tolerance == 0 or len(ring) <= 4:
        return ring
    far = int(np.argmax(((ring - ring[0]) ** 2).sum(axis=1)))
    middle = far // 2 if far > 1 else (far + len(ring)) // 2
    kept = {0, middle, far, len(ring) - 1}  # a ring needs three corners
    stack = [(0, far), (far, len(ring) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        apart = _apart(ring[first + 1 : last], ring[first], ring[last])
        worst = int(np.argmax(apart))
        if apart[worst] > tolerance:
            kept.add(split := first + 1 + worst)
            stack += [(first, split), (split, last)]
    return ring[sorted(kept)]


def _apart(points: Ring, start: Ring, end: Ring) -> Ring:
    """Return the distance of each point from the piece between two others."""
    along = end - start
    squared = float(along @ along)
    share = np.clip((points - start) @ along / squared, 0, 1) if squared else np.zeros(len(points))
    apart: Ring = np.hypot(*(points - start - share[:, None] * along).T)
    return apart
