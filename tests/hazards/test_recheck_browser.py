"""建议抽查 in a real browser: the pages fit both screens and say nothing to the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser

from anwei.hazards.models import RecheckItem
from anwei.hazards.signals import suggestions
from anwei.org.models import Person
from tests.hazards.conftest import build_safe
from tests.hazards.doors import signed_in
from tests.hazards.test_recheck import closed
from tests.kernel.county import county_clerk
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]


@pytest.fixture
def clerk(transactional_db: None) -> Person:
    """Somebody of the office, with suggestions, a draw of one, and its result."""
    cache.clear()
    safe, clerk = build_safe(), county_clerk()
    closed(safe)
    closed(safe, key="form-2", description="配电箱未接地")
    suggestions.compute(timezone.now())
    client = signed_in(clerk)
    client.post("/hazards/recheck/draw/", {"seed": "2026-11-24", "n": 2, "n_random": 0})
    item = RecheckItem.objects.first()
    client.post(f"/hazards/recheck/items/{item.pk}/", {"outcome": "holds", "note": "裂缝已经修补，不再渗漏"})
    return clerk


@pytest.fixture
def paths(clerk: Person) -> dict[str, str]:
    item = RecheckItem.objects.get(place=1)
    return {
        "page": "/hazards/recheck/",
        "list": f"/hazards/recheck/draws/{item.draw_id}/",
        "item": f"/hazards/recheck/items/{item.pk}/",
    }


@pytest.fixture
def session(clerk: Person) -> str:
    return signed_in(clerk).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser(session: str, paths: dict[str, str], address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
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
            page.screenshot(path=Path(PICTURES) / f"recheck-{name}-{size}.png", full_page=True)
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if excess > 0:
            faults.append(f"{name} is {excess} px too wide")
    assert faults == []
