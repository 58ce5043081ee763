"""The cockpit in a real browser against the real web server: map, lost data, bell."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from anwei.org.models import Person, Territory
from anwei.portal.asgi import application
from tests.kernel.county import TOWN
from tests.monitoring.plant import Plant, raised
from tests.support.broker import any_free_port, wait_until_open
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
ALLOW_SOUND = "--autoplay-policy=no-user-gesture-required"  # how a wall's browser is started
SQUARE = {"type": "Polygon", "coordinates": [[[119.8, 38.6], [120.0, 38.6], [120.0, 38.8], [119.8, 38.6]]]}


@pytest.fixture
def five_minutes_later() -> None:
    """The browser's clock cannot be moved; neither is the server's."""


@pytest.fixture
def address(transactional_db: None) -> Iterator[str]:
    """A web server in this process, on the test's database; no broker, so no live data."""
    port = any_free_port()
    server = uvicorn.Server(
        uvicorn.Config(ASGIStaticFilesHandler(application), port=port, lifespan="off", log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until_open(port)
    yield f"http://127.0.0.1:{port}"
    server.force_exit = server.should_exit = True
    thread.join(10)


@pytest.fixture
def session(plant: Plant, office: Person, happen: Callable[..., None]) -> str:
    """The committee's office is logged in; a red alarm stands. Done first: the browser's driver owns a loop."""
    Territory.objects.filter(code=TOWN).update(boundary=SQUARE)
    happen(raised(plant.hh))
    visitor = Client()
    visitor.force_login(office)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def window(session: str, address: str) -> Iterator[BrowserContext]:
    """A browser with that session, and with sound allowed."""
    with chromium(ALLOW_SOUND) as browser:
        window = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        yield window


def within(seconds: float, page: Page, selector: str) -> float:
    """Wait for something to show; return how long it took."""
    started = time.monotonic()
    page.wait_for_selector(selector, timeout=seconds * 1000)
    return time.monotonic() - started


def test_map_bell_and_lost_data(window: BrowserContext, address: str) -> None:
    page = window.new_page()
    faults: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="domcontentloaded")

    within(20, page, 'body[data-rang="red"]')  # an unacknowledged red alarm rings
    within(12, page, "[data-live-lost]:not([hidden])")  # nothing heard: the page says so in red
    assert "实时数据已中断" in page.inner_text("[data-live-lost]")
    assert "数据中断" in page.inner_text("[data-data-age]")
    within(60, page, '[data-map][data-drawn="map"]')

    page.click("[data-bell]")
    assert page.get_attribute("[data-bell]", "aria-pressed") == "false"
    page.evaluate("delete document.body.dataset.rang")
    page.wait_for_timeout(11_000)
    assert page.get_attribute("body", "data-rang") is None  # muted is muted

    assert {url.split("/")[2] for url in asked if not url.startswith(("blob:", "data:"))} == {address[7:]}
    assert [fault for fault in faults if "Content Security Policy" in fault or "Error" in fault] == []
