"""Registers in a real browser: pages fit both screens, and a grid takes what a spreadsheet copies."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect

from tests.kernel.county import County, build
from tests.ledgers.filled import fill
from tests.support.browsing import EXCESS, IN_A_BROWSER, PICTURES, SIZES, address, browser, page_of  # noqa: F401

pytestmark = IN_A_BROWSER
PAGES = {
    "index": "/ledgers/",
    "list": "/ledgers/enterprises/",
    "roster": "/ledgers/roster/",
    "row": "/ledgers/enterprises/{pk}/",
    "form": "/ledgers/enterprises/{pk}/edit/",
    "import": "/ledgers/enterprises/import/",
    "grid": "/ledgers/sites/grid/",
    "print": "/ledgers/enterprises/print/",
}


@pytest.fixture
def county(transactional_db: None) -> County:
    county = build()
    fill(county)
    return county


@pytest.fixture
def session(county: County) -> str:
    visitor = Client()
    visitor.force_login(county.officer)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    county: County,
    size: str,
) -> None:
    page, faults = page_of(browser, address, session, size), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    pk = county.enterprise.pk
    for name, path in PAGES.items():
        answer = page.goto(address + path.format(pk=pk))
        assert answer is not None
        assert answer.status == 200, path
        if PICTURES:
            page.wait_for_timeout(300)
            page.screenshot(path=Path(PICTURES) / f"ledger-{name}-{size}.png")
        excess = page.evaluate(EXCESS)
        if excess > 0:
            faults.append(f"{name}: {excess} px too wide")
    assert faults == []


def test_rows_are_pasted_corrected_and_written(browser: Browser, address: str, session: str) -> None:  # noqa: F811
    page = page_of(browser, address, session, "desk")
    page.goto(f"{address}/ledgers/sites/grid/")
    copied = "罐区一\tGQ-1\t没有的企业\t罐区\n库房\tKF-1\t甲化工厂\t库房\n"
    page.evaluate(
        """(text) => { const clipboard = new DataTransfer(); clipboard.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard, bubbles: true, cancelable: true})); }""",
        copied,
    )
    page.click("text=写入台账")
    wrong = page.locator("input[aria-invalid]")
    expect(wrong).to_have_value("没有的企业")
    expect(wrong).to_be_focused()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / "ledger-grid-wrong-desk.png")
    page.goto(f"{address}/ledgers/")  # what was typed is not lost by leaving
    page.goto(f"{address}/ledgers/sites/grid/")
    cell = page.locator(".grid-table tbody tr").nth(0).locator("input").nth(2)
    expect(cell).to_have_value("没有的企业")
    cell.fill("甲化工厂")
    cell.press("Enter")  # goes down, does not send
    expect(page.locator(".grid-table tbody tr").nth(1).locator("input").nth(2)).to_be_focused()
    page.click("text=写入台账")
    expect(page.locator("h1")).to_have_text("已写入台账")
    page.goto(f"{address}/ledgers/sites/grid/")
    expect(cell).to_have_value("")
    page.goto(f"{address}/ledgers/sites/")
    expect(page.locator("main")).to_contain_text("GQ-1")
    expect(page.locator("main")).to_contain_text("KF-1")
