"""Pages in a real browser, signed in, wide and narrow; a test gives `session` and the pages it wants seen.

`address` is a web server in this process. `browser` opens after `session`, since the database answers nobody
who drives a browser: whatever a test needs of it must be there by then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from tests.portal.test_browser import address
from tests.support.chromium import WHY_NOT, chromium, chromium_path

__all__ = ["IN_A_BROWSER", "PICTURES", "SIZES", "address", "browser", "faults_of", "page_of"]
IN_A_BROWSER = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
SIZES = {"desk": (1366, 768), "phone": (360, 740)}
PICTURES = os.environ.get("ANWEI_PICTURES")  # a folder for what a person wants to look at
EXCESS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def browser(session: str, address: str) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def page_of(browser: Browser, address: str, session: str, size: str) -> Page:
    """Open a window of a size for whom a session belongs to."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context.new_page()


def faults_of(page: Page, address: str, pages: Mapping[str, str], series: str) -> list[str]:
    """Open pages one after another; return what fails, what the console is told, what is too wide."""
    faults: list[str] = []
    size = next(name for name, (width, _height) in SIZES.items() if page.viewport_size["width"] == width)  # type: ignore[index]
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    for name, path in pages.items():
        answer = page.goto(address + path)
        if answer is None or answer.status != 200:
            faults.append(f"{path}: {answer and answer.status}")
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{series}-{name}-{size}.png", full_page=True)
        if (excess := page.evaluate(EXCESS)) > 0:
            faults.append(f"{name} is {excess} px too wide")
    return faults
