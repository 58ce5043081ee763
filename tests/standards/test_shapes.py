"""Polygons as people draw and store them: crossings found, touches borne, lines read back as they were written."""

from __future__ import annotations

import numpy as np
import pytest

from anwei.standards.geography.datums import Datum
from anwei.standards.geography.geojson import read_regions
from anwei.standards.geography.points import Point
from anwei.standards.geography.shapes import (
    BadShape,
    check_region,
    converted,
    crossing,
    geometry_of,
    read_lines,
    region_of_geometry,
    written_lines,
)
from tests.standards.shared import SHARED

SQUARE = [(119, 38), (120, 38), (120, 39), (119, 39), (119, 38)]


def ring(*positions: tuple[float, float]) -> np.ndarray:
    return np.array(positions, dtype=float)


def test_a_ring_that_crosses_itself_is_found() -> None:
    assert crossing(ring((119, 38), (120, 39), (120, 38), (119, 39), (119, 38)))
    dented = ring((119, 38), (120, 38), (120, 39), (119.5, 37.9), (119, 39), (119, 38))
    assert crossing(dented)  # the dent pierces the opposite edge


@pytest.mark.parametrize(
    "touching",
    [
        SQUARE,
        [SQUARE[0], *SQUARE],  # a doubled position
        [*SQUARE[:3], (119.5, 38), *SQUARE[3:]],  # a pinch: a corner on the opposite edge
        [*SQUARE[:2], (121, 38), *SQUARE[1:]],  # a spur there and back
    ],
)
def test_a_ring_that_only_touches_itself_is_borne(touching: list[tuple[float, float]]) -> None:
    assert crossing(ring(*touching)) is None


def test_lines_are_read_back_as_they_were_written() -> None:
    text = "119.00000, 38.00000\n120.00000, 38.00000\n120.00000, 39.00000\n\n119.80000, 38.20000\n119.90000, 38.20000\n119.90000, 38.30000\n\n121.00000, 38.00000\n122.00000, 38.00000\n122.00000, 39.00000"
    region = read_lines("甲镇", "1", text)
    assert [len(part) for part in region.polygons] == [2, 1]  # a hole in the first part, a second part
    assert not region.contains(Point(119.88, 38.22)) and region.contains(Point(121.9, 38.5))
    assert written_lines(region_of_geometry("甲镇", "1", geometry_of(region))) == text


def test_a_prefecture_as_published_can_be_taken() -> None:
    file = SHARED.parent / "data" / "map" / "gui4_zhou1_bi4_jie2.geojson"
    if not file.exists():
        pytest.skip(f"{file.name} is not at hand")
    for region in read_regions(file.read_bytes()).regions:
        check_region(converted(region, Datum.GCJ02))


def test_too_few_corners_are_refused() -> None:
    with pytest.raises(BadShape, match="至少要三个"):
        check_region(read_lines("甲镇", "1", "119, 38\n120, 38"))
