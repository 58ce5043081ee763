"""The pages in a real browser: nothing sticks out, nothing breaks, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from anwei.monitoring.models import Alarm
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, raised
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
SIZES = {"desk": (1366, 768), "phone": (360, 740)}
TARGET = 44  # px: what a thumb hits
TOO_SMALL = """(target) => [...document.querySelectorAll(
  "main a.btn, main button, main .tabs a, main summary, main .form-control:not([type=file]), main .form-select"
)].filter((place) => place.offsetParent && place.offsetHeight < target).map((place) => place.outerHTML)"""


def session_of(person: Person) -> str:
    visitor = Client()
    visitor.force_login(person)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def sessions(plant: Plant, alarms: list[Alarm]) -> dict[str, str]:
    """Logged in before the browser starts: its driver owns an event loop."""
    return {name: session_of(getattr(plant.county, name)) for name in ("officer", "worker")}


@pytest.fixture
def browser(sessions: dict[str, str], address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


def page_of(browser: Browser, address: str, session: str, size: str) -> Page:  # noqa: F811
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context.new_page()


@pytest.mark.parametrize("size", list(SIZES))
def test_every_page_fits_its_screen_and_runs_without_errors(
    size: str,
    plant: Plant,
    alarms: list[Alarm],
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    page = page_of(browser, address, sessions["worker"], size)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in (
        "/alarms/",
        "/devices/",
        f"/devices/{plant.device.code}/",
        f"/tags/{plant.tag.number}/",
        "/rejects/",
        "/enterprises/",
        f"/enterprises/{plant.county.enterprise.pk}/",
        "/work/",
        "/cases/",
        f"/cases/{alarms[0].warning_id}/",
    ):
        page.goto(address + path, wait_until="load")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (wider, errors) == (0, []), path
        if size == "phone":
            assert page.evaluate(TOO_SMALL, TARGET) == [], path


def test_tabs_below_the_fold_do_not_move_the_page(
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    """The strip scrolls to the tab one is on; the page opens at its top."""
    page = page_of(browser, address, sessions["officer"], "phone")
    page.emulate_media(reduced_motion="reduce")  # or it would still be on its way when it is looked at
    page.set_viewport_size({"width": 200, "height": 160})
    page.goto(f"{address}/org/letters/", wait_until="load")
    page.wait_for_function("document.querySelector('.tabs').scrollLeft > 0")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.querySelector('.tabs').getBoundingClientRect().top > innerHeight")


def test_a_new_alarm_comes_in_without_taking_away_what_is_being_typed(
    plant: Plant,
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    page = page_of(browser, address, sessions["officer"], "desk")
    page.goto(f"{address}/alarms/")
    page.locator("details.ack summary").first.click()
    note = page.locator("details[open] textarea")
    note.fill("正在电话核实")
    page.locator("tbody input[name=alarm]").nth(1).check()
    record_in_a_thread(plant)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:alarms', { detail: { ids: [] } }))")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(note).to_have_value("正在电话核实")
    expect(page.locator("[data-chosen]")).to_have_text("已选 1 条")
    expect(page.locator("#counts")).to_contain_text("未确认 3")
    page.locator("details[open] button").click()
    expect(page.locator("tbody tr details.ack")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("officer")


def test_a_row_raised_before_the_line_to_the_server_stands_is_not_missed(
    plant: Plant,
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    page = page_of(browser, address, sessions["officer"], "desk")

    def raise_an_alarm_first(route: Route) -> None:
        record_in_a_thread(plant)
        route.continue_()

    page.route("**/live/**", raise_an_alarm_first, times=1)
    page.goto(f"{address}/alarms/")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_the_list_is_read_again_each_minute(
    plant: Plant,
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    """Durations grow, and the date comes before the clock once midnight has passed, without any event."""
    page = page_of(browser, address, sessions["officer"], "desk")
    page.clock.install()
    page.goto(f"{address}/alarms/")
    expect(page.locator("tbody tr")).to_have_count(2)
    record_in_a_thread(plant)
    page.clock.fast_forward(59_000)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.clock.fast_forward(2_000)
    expect(page.locator("tbody tr")).to_have_count(3)


def test_a_filter_applies_at_once_and_the_address_carries_it(
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    page = page_of(browser, address, sessions["officer"], "desk")
    page.goto(f"{address}/alarms/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.select_option("[name=severity]", "red")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#counts")).to_contain_text("1 条")
    assert "severity=red" in page.url


def test_signing_from_the_phone_takes_one_tap(
    sessions: dict[str, str],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    page = page_of(browser, address, sessions["worker"], "phone")
    page.goto(f"{address}/work/")
    page.get_by_role("button", name="签收").click()
    expect(page.locator(".banner").filter(has_text="已签收预警")).to_be_visible()
    expect(page.get_by_role("button", name="提交处置")).to_be_visible()
    expect(page.locator(".photo-camera")).to_be_visible()


def record_in_a_thread(plant: Plant) -> None:
    """Write an alarm while the browser's driver owns this thread's event loop."""

    def record() -> None:
        try:
            record_episodes([(9, raised(plant.h, seconds=70, value=1.3))], now=NOW)
        finally:
            connection.close()

    thread = Thread(target=record)
    thread.start()
    thread.join()
