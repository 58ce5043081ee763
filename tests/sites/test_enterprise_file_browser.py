"""The file of an enterprise in a real browser: it fits both screens, and its anchors lead past the bars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser

from tests.kernel.county import County, build
from tests.kernel.documents import hand_in
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.files import fill_file
from tests.sites.risks import fill_risks
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]


@pytest.fixture
def county(transactional_db: None) -> County:
    county = build()
    fill_file(county.enterprise, "甲厂")
    fill_risks(county.enterprise, "甲厂")
    hand_in(county.enterprise, county.worker)
    return county


@pytest.fixture
def paths(county: County) -> dict[str, str]:
    """The pages, the file itself last."""
    of_enterprise = f"/enterprises/{county.enterprise.pk}/"
    paper = county.enterprise.documents.get()
    return {
        "timeline": f"{of_enterprise}timeline/",
        "documents": "/documents/",
        "document": f"/documents/{paper.pk}/",
        "document-new": f"/documents/new/?enterprise={county.enterprise.pk}",
        "equipment": f"/ledgers/equipment/{county.enterprise.equipment_set.get().pk}/",
        "site": f"/sites/{county.enterprise.sites.earliest('pk').pk}/",
        "file": of_enterprise,
    }


@pytest.fixture
def session(county: County, paths: dict[str, str]) -> str:
    visitor = Client()
    visitor.force_login(county.officer)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser(session: str, address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen_and_anchors_lead_past_the_bars(
    browser: Browser,
    address: str,  # noqa: F811
    session: str,
    paths: dict[str, str],
    size: str,
) -> None:
    page, faults = page_of(browser, address, session, size), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    for name, path in paths.items():
        answer = page.goto(address + path)
        assert answer is not None and answer.status == 200, path
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"file-{name}-{size}.png", full_page=True)
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert excess <= 0, f"{name} is {excess} px too wide"
    page.get_by_role("link", name="现场", exact=True).click()
    for _try in range(30):  # the browser scrolls there smoothly
        heading, bar = page.locator("#plant-label").bounding_box(), page.locator(".file-tabs").bounding_box()
        assert heading is not None and bar is not None
        if heading["y"] < SIZES[size][1] / 2:
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)
    heading, bar = page.locator("#plant-label").bounding_box(), page.locator(".file-tabs").bounding_box()
    assert heading is not None and bar is not None and heading["y"] < SIZES[size][1] / 2
    assert bar["y"] + bar["height"] <= heading["y"]
    assert faults == []
