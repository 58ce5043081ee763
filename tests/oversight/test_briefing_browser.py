"""The pages of the briefing in a real browser, wide and narrow: nothing fails, nothing is too wide."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Browser

from anwei.oversight.services.briefings import make
from tests.emergency.test_accidents import accident
from tests.kernel.county import NOW
from tests.oversight.conftest import build_governed
from tests.oversight.planted import plant
from tests.support.browsing import IN_A_BROWSER, SIZES, address, browser, faults_of, page_of

__all__ = ["address", "browser"]
pytestmark = IN_A_BROWSER


@pytest.fixture
def session(transactional_db: None) -> str:
    governed = build_governed()
    plant(governed)
    for layout in ("total", "grid"):
        make(actor=governed.clerk, now=NOW, year=2026, months=11, layout=layout)
    accident(happened_on=date(2026, 11, 20), deaths=1)  # told beside the doors
    client = Client()
    client.force_login(governed.clerk)
    return client.cookies["sessionid"].value


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_fit(browser: Browser, address: str, session: str, size: str) -> None:
    page = page_of(browser, address, session, size)
    pages = {"list": "/briefings/"}
    page.goto(address + "/briefings/")
    links = page.eval_on_selector_all("tbody a[href^='/briefings/']", "found => found.map(a => a.pathname)")
    pages |= {f"briefing{number}": link for number, link in enumerate(links)}
    assert len(pages) == 3
    if size == "desk":
        page.goto(address + links[0])
        card, table = (page.locator(f"#since{inner}").bounding_box() for inner in ("", " table"))
        assert card and table and table["x"] + table["width"] <= card["x"] + card["width"]
    assert faults_of(page, address, pages, "briefings") == []
