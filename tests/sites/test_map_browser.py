"""The map in a real browser: layers, search and a radius by keyboard, with WebGL and without; drawing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import cos, pi, radians, sin
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from anwei.ledgers.search.keeping import catch_up
from anwei.org.models import Person, Post, Territory, Unit
from tests.kernel.county import COUNTY, TOWN, build, county_clerk, in_post
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.mapped import EAST, MIDDLE, NORTH, SOUTH, Mapped, fill_map
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
UNDRAWN = f"{COUNTY}103"
ISLES = f"{COUNTY}104"
DRAWN_MS = 60_000  # WebGL without a graphics card takes its time
NO_WEBGL = ("--disable-gpu", "--disable-3d-apis")


def drawn_isles() -> dict[str, Any]:
    """Two parts with a lake in the first and an island in the lake."""

    def ring(west: float, south: float, size: float) -> list[list[float]]:
        return [[west, south], [west + size, south], [west + size, south + size], [west, south]]

    parts = [[ring(119, 38, 1), ring(119.6, 38.1, 0.25)], [ring(119.75, 38.125, 0.0625)], [ring(121, 38, 1)]]
    return {"type": "MultiPolygon", "coordinates": parts}


def stored(code: str) -> Any:
    return Territory.objects.get(code=code).boundary


@pytest.fixture
def mapped(transactional_db: None) -> Mapped:
    mapped = fill_map(build())
    Territory.objects.create(code=UNDRAWN, name="丙镇")
    Territory.objects.create(code=ISLES, name="丁镇", boundary=drawn_isles())
    catch_up()
    return mapped


def session_of(person: Person) -> str:
    visitor = Client()
    visitor.force_login(person)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def session(mapped: Mapped) -> str:
    return session_of(county_clerk())


@pytest.fixture
def administrator(mapped: Mapped) -> str:
    """A session of the county's system administrator."""
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办系统", territory=COUNTY)
    post = Post.objects.create(unit=unit, kind="system_admin", title="系统管理员")
    return session_of(in_post("system", post))


