"""建议抽查 in a real browser: the pages fit both screens and say nothing to the console."""

from __future__ import annotations

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
from tests.support.browsing import IN_A_BROWSER, SIZES, address, browser, faults_of, page_of  # noqa: F401

pytestmark = IN_A_BROWSER


@pytest.fixture
def clerk(transactional_db: None) -> Person:
    """Somebody of the office, with suggestions, a draw of one, and its result."""
    cache.clear()
    safe, clerk = build_safe(), county_clerk()
    closed(safe)
    closed(safe, key="form-2", description="配电箱未接地")
    suggestions.compute(timezone.now())
    client = signed_in(clerk)
    client.post("/hazards/recheck/draw/", {"public_number": "2026147", "n": 2, "n_random": 0})
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
def session(clerk: Person, paths: dict[str, str]) -> str:
    return signed_in(clerk).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    paths: dict[str, str],
    size: str,
) -> None:
    page = page_of(browser, address, session, size)
    assert faults_of(page, address, paths, "recheck") == []
