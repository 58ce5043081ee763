"""The live colour in a real browser: the pages that show and set it fit both screens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from anwei.monitoring.services import record_episodes
from anwei.sites.live.colouring import recolour_all
from anwei.sites.models import Licence
from tests.kernel.county import NOW, County, build
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.monitoring.plant import build as build_plant
from tests.monitoring.plant import raised
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]


@pytest.fixture
def county(transactional_db: None) -> County:
    county = build()
    plant = build_plant(county)
    day = (NOW - timedelta(days=9)).date()
    Licence.objects.create(enterprise=county.enterprise, kind="safety", number="AX-1", expires_on=day)
    record_episodes([(1, raised(plant.h, value=1.1))], now=NOW)
    recolour_all(NOW)
    return county


@pytest.fixture
def session(county: County) -> str:
    visitor = Client()
    visitor.force_login(county.officer)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser(session: str, address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,
    address: str,  # noqa: F811
    session: str,
    county: County,
    size: str,
) -> None:
    page, faults = page_of(browser, address, session, size), []
    paths = {
        "cockpit": "/",
        "list": "/enterprises/",
        "enterprise": f"/enterprises/{county.enterprise.pk}/",
        "rules": "/risks/colour-rules/",
    }
    for name, path in paths.items():
        answer = page.goto(address + path)
        assert answer is not None and answer.status == 200, path
        faults += _excess(page, name, size)
    page.locator("select[name=effect]").nth(0).select_option("to:orange")
    page.get_by_role("button", name="试算近 30 天").click()
    expect(page.locator("#trial")).to_be_visible()
    page.locator("#trial").scroll_into_view_if_needed()
    faults += _excess(page, "trial", size)
    assert faults == []


def _excess(page: Page, name: str, size: str) -> list[str]:
    if PICTURES:
        page.wait_for_timeout(300)
        if name == "enterprise":
            page.locator("#colour").scroll_into_view_if_needed()
        page.screenshot(path=Path(PICTURES) / f"colour-{name}-{size}.png")
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{name}: {excess} px too wide"] if excess > 0 else []