@pytest.fixture
def browser(session: str, administrator: str, address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


def opened(page: Page, where: str, mark: str = "[data-map-page]") -> list[str]:
    """Open a page and wait until its map is drawn; return where its faults will be written."""
    faults: list[str] = []
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(where)
    page.wait_for_selector(f"{mark}[data-drawn]", timeout=DRAWN_MS)
    return faults


def shot(page: Page, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(1_000)
        page.screenshot(path=Path(PICTURES) / f"map-{name}.png")


def press_until(page: Page, key: str, words: str) -> None:
    """Press a key until something with these words has the focus: what a hand without a mouse does."""
    for _turn in range(120):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"no way to {words} by {key}")


def press_tabs_to(page: Page, mark: str) -> None:
    """Press the tabulator until the focus is on the field with this attribute."""
    for _turn in range(120):
        if page.evaluate(f"document.activeElement.hasAttribute('{mark}')"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {mark}")


def test_layers_search_and_radius_by_keyboard(browser: Browser, address: str, session: str) -> None:  # noqa: F811
    page = page_of(browser, address, session, "desk")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    faults = opened(page, f"{address}/map/")
    assert page.get_attribute("[data-map-page]", "data-drawn") == "map"
    assert not any("/layers/places.geojson" in url for url in asked)  # asked for when it is wanted
    with page.expect_response("**/map/layers/places.geojson"):
        page.get_by_label("场所", exact=True).check()
    expect(page.locator("[data-layer=places] li", has_text="隐患路段")).to_be_visible()
    page.get_by_label("按风险点最高一级").check()
    shot(page, "layers")

    page.focus(".map-search input")
    page.keyboard.type("北环路")
    page.keyboard.press("Enter")
    expect(page.locator("#map-found")).to_contain_text("急弯路段")
    expect(page.locator(".maplibregl-popup")).to_contain_text("急弯路段")  # the only one: the map went there
    press_until(page, "Tab", "周边")
    page.keyboard.press("Enter")
    results = page.locator(".map-results")
    expect(results.locator("h2")).to_have_text("1000 米内 3 个")
    assert "/map/nearby/?site=" in page.url  # may be passed on
    page.focus("#map-metres")
    page.keyboard.press("Control+a")
    page.keyboard.type("300")
    page.keyboard.press("Enter")
    expect(results.locator("h2")).to_have_text("300 米内 1 个")
    expect(results.locator("li")).to_contain_text("甲化工厂")
    shot(page, "radius")
    press_until(page, "Tab", "甲化工厂")
    page.keyboard.press("Enter")
    page.wait_for_url("**/enterprises/*/")
    assert [fault for fault in faults if "WebGL" not in fault] == []
    assert {url.split("/")[2] for url in asked if not url.startswith(("blob:", "data:"))} == {address[7:]}


GATHER = """async ([places, view, zooms]) => {
  const { gathered, prepared } = await import("/static/js/map/gathering.js");
  const points = prepared(places.map((coordinates, id) => ({ id, geometry: { coordinates }, properties: {} })));
  return zooms.map((zoom) => gathered(points, view, zoom).features);
}"""


def test_many_points_are_counted_where_they_lie(
    browser: Browser,
    address: str,  # noqa: F811
    session: str,
) -> None:
    chance = Random(1)
    places = [[chance.uniform(119.7, 120), chance.uniform(38.7, 38.8)] for _n in range(3_000)]
    page = page_of(browser, address, session, "desk")
    page.goto(f"{address}/map/list/")
    whole = [119.7, 38.7, 120.0, 38.8]
    far, near, alone = page.evaluate(GATHER, [places, whole, [9.0, 12.4, 14.0]])
    for features in (far, near):
        counts = [one["properties"].get("point_count", 1) for one in features]
        assert sum(counts) == 3_000 and max(counts) > 1
        assert all(whole[0] < one["geometry"]["coordinates"][0] < whole[2] for one in features)
    assert 5 < len(far) < len(near) < 1_500
    assert sorted(one["id"] for one in alone) == list(range(3_000))  # none is lost, none is another
    (corner,) = page.evaluate(GATHER, [places, [119.7, 38.7, 119.71, 38.705], [14.0]])
    within = [n for n, (x, y) in enumerate(places) if x < 119.71 and y < 38.705]
    drawn = {one["id"] for one in corner}
    assert set(within) <= drawn and len(drawn) < 100  # half a view beyond its edges, not the county


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,
    address: str,  # noqa: F811
    session: str,
    administrator: str,
    mapped: Mapped,
    size: str,
) -> None:
    centre = f"enterprise={mapped.county.enterprise.pk}&metres=20000"
    pages = {
        "page": (session, "/map/"),
        "near": (session, f"/map/nearby/?{centre}"),
        "search": (session, "/map/search/?q=甲化"),
        "list": (session, "/map/list/?layer=places"),
        "datums": (session, "/map/datums/"),
        "boundaries": (administrator, "/map/boundaries/"),
        "boundary": (administrator, f"/map/boundaries/{TOWN}/"),
    }
    faults: list[str] = []
    for name, (who, path) in pages.items():
        page = page_of(browser, address, who, size)
        answer = page.goto(address + path)
        assert answer is not None and answer.status == 200, path
        if page.query_selector("[data-townships]"):
            page.wait_for_selector("[data-townships][data-drawn=map]", timeout=DRAWN_MS)
        shot(page, f"{name}-{size}")
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{name} is {excess} px too wide"] if excess > 0 else []
        page.context.close()
    assert faults == []


def test_without_webgl_the_map_is_flat(address: str, session: str) -> None:  # noqa: F811
    with chromium(*NO_WEBGL) as browser:
        page = page_of(browser, address, session, "desk")
        faults = opened(page, f"{address}/map/nearby/?longitude=119.95&latitude=38.75&metres=2000")
        assert page.get_attribute("[data-map-page]", "data-drawn") == "flat"
        page.get_by_label("场所", exact=True).check()
        page.wait_for_timeout(500)
        shot(page, "flat")
        page.get_by_role("checkbox", name="企业实时四色").uncheck()
        page.get_by_label("不着色").check()
        assert faults == []


def test_a_township_is_drawn_and_a_corner_dragged(
    browser: Browser,
    address: str,  # noqa: F811
    administrator: str,
) -> None:
    page = page_of(browser, address, administrator, "desk")
    faults = opened(page, f"{address}/map/boundaries/{UNDRAWN}/", "[data-drawing]")
    lines, canvas = page.locator("[name=lines]"), page.locator(".map-canvas")
    for x, y in ((300, 150), (500, 150), (500, 400), (300, 400)):
        canvas.click(position={"x": x, "y": y})
    drawn = lines.input_value().splitlines()
    assert len(drawn) == 4
    box = canvas.bounding_box()
    assert box is not None
    page.wait_for_timeout(500)
    page.mouse.move(box["x"] + 500, box["y"] + 400)
    page.mouse.down()
    page.mouse.move(box["x"] + 560, box["y"] + 440, steps=4)
    page.mouse.up()
    moved = lines.input_value().splitlines()
    assert moved[:2] == drawn[:2] and moved[2] != drawn[2] and moved[3] == drawn[3]
    shot(page, "drawing")
    page.fill("#reason", "勘界成果")
    page.click("text=保存边界")
    expect(page.get_by_text("已保存，并写入变更记录")).to_be_visible()
    assert lines.input_value().splitlines() == moved  # read back from what was saved
    assert faults == []


def corners_of(lines: Locator) -> list[str]:
    return lines.input_value().splitlines()


def test_a_corner_moved_by_keyboard_moves_no_other(
    browser: Browser,
    address: str,  # noqa: F811
    administrator: str,
) -> None:
    page = page_of(browser, address, administrator, "desk")
    faults = opened(page, f"{address}/map/boundaries/{ISLES}/", "[data-drawing]")
    lines, before = page.locator("[name=lines]"), corners_of(page.locator("[name=lines]"))
    expect(page.get_by_text("共 12 个点")).to_be_visible()
    page.fill("#reason", "没有动过")
    page.click("text=保存边界")
    expect(page.get_by_text("没有改动。")).to_be_visible()

    page.focus("[data-corner-number]")
    page.keyboard.type("4")
    press_tabs_to(page, "data-corner-latitude")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    moved = corners_of(lines)
    changed = [n for n, (one, other) in enumerate(zip(before, moved, strict=True)) if one != other]
    assert [moved[n] for n in changed] == ["119.60000, 38.10020"] and "孔" in moved
    press_tabs_to(page, "data-corner-add")
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 13 个点")).to_be_visible()
    press_tabs_to(page, "data-corner-remove")
    page.keyboard.press("Enter")
    assert corners_of(lines) == moved
    shot(page, "corner")
    page.fill("#reason", "勘误")
    page.click("text=保存边界")
    expect(page.get_by_text("已保存，并写入变更记录")).to_be_visible()
    lake = drawn_isles()
    lake["coordinates"][0][1][0] = lake["coordinates"][0][1][-1] = [119.6, 38.1002]
    with ThreadPoolExecutor(1) as outside:  # the browser's driver has a loop in this thread
        assert outside.submit(stored, ISLES).result() == lake
    assert faults == []


def test_a_corner_is_dragged_by_a_finger(
    browser: Browser,
    address: str,  # noqa: F811
    administrator: str,
) -> None:
    window = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True)
    window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": administrator, "url": address}])
    page = window.new_page()
    faults = opened(page, f"{address}/map/boundaries/{TOWN}/", "[data-drawing]")
    lines, box = page.locator("[name=lines]"), page.locator(".map-canvas").bounding_box()
    before = corners_of(lines)
    assert box is not None
    shape = (NORTH - SOUTH) / (EAST - MIDDLE) / cos(radians((NORTH + SOUTH) / 2))
    wide = min(box["width"] - 64, (box["height"] - 64) / shape) / 2  # 32 px are left round the township
    high = wide * shape
    x, y = box["x"] + box["width"] / 2 + wide - 9, box["y"] + box["height"] / 2 + high - 9
    touch = window.new_cdp_session(page)

    def send(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    shot(page, "before-finger")
    send("touchStart", (x, y))  # nine pixels beside the corner in the south-east
    for step in range(1, 5):
        send("touchMove", (x - 10 * step, y - 8 * step))
    send("touchEnd")
    moved = corners_of(lines)
    assert [n for n in range(4) if moved[n] != before[n]] == [1]
    east, south = map(float, moved[1].split(", "))
    assert east < EAST and SOUTH < south < NORTH
    assert page.locator("[data-corner-number]").input_value() == "2"
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0 and faults == []
    shot(page, "finger")


def round_township(n_corners: int) -> dict[str, Any]:
    """A circle of 0.1 degrees on the map, its first corner in the east."""
    high = cos(radians(38.5))
    turns = [2 * pi * n / n_corners for n in range(n_corners)]
    ring = [[round(119.5 + 0.1 * cos(turn), 5), round(38.5 + 0.1 * high * sin(turn), 5)] for turn in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def test_among_many_corners_a_finger_takes_none_looks_closer_and_then_takes_one(
    browser: Browser,
    address: str,  # noqa: F811
    administrator: str,
) -> None:
    with ThreadPoolExecutor(1) as outside:  # the browser's driver has a loop in this thread
        outside.submit(Territory.objects.filter(code=UNDRAWN).update, boundary=round_township(400)).result()
    window = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True)
    window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": administrator, "url": address}])
    page = window.new_page()
    faults = opened(page, f"{address}/map/boundaries/{UNDRAWN}/", "[data-drawing]")
    lines, box = page.locator("[name=lines]"), page.locator(".map-canvas").bounding_box()
    before = corners_of(lines)
    assert box is not None and len(before) == 400
    touch = window.new_cdp_session(page)

    def send(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    radius = (min(box["width"], box["height"]) - 64) / 2  # 32 px are left round the township
    for at in ((middle[0] + radius, middle[1]), middle):  # the corner in the east, in the middle after a tap
        send("touchStart", at)
        send("touchEnd")
        expect(page.get_by_text("这里的点太密")).to_be_visible()
        page.wait_for_timeout(1_500)
    assert corners_of(lines) == before
    shot(page, "closer")
    send("touchStart", middle)
    for step in range(1, 5):
        send("touchMove", (middle[0] - 10 * step, middle[1] - 8 * step))
    send("touchEnd")
    moved = corners_of(lines)
    assert [n for n in range(400) if moved[n] != before[n]] == [0]
    expect(page.get_by_text("共 400 个点")).to_be_visible()
    assert faults == []
