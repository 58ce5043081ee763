"""Borders with rings too small or too many to be drawn: a sentence each, and no other township stopped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anwei.org.models import Territory
from anwei.sites.map.boundaries import read_boundaries
from anwei.standards.geography.datums import Datum
from tests.kernel.county import OTHER_TOWN, TOWN, build


def box(x: float, y: float, side: float) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def file_of(*features: tuple[str, str, Any]) -> bytes:
    """Return a file of (code, kind, coordinates)."""
    rows = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": told}}
        for code, kind, told in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


@pytest.mark.django_db
@pytest.mark.parametrize("is_known", [False, True])
def test_a_hole_too_small_to_draw_stops_its_township_alone(is_known: bool) -> None:
    build()
    if is_known:
        border = {"type": "Polygon", "coordinates": [box(112, 37, 0.1)]}
        Territory.objects.filter(pk=TOWN).update(boundary=border)
    pierced = [box(112, 37, 0.1), box(112.05, 37.05, 0.000002)]
    told = file_of((TOWN, "Polygon", pierced), (OTHER_TOWN, "Polygon", [box(113, 37, 0.1)]))
    found = read_boundaries(told, Datum.CGCS2000)
    by_code = {row.township.code: row for row in found.rows if row.township}
    assert "至少要三个不同的点" in by_code[TOWN].problem and not by_code[OTHER_TOWN].problem
    assert OTHER_TOWN in found.document and TOWN not in found.document


@pytest.mark.django_db
def test_too_many_islets_are_refused_in_words() -> None:
    build()

    def islets(x: float) -> list[Any]:
        return [[box(x + 0.001 * (n % 100), 37 + 0.001 * (n // 100), 0.0005)] for n in range(4900)]

    told = file_of((TOWN, "MultiPolygon", islets(112)), (OTHER_TOWN, "MultiPolygon", islets(113)))
    with pytest.raises(ValueError, match="太细碎"):
        read_boundaries(told, Datum.CGCS2000)
