"""The map: layers in scope, what lies near, search, the same as a list, polygons from files and by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from math import cos, pi, sin
from time import process_time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.cases.models import Case
from anwei.ledgers.models import Change
from anwei.ledgers.search.keeping import catch_up
from anwei.org.models import Holding, Person, Post, Territory, Unit
from anwei.sites.map import boundaries
from anwei.sites.map.layers import layers
from anwei.sites.map.views import boundaries as boundary_pages
from anwei.sites.models import Enterprise, Site
from anwei.standards.geography.datums import Datum
from anwei.standards.geography.points import Point, distance
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN, County, county_clerk, in_post, open_repair
from tests.sites.mapped import HERE, Mapped, fill_map, in_datum, put, square

Browse = Callable[[Person], Client]
NEAR_HTML = re.compile(r'<li><a href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def mapped(county: County) -> Mapped:
    return fill_map(county)


@pytest.fixture
def clerk(county: County) -> Person:
    return county_clerk()


@pytest.fixture
def system(county: County) -> Person:
    """The county's system administrator."""
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办系统", territory=COUNTY)
    return in_post("system", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员"))


def points(client: Client, code: str) -> dict[str, str]:
    """Return the category of each point of a layer by its name."""
    answer = client.get(f"/map/layers/{code}.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    return {one["properties"]["n"]: one["properties"]["c"] for one in answer.json()["features"]}


def test_layers_show_each_their_own(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    county, whole = mapped.county, browse(clerk)
    assert points(whole, "enterprises") == {"甲化工厂": "orange", "乙煤矿": "none"}
    assert points(whole, "places") == {"罐区": "key", "急弯路段": "road"}
    assert points(whole, "risk-points") == {"氨储罐": "red"}
    assert points(whole, "sectors") == {"甲化工厂": "chemical", "乙煤矿": "coal"}
    assert points(whole, "places-by-sector") == {"罐区": "chemical", "急弯路段": "road"}
    stranger = browse(county.stranger)
    seen = {layer.code: points(stranger, layer.code) for layer in layers()}
    assert seen == {
        **{code: {} for code in ("places", "risk-points", "cases", "places-by-sector", "hotspots")},
        "enterprises": {"乙煤矿": "none"},
        "sectors": {"乙煤矿": "coal"},
    }


def test_an_address_switches_a_layer_on(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    switch = (
        r'<fieldset class="map-layer( on)?" data-layer="hotspots".*?data-switch autocomplete="off"( checked)?'
    )

    def state(address: str) -> tuple[str | None, ...]:
        found = re.search(switch, browse(clerk).get(address).content.decode(), re.DOTALL)
        assert found is not None
        return found.groups()

    assert state("/map/") == (None, None) and state("/map/?layers=hotspots") == (" on", " checked")


def test_open_cases_lie_at_their_enterprise_and_overdue_ones_are_told(
    mapped: Mapped, clerk: Person, browse: Browse
) -> None:
    for title, days in (("还早", 9), ("晚了", -9)):
        case = open_repair(mapped.county, title=title)
        Case.objects.filter(pk=case.pk).update(deadline=NOW + timedelta(days=days))
    assert points(browse(clerk), "cases") == {"还早": "open", "晚了": "overdue"}


def test_what_is_gone_or_has_no_place_is_not_drawn(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    Site.objects.filter(pk=mapped.road.pk).update(removed_on=NOW.date())
    Enterprise.objects.filter(pk=mapped.county.other_enterprise.pk).update(longitude=None, latitude=None)
    client = browse(clerk)
    assert points(client, "places") == {"罐区": "key"}
    assert points(client, "enterprises") == {"甲化工厂": "orange"}
    page = client.get("/map/").content.decode()
    assert "另有 1 个没有坐标" in page
    assert "没有坐标" in client.get("/map/list/?layer=enterprises&category=none").content.decode()


def test_an_unchanged_layer_is_not_sent_again(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    client = browse(clerk)
    first = client.get("/map/layers/enterprises.geojson")
    again = client.get("/map/layers/enterprises.geojson", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in first["Cache-Control"]
    put(mapped.county.enterprise, Point(119.96, 38.76))
    moved = client.get("/map/layers/enterprises.geojson", headers={"If-None-Match": first["ETag"]})
    assert moved.status_code == 200
    assert client.get("/map/layers/nothing.geojson").status_code == 404


def test_townships_carry_the_counts_one_may_see(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    def shades(person: Person) -> dict[str, tuple[str, list[int], list[int]]]:
        features = browse(person).get("/map/townships.geojson").json()["features"]
        rows = [feature["properties"] for feature in features]
        return {row["name"]: (row["colour"], row["enterprises"], row["points"]) for row in rows}

    none = [0, 0, 0, 0, 0]
    assert shades(clerk) == {
        "甲镇": ("orange", [0, 1, 0, 0, 0], [1, 0, 0, 0, 0]),
        "乙镇": ("none", [0, 0, 0, 0, 1], none),
    }
    assert shades(mapped.county.stranger)["甲镇"] == ("none", none, none)


def near(client: Client, query: str) -> list[str]:
    answer = client.get(f"/map/nearby/?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return [name for _address, name in NEAR_HTML.findall(answer.content.decode())]


def test_a_radius_lists_what_lies_within_the_nearest_first(
    mapped: Mapped, clerk: Person, browse: Browse
) -> None:
    client, centre = browse(clerk), f"enterprise={mapped.county.enterprise.pk}"
    open_repair(mapped.county, title="更换阀门")
    assert near(client, f"{centre}&metres=500") == ["更换阀门", "急弯路段"]
    assert near(client, centre) == ["更换阀门", "急弯路段", "罐区", "氨储罐"]  # 1 km unless said
    assert near(client, f"{centre}&metres=20000")[-1] == "乙煤矿"
    metres = distance(HERE, Point(119.9569, 38.75))
    assert "罐区" not in near(client, f"{centre}&metres={metres - 1:.0f}")
    assert "罐区" in near(client, f"{centre}&metres={metres + 1:.0f}")
    assert "甲化工厂" in near(client, "longitude=119.951&latitude=38.75")
    assert near(browse(mapped.county.stranger), "longitude=119.951&latitude=38.75&metres=5000") == []


def test_a_radius_query_says_what_is_wrong_with_it(mapped: Mapped, browse: Browse) -> None:
    client = browse(mapped.county.stranger)
    for query, sentence in (
        ("longitude=abc&latitude=38.7", "经纬度读不懂"),
        ("longitude=119.9&latitude=38.7&metres=x", "半径应为米数"),
        ("longitude=119.9&latitude=38.7&metres=nan", "半径应在"),
        ("longitude=119.9&latitude=38.7&metres=9999999", "半径应在"),
        (f"enterprise={mapped.county.enterprise.pk}", "没有找到这个圆心"),  # out of sight
        (f"site={mapped.tanks.pk}", "没有找到这个圆心"),
    ):
        answer = client.get(f"/map/nearby/?{query}")
        assert answer.status_code == 422 and sentence in answer.content.decode(), query


def test_the_search_finds_name_address_and_code(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    catch_up()
    for query, found in (
        ("甲化工", "甲化工厂"),
        ("北环路", "急弯路段"),
        ("LD-1", "急弯路段"),
        ("乙镇", "乙镇"),
    ):
        assert found in browse(clerk).get("/map/search/", {"q": query}).content.decode(), query
    hidden = browse(mapped.county.stranger).get("/map/search/", {"q": "北环路"}).content.decode()
    assert "急弯路段" not in hidden and "没有找到" in hidden


def test_a_list_beside_the_map_comes_alone_to_a_script(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    answer = browse(clerk).get("/map/nearby/?longitude=119.95&latitude=38.75", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode() and "急弯路段" in answer.content.decode()


def doubted(client: Client) -> list[str]:
    page = client.get("/map/datums/").content.decode()
    return re.findall(r'<article class="map-doubt"><div><a href="[^"]+">([^<]+)</a>', page)


EDGE = Point(119.9975, 38.75)  # 220 m within the eastern border: GCJ-02 shifts it across


def test_a_datum_mixed_up_is_found_and_cured_by_one_click(
    mapped: Mapped, clerk: Person, browse: Browse
) -> None:
    shown = in_datum(EDGE, Datum.GCJ02)
    assert shown.longitude > 120
    put(mapped.tanks, shown)
    client = browse(clerk)
    assert doubted(client) == ["罐区"]
    address = f"/map/datums/site/{mapped.tanks.pk}/"
    client.post(address, {"datum": "gcj02", "reason": ""})
    client.post(address, {"datum": "mars", "reason": "核对"})
    mapped.tanks.refresh_from_db()
    assert Point(mapped.tanks.longitude, mapped.tanks.latitude) == shown  # nothing without a reason or datum
    client.post(address, {"datum": "gcj02", "reason": "取自手机地图"})
    site = Site.objects.get(pk=mapped.tanks.pk)
    assert distance(Point(site.longitude, site.latitude), EDGE) < 0.1
    assert (site.datum, Point(site.raw_longitude, site.raw_latitude)) == ("gcj02", shown)
    assert doubted(client) == []
    change = Change.objects.filter(register="sites.site", row=str(site.pk)).latest("number")
    assert change.reason == "取自手机地图" and change.content["changed"]["datum"] == ["cgcs2000", "gcj02"]
    record = client.get(f"/ledgers/sites/{site.pk}/").content.decode()
    assert "原始经度" in record and "raw_longitude" not in record
    client.post(address, {"datum": "cgcs2000", "reason": "又改回来"})  # the raw pair was kept
    site.refresh_from_db()
    assert Point(site.longitude, site.latitude) == shown


def test_only_who_keeps_registers_and_sees_the_place_may_cure_it(mapped: Mapped, browse: Browse) -> None:
    put(mapped.county.enterprise, in_datum(EDGE, Datum.BD09))
    address, body = (
        f"/map/datums/enterprise/{mapped.county.enterprise.pk}/",
        {"datum": "bd09", "reason": "核对"},
    )
    assert browse(mapped.county.worker).post(address, body).status_code == 403
    assert browse(mapped.county.regulator).post(address, body).status_code == 404
    assert not Change.objects.filter(register="sites.enterprise").exists()
    assert browse(mapped.county.townsman).post(address, body).status_code == 302
    mapped.county.enterprise.refresh_from_db()
    assert distance(Point(mapped.county.enterprise.longitude, mapped.county.enterprise.latitude), EDGE) < 0.1


def test_who_sits_in_an_enterprise_does_not_cure_it_alone(
    mapped: Mapped, clerk: Person, browse: Browse
) -> None:
    enterprise = mapped.county.enterprise
    put(enterprise, in_datum(EDGE, Datum.GCJ02))
    holding = Holding.objects.create(
        person=clerk, post=enterprise.unit.posts.get(kind="safety"), from_on=NOW.date(), document="任免文件"
    )
    client, address = browse(clerk), f"/map/datums/enterprise/{enterprise.pk}/"
    page = client.post(address, {"datum": "gcj02", "reason": "核对"}, follow=True).content.decode()
    assert "您在这家企业任职" in page
    assert Enterprise.objects.get(pk=enterprise.pk).datum == "cgcs2000"
    holding.delete()
    client.post(address, {"datum": "gcj02", "reason": "核对"})
    assert Enterprise.objects.get(pk=enterprise.pk).datum == "gcj02"


def test_every_category_is_corrected_in_its_own_register(
    mapped: Mapped, clerk: Person, browse: Browse
) -> None:
    put(mapped.road, in_datum(EDGE, Datum.GCJ02))
    put(mapped.tanks, Point(119.8, 38.75))
    for category in Site.Category.values:
        Site.objects.filter(pk=mapped.tanks.pk).update(category=category)
        page = browse(clerk).get("/map/datums/").content.decode()
        (door,) = re.findall(r'href="(/ledgers/[^"]+)"', page[page.index("不是坐标系的偏差") :])
        assert browse(clerk).get(door).status_code == 200, category
    body = {"datum": "gcj02", "reason": "取自手机地图"}
    assert browse(clerk).post(f"/map/datums/site/{mapped.road.pk}/", body).status_code == 302
    assert Site.objects.get(pk=mapped.road.pk).datum == "gcj02"


def test_many_outside_cost_little(
    mapped: Mapped, clerk: Person, browse: Browse, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    turn = [2 * pi * n / 1_000 for n in range(1_000)]
    ring = [[119.9 + 0.1 * cos(angle), 38.75 + 0.1 * sin(angle)] for angle in turn]
    Territory.objects.filter(code=TOWN).update(
        boundary={"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    )
    Territory.objects.bulk_create(
        Territory(code=f"{COUNTY}{200 + n}", name=f"第{n}镇", boundary=square(119, 38, 121, 38.6))
        for n in range(40)
    )
    Site.objects.bulk_create(
        Site(
            code=f"W{n}",
            name=f"场所{n}",
            category="road",
            unit=mapped.county.duty.unit,
            territory=TOWN,
            sector="road",
            longitude=119.9 + (0.1005 + n / 1e6) * cos(n),
            latitude=38.75 + (0.1005 + n / 1e6) * sin(n),
        )
        for n in range(2_000)
    )
    client = browse(clerk)
    began = process_time()
    with django_assert_max_num_queries(40):
        page = client.get("/map/datums/").content.decode()
    assert process_time() - began < 1.6  # 2.5 s where each was held against each township
    counts = [int(n) for n in re.findall(r'class="count">(\d+)<', page)]
    assert sum(counts) == 2_000 and min(counts) > 200
    assert page.count('<article class="map-doubt">') == 200 and page.count("只列离边界最远的 200 个") == 2


def test_what_lies_elsewhere_is_told_without_a_cure(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    put(mapped.tanks, Point(119.8, 38.75))  # in the other town, 4 km away
    page = browse(clerk).get("/map/datums/").content.decode()
    assert doubted(browse(clerk)) == []
    assert "罐区" in page and "乙镇" in page


def collection(*features: tuple[dict[str, str], dict[str, object]]) -> bytes:
    rows = [{"type": "Feature", "properties": named, "geometry": shape} for named, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def upload(client: Client, content: bytes, datum: str = "cgcs2000") -> str:
    file = SimpleUploadedFile("towns.geojson", content)
    return client.post("/map/boundaries/", {"file": file, "datum": datum, "try": ""}).content.decode()


def document_in(page: str) -> str:
    found = re.search(r'<textarea name="document" hidden>(.*?)</textarea>', page, re.DOTALL)
    return unescape(found[1]) if found else ""


def test_polygons_come_from_a_file_after_a_dry_run(county: County, system: Person, browse: Browse) -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[119, 38], [119.1, 38.1], [119.1, 38], [119, 38.1], [119, 38]]],
    }
    content = collection(
        ({"name": "甲", "code": TOWN + "000"}, square(119.8, 38.7, 120, 38.8)),
        ({"name": "乙镇", "code": "7"}, square(119.7, 38.7, 119.8, 38.8)),
        ({"name": "丙镇", "code": "8"}, square(119.6, 38.7, 119.7, 38.8)),
        ({"name": "甲镇", "code": "9"}, bow),
    )
    client = browse(system)
    page = upload(client, content)
    assert "按代码" in page and "按名称" in page
    assert "没有对上乡镇" in page and "与自己相交" in page
    assert not Territory.objects.filter(boundary__isnull=False).exists()  # nothing was written yet
    document = document_in(page)
    body = {"document": document, "write": ""}
    assert client.post("/map/boundaries/", {**body, "reason": " "}).status_code == 422
    assert client.post("/map/boundaries/", {**body, "reason": "勘界成果"}).status_code == 302
    assert Territory.objects.get(code=OTHER_TOWN).boundary == square(119.7, 38.7, 119.8, 38.8)
    changes = Change.objects.filter(register="org.territory", reason="勘界成果")
    assert sorted(changes.values_list("row", flat=True)) == [TOWN, OTHER_TOWN]
    again = upload(client, content)
    assert again.count("没有变化") == 2 and not document_in(again)


def test_a_township_that_crosses_itself_once_simplified_stops_no_other(
    county: County, system: Person, browse: Browse
) -> None:
    needle = [(120, 38.8), (119.8501, 38.8), (119.85, 38.700004), (119.8499, 38.8), (119.8, 38.8)]
    ring = [(119.8, 38.7), (120, 38.70001), *needle, (119.8, 38.7)]  # its tip is 15 cm above the other edge
    content = collection(
        ({"code": TOWN}, {"type": "Polygon", "coordinates": [ring]}),
        ({"code": OTHER_TOWN}, square(119.7, 38.7, 119.8, 38.8)),
    )
    client = browse(system)
    page = upload(client, content)
    assert "简化到网页能画的大小后，边界在 (" in page and "写入 1 个乡镇" in page
    body = {"document": document_in(page), "write": "", "reason": "勘界成果"}
    assert client.post("/map/boundaries/", body).status_code == 302
    drawn = Territory.objects.filter(boundary__isnull=False)
    assert list(drawn.values_list("code", flat=True)) == [OTHER_TOWN]


def test_what_matches_no_township_is_not_checked_and_what_does_is_bounded(
    county: County, system: Person, browse: Browse
) -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[119, 38], [119.1, 38.1], [119.1, 38], [119, 38.1], [119, 38]]],
    }
    corners = [[round(119.8 + n / 1e6, 6), 38.7] for n in range(20_001)]
    long = {"type": "Polygon", "coordinates": [[*corners, [119.81, 38.8], corners[0]]]}
    page = upload(browse(system), collection(({"name": "别县某镇"}, bow), ({"name": "甲镇"}, long)))
    assert "与自己相交" not in page and "没有对上乡镇" in page
    assert "有 20002 个点，超过 20000 个" in page


def test_a_file_is_bounded(
    county: County, system: Person, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundaries, "MOST_POSITIONS", 7)
    monkeypatch.setattr(boundary_pages, "MAX_BYTES", 1024)
    shapes = (
        ({"code": TOWN}, square(119.8, 38.7, 120, 38.8)),
        ({"code": OTHER_TOWN}, square(119.7, 38.7, 119.8, 38.8)),
    )
    page = upload(browse(system), collection(*shapes))
    assert page.count("到此已超过一个文件 7 个点") == 1 and "写入 1 个乡镇" in page
    assert "文件超过 0 MB" in upload(browse(system), collection(*shapes) + b" " * 1024)


def test_polygons_of_another_datum_are_converted(county: County, system: Person, browse: Browse) -> None:
    true = [Point(119.8, 38.7), Point(120.0, 38.7), Point(120.0, 38.8)]
    drawn = [list(in_datum(corner, Datum.GCJ02)) for corner in true]
    shape = {"type": "Polygon", "coordinates": [[*drawn, drawn[0]]]}
    client = browse(system)
    page = upload(client, collection(({"name": "甲镇"}, shape)), "gcj02")
    client.post("/map/boundaries/", {"document": document_in(page), "write": "", "reason": "高德描绘"})
    stored = Territory.objects.get(code=TOWN).boundary["coordinates"][0]
    assert all(distance(Point(*got), want) < 1 for got, want in zip(stored, true, strict=False))


def test_changes_of_polygons_are_told_the_newest_first(mapped: Mapped, clerk: Person, browse: Browse) -> None:
    office, lines = browse(clerk), "119.8, 38.7\n120, 38.7\n120, 38.8"
    other = Territory.objects.exclude(code=TOWN).filter(code__regex=r"^\d{9}$").order_by("code")[0].code
    for code, shift, reason in ((TOWN, "", "第一"), (TOWN, "\n119.9, 38.9", "第二"), (other, "", "第三")):
        drawn = {"lines": lines + shift, "reason": reason}
        assert office.post(f"/map/boundaries/{code}/", drawn).status_code == 302
    changes = office.get("/map/boundaries/").context["changes"]
    assert [change.reason for change, _name in changes] == ["第三", "第二", "第一"]


def test_a_polygon_is_drawn_with_a_reason_by_the_system_administrator_or_the_office_alone(
    mapped: Mapped, clerk: Person, system: Person, browse: Browse
) -> None:
    address = f"/map/boundaries/{TOWN}/"
    lines = "119.8, 38.7\n120, 38.7\n120，38.8\n孔\n119.9, 38.72\n119.95, 38.72\n119.95, 38.74"
    for outsider in (mapped.county.townsman, mapped.county.regulator, mapped.county.worker):
        assert browse(outsider).post(address, {"lines": lines, "reason": "勘界"}).status_code == 403
        assert 'href="/map/boundaries/"' not in browse(outsider).get("/map/").content.decode()
    office = browse(clerk)
    assert 'href="/map/boundaries/"' in office.get("/map/").content.decode()
    page = office.get(address).content.decode()
    assert 'href="/map/"' in page and 'href="/system/"' not in page
    assert office.post(address, {"lines": lines.partition("\n孔")[0], "reason": "民政"}).status_code == 302
    line = Change.objects.get(register="org.territory", row=TOWN)
    assert (line.actor, line.reason) == (clerk, "民政")
    client = browse(system)
    for wrong, sentence in (
        ("119.8, 38.7\n120, 38.7", "至少要三个"),
        ("119.8, 38.7\n120, 38.8\n120, 38.7\n119.8, 38.8", "与自己相交"),
        ("119.8, 38.7\n120\n120, 38.8", "第 2 行读不懂"),
        ("", "没有坐标"),
    ):
        answer = client.post(address, {"lines": wrong, "reason": "勘界"})
        assert answer.status_code == 422 and sentence in answer.content.decode(), wrong
    assert client.post(address, {"lines": lines, "reason": ""}).status_code == 422
    assert client.post(address, {"lines": lines, "reason": "勘界"}).status_code == 302
    outer, hole = Territory.objects.get(code=TOWN).boundary["coordinates"]
    assert outer[0] == outer[-1] == [119.8, 38.7] and len(outer) == 4 and len(hole) == 4
    assert Change.objects.filter(register="org.territory", row=TOWN).latest("number").reason == "勘界"
    assert "119.90000, 38.72000" in client.get(address).content.decode()
