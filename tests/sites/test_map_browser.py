"""The map in a real browser: layers, search and a radius by keyboard, with WebGL and without; drawing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from anwei.ledgers.search.keeping import catch_up
from anwei.org.models import Person, Post, Territory, Unit
from tests.kernel.county import COUNTY, TOWN, build, county_clerk, in_post
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.mapped import Mapped, fill_map
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
UNDRAWN = f"{COUNTY}103"
DRAWN_MS = 60_000  # WebGL without a graphics card takes its time
NO_WEBGL = ("--disable-gpu", "--disable-3d-apis")


@pytest.fixture
def mapped(transactional_db: None) -> Mapped:
    mapped = fill_map(build())
    Territory.objects.create(code=UNDRAWN, name="丙镇")
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
    for _turn in range(80):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"no way to {words} by {key}")


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
