"""Coordinates, datums, polygons and the guess of a wrong datum."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from anwei.standards.geography.datums import Datum, from_cgcs2000, to_cgcs2000
from anwei.standards.geography.geojson import browser_geojson, read_regions
from anwei.standards.geography.points import Point, distance, in_china, parse_coordinate, parse_pair
from anwei.standards.geography.regions import Region, region_of
from anwei.standards.geography.suggestions import suggest_datum
from tests.support.broker import REPOSITORY

MAPS = REPOSITORY.parent / "shared" / "data" / "map"
needs_map = pytest.mark.skipif(not list(MAPS.glob("*.geojson")), reason="no map beside the checkout")
PLACE = Point(111.5, 36.1)
in_the_country = some.builds(Point, some.floats(74, 135), some.floats(18, 53))
shifted = some.sampled_from([Datum.GCJ02, Datum.BD09])


def square(west: float, south: float, size: float) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(coordinates: object, kind: str = "Polygon", **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def region(*rings: list[list[float]]) -> Region:
    return Region("甲镇", "990101101", (tuple(np.array(ring, dtype=float) for ring in rings),))


@settings(deadline=None, max_examples=60)
@given(in_the_country, shifted)
def test_a_point_comes_back_from_another_datum(point: Point, datum: Datum) -> None:
    there = from_cgcs2000(point, datum)
    assert 20 < distance(point, there) < 2500
    assert distance(to_cgcs2000(there, datum), point) < 0.01


@pytest.mark.parametrize(("datum", "metres"), [(Datum.GCJ02, 564), (Datum.BD09, 1325), (Datum.CGCS2000, 0)])
def test_how_far_the_datums_are_off_at_a_known_place(datum: Datum, metres: int) -> None:
    assert round(distance(PLACE, from_cgcs2000(PLACE, datum))) == metres


def test_gcj_02_at_the_reference_of_other_converters() -> None:
    # Tian'anmen as the converters of open map libraries give it
    there = from_cgcs2000(Point(116.404, 39.915), Datum.GCJ02)
    assert there == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    gcj = Point(116.404, 39.915)
    baidu = from_cgcs2000(to_cgcs2000(gcj, Datum.GCJ02), Datum.BD09)
    assert baidu == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-8)


@settings(deadline=None, max_examples=60)
@given(some.builds(Point, some.floats(-170, 70), some.floats(-80, 80)), some.sampled_from(Datum))
def test_points_abroad_stay(point: Point, datum: Datum) -> None:
    assert from_cgcs2000(point, datum) == to_cgcs2000(point, datum) == point


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("113.08", 113.08, ""),
        ("113.08E", 113.08, "longitude"),
        ("E113°4.8′", 113.08, "longitude"),
        ("113°04'48\"", 113.08, ""),
        ("113°04′48″", 113.08, ""),
        ("113°04''", None, ""),
        ("东经113度4分48秒", 113.08, "longitude"),
        ("北纬 36°10'", 36 + 1 / 6, "latitude"),
        ("１１３．０８", 113.08, ""),
        ("113 04 48", 113.08, ""),
        ("经度：113.08°", 113.08, "longitude"),
        ("113°04'48''E", 113.08, "longitude"),
        ("113°60'", None, ""),
        ("E113.08N", None, ""),
        ("巴公镇", None, ""),
        ("", None, ""),
    ],
)
def test_coordinates_as_people_write_them(text: str, degrees: float | None, axis: str) -> None:
    if degrees is None:
        with pytest.raises(ValueError):
            parse_coordinate(text)
    else:
        assert parse_coordinate(text) == (pytest.approx(degrees), axis)


@settings(deadline=None, max_examples=60)
@given(some.integers(73, 135), some.integers(0, 59), some.integers(0, 59))
def test_degrees_minutes_seconds_add_up(degrees: int, minutes: int, seconds: int) -> None:
    read = parse_coordinate(f"E{degrees}°{minutes:02}′{seconds:02}″")
    assert read == (pytest.approx(degrees + minutes / 60 + seconds / 3600), "longitude")


def test_a_swapped_pair_is_put_right() -> None:
    assert parse_pair("113.08", "36.19") == ((113.08, 36.19), False)
    assert parse_pair("36.19", "113.08") == ((113.08, 36.19), True)
    assert parse_pair("36.19N", "113.08E") == ((113.08, 36.19), True)
    for wrong in (("36.19", "36.19"), ("113.08E", "36.19E"), ("113.08N", "36.19E"), ("0", "0")):
        with pytest.raises(ValueError):
            parse_pair(*wrong)


def test_a_hole_is_outside_and_the_second_part_inside() -> None:
    holed, second = region(square(111, 36, 1), square(111.4, 36.4, 0.2)), region(square(113, 36, 1))
    holed = Region("甲镇", "", (*holed.polygons, *second.polygons))
    assert holed.contains(Point(111.1, 36.1)) and holed.contains(Point(113.5, 36.5))
    assert not holed.contains(Point(111.5, 36.5)) and not holed.contains(Point(112.5, 36.5))


@settings(deadline=None, max_examples=60)
@given(some.builds(Point, some.floats(110.9, 113.1), some.floats(35.9, 38.1)))
def test_neighbours_never_share_a_point(point: Point) -> None:
    four = [region(square(west, south, 1)) for west in (111, 112) for south in (36, 37)]
    within = 111 <= point.longitude < 113 and 36 <= point.latitude < 38
    assert sum(part.contains(point) for part in four) == within


def test_the_distance_to_a_border() -> None:
    part = region(square(111, 36, 1))
    assert part.border_distance(Point(110.99, 36.5)) == pytest.approx(
        distance(Point(110.99, 36.5), Point(111, 36.5)), rel=0.01
    )
    assert part.border_distance(Point(111.5, 36.99)) == pytest.approx(1112, abs=2)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_wrong_datum_shows_by_its_distance(datum: Datum) -> None:
    true = Point(111.502, 36.102)
    written = from_cgcs2000(true, datum)
    township = region(square(true.longitude - 0.001, true.latitude - 0.001, 0.002))  # narrower than any shift
    (suggestion,) = suggest_datum(written, township)
    assert suggestion.datum is datum and distance(suggestion.corrected, true) < 0.01
    assert 300 < suggestion.moved < 1500 and 0 < suggestion.misses_by < suggestion.moved


def test_no_datum_is_suggested_without_cause() -> None:
    township = region(square(111.5, 36.1, 0.1))
    assert suggest_datum(Point(111.55, 36.15), township) == ()
    assert suggest_datum(Point(111.45, 36.15), township) == ()  # 4.5 km away: another mistake
    assert suggest_datum(Point(111.499, 36.15), township) == ()  # the shift leads away from the township
    assert [found.datum for found in suggest_datum(Point(111.602, 36.15), township)] == [
        Datum.GCJ02,
        Datum.BD09,
    ]


def test_what_hinders_a_file_is_named() -> None:
    open_ring = square(111, 36, 1)[:-1]
    imported = read_regions(
        collection(
            feature([open_ring], XZQMC="甲镇"),
            feature([square(36, 111, 1)], XZQMC="乙镇"),
            feature([[[111, 36], [112, 36], [111, 36]]], XZQMC="丙镇"),
            feature([111, 36], "Point", XZQMC="丁镇"),
            feature([[["东", "西"]]], XZQMC="戊镇"),
            feature([square(10, 10, 1)], XZQMC="己镇"),
        )
    )
    assert [part.name for part in imported.regions] == ["甲镇"] and imported.name_property == "XZQMC"
    assert imported.regions[0].contains(Point(111.5, 36.5))
    assert [str(repair) for repair in imported.repairs] == ["有 1 个环没有闭合，已补上终点"]
    assert [(problem.feature, str(problem)) for problem in imported.problems] == [
        (2, "坐标 (36.0, 111.0) 的经度和纬度填反了"),
        (3, "一个环至少要三个不同的点"),
        (4, "图形应为 Polygon 或 MultiPolygon，这里是 Point"),
        (5, "坐标应为成对的数字"),
        (6, "坐标 (10.0, 10.0) 不在中国范围内"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no", "不是 JSON 文件"),
        (b"\xff\xfe\xff", "不是 JSON 文件"),
        ("[" * 100_000, "不是 JSON 文件"),
        (collection(), "文件里没有图形"),
        (collection(feature([[[111, 36]] * 5], name="甲镇")), "一个环至少要三个不同的点"),
        ("[]", "不是 GeoJSON：应为 FeatureCollection 或 Feature"),
        ('{"type": "FeatureCollection", "features": 3}', "不是 GeoJSON：应为 FeatureCollection 或 Feature"),
        (
            collection(feature([square(111, 36, 1)], colour="red")),
            "没有找到放名称或区划代码的属性；文件里有：colour",
        ),
    ],
)
def test_a_file_that_is_no_map(content: str | bytes, sentence: str) -> None:
    assert [str(problem) for problem in read_regions(content).problems] == [sentence]


def test_names_that_repeat_do_not_name() -> None:
    content = collection(
        *(feature([square(111 + n, 36, 1)], name="晋城市", 乡镇=f"第{n}镇", code=n) for n in (1, 2))
    )
    assert read_regions(content).name_property == "乡镇"
    assert read_regions(content).regions[0].code == "1"
    assert read_regions(content, name_property="name").regions[0].name == "晋城市"


def test_a_map_for_the_browser_is_small_and_keeps_its_shape() -> None:
    angles = np.linspace(0, 2 * np.pi, 20_001)
    circle = np.stack([111.5 + 0.2 * np.cos(angles), 36.1 + 0.2 * np.sin(angles)], axis=1)
    circle[-1] = circle[0]
    text = browser_geojson([Region("甲镇", "9", ((circle,),))], limit=20_000)
    assert len(text) <= 20_000
    (small,) = read_regions(text).regions
    (ring,) = small.polygons[0]
    assert 50 < len(ring) < 20_000 and np.allclose(ring, ring.round(5), atol=0)
    assert np.abs(np.hypot(*(ring - (111.5, 36.1)).T) - 0.2).max() < 1e-4
    assert small.border_distance(PLACE) == pytest.approx(0.2 * 111_195 * 0.808, rel=0.01)
    with pytest.raises(ValueError):
        browser_geojson([Region("甲镇", "9", ((circle,),))], limit=100)


@needs_map
def test_a_real_map() -> None:
    (path,) = MAPS.glob("*.geojson")
    imported = read_regions(path.read_bytes())
    assert len(imported.regions) == 8 and not imported.problems and imported.name_property == "name"
    seats = {
        row["properties"]["name"]: Point(*row["properties"]["cp"])
        for row in json.loads(path.read_bytes())["features"]
    }
    for name, seat in seats.items():
        found = region_of(seat, imported.regions)
        assert found is not None and found.name == name
    small = browser_geojson(imported.regions)
    assert len(small) <= 500_000
    points = np.random.default_rng(1).uniform((103.5, 26.2), (106.8, 27.9), (20_000, 2))
    counts = sum(part.contains_each(points).astype(int) for part in imported.regions)
    assert counts.max() <= 1 and 0.3 < counts.mean() < 0.8
    again = read_regions(browser_geojson(imported.regions, limit=60_000)).regions
    moved = sum(
        part.contains_each(points) != new.contains_each(points)
        for part, new in zip(imported.regions, again, strict=True)
    )
    assert moved.mean() < 0.02
    assert all(in_china(Point(*part.box[:2])) for part in again)
