"""Polygons as people draw and store them: crossings found, touches borne, lines read back as they were written."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from anwei.standards.geography.crossings import crossing
from anwei.standards.geography.datums import Datum
from anwei.standards.geography.geojson import read_regions
from anwei.standards.geography.points import Point
from anwei.standards.geography.shapes import (
    BadShape,
    check_region,
    converted,
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


ISLES = (
    "119.00000, 38.00000\n120.00000, 38.00000\n120.00000, 39.00000\n\n"
    "孔\n119.60000, 38.10000\n119.90000, 38.10000\n119.90000, 38.40000\n\n"
    "119.80000, 38.15000\n119.8500001, 38.15000\n119.85000, 38.20000\n\n"  # an island in that lake
    "121.00000, 38.00000\n122.00000, 38.00000\n122.00000, 39.00000"
)


def test_lines_are_read_back_as_they_were_written() -> None:
    region = read_lines("甲镇", "1", ISLES)
    assert [len(part) for part in region.polygons] == [2, 1, 1]
    assert not region.contains(Point(119.7, 38.12)) and region.contains(Point(119.84, 38.16))
    stored = geometry_of(region)
    assert written_lines(region_of_geometry("甲镇", "1", stored)) == ISLES
    english = written_lines(region, "hole")
    assert "hole" in english and geometry_of(read_lines("甲镇", "1", english)) == stored


def test_one_corner_that_moves_moves_no_other() -> None:
    before = geometry_of(read_lines("甲镇", "1", ISLES))
    after = geometry_of(read_lines("甲镇", "1", ISLES.replace("121.00000, 38.00000", "121.10000, 38.00000")))
    ring = after["coordinates"][2][0]
    assert ring[0] == ring[-1] == [121.1, 38]
    ring[0] = ring[-1] = [121, 38]
    assert after == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("孔\n119, 38\n120, 38\n120, 39", "第 1 行：孔要写在"),
        ("119, 38\n120, 38\n120, 39\n\n119.8, 38.2\n119.9, 38.2\n119.9, 38.3", "第 2 块在另一块里面"),
        ("119.8, 38.2\n119.9, 38.2\n119.9, 38.3\n\n119, 38\n120, 38\n120, 39", "第 1 块在另一块里面"),
    ],
)
def test_a_hole_is_said_to_be_one(text: str, sentence: str) -> None:
    with pytest.raises(BadShape, match=sentence):
        read_lines("甲镇", "1", text)


def wavy(n: int) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, n)
    away = 0.1 * (1 + 0.05 * np.sin(37 * turn) + 0.002 * np.sin(911 * turn))
    return np.vstack([np.c_[113.5 + away * np.cos(turn), 36.5 + away * np.sin(turn)][:-1], [[113.6, 36.5]]])


def test_a_border_of_twenty_thousand_points_is_checked_at_once() -> None:
    border = wavy(20_000)
    began = time.process_time()
    check_region(region_of_geometry("甲镇", "1", {"type": "Polygon", "coordinates": [border]}))
    assert time.process_time() - began < 1  # 6 s where every edge was held against every other
    border[10_000] = 113.5, 36.7  # a spike that leaves the ring in the west for the north
    assert crossing(border) == (113.5, 36.7)


@pytest.mark.parametrize("seed", range(20))
def test_crossings_are_those_that_all_pairs_show(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 60))))
    away = 1 + rng.uniform(0, 0.2) * rng.standard_normal(len(turn))
    corners = np.c_[113 + away * np.cos(turn), 36 + away * np.sin(turn)]
    if seed % 2:  # half of them tangled somewhere
        one, other = rng.choice(len(corners), 2, replace=False)
        corners[[one, other]] = corners[[other, one]]
    closed = np.vstack([corners, corners[:1]])

    def side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
        return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    edges = list(itertools.pairwise(closed))
    crosses = any(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for (a, b), (c, d) in itertools.combinations(edges, 2)
    )
    assert (crossing(closed) is not None) == crosses


def test_a_border_that_nobody_can_check_is_refused() -> None:
    across = np.tile([[113.0, 36.0], [114.0, 37.0]], (5_000, 1))  # each stroke's box lies over all others
    across[:, 1] += np.linspace(0, 0.001, len(across))
    tangle = np.vstack([across, across[:1]])
    with pytest.raises(BadShape, match="来回交错"):
        check_region(region_of_geometry("甲镇", "1", {"type": "Polygon", "coordinates": [tangle]}))


def test_a_prefecture_as_published_can_be_taken() -> None:
    file = SHARED.parent / "data" / "map" / "gui4_zhou1_bi4_jie2.geojson"
    if not file.exists():
        pytest.skip(f"{file.name} is not at hand")
    for region in read_regions(file.read_bytes()).regions:
        check_region(converted(region, Datum.GCJ02))


def test_too_few_corners_are_refused() -> None:
    with pytest.raises(BadShape, match="至少要三个"):
        check_region(read_lines("甲镇", "1", "119, 38\n120, 38"))
