"""The home of the room in a real browser: it fits both screens, with many rows and with none."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser

from tests.hazards.conftest import build_safe
from tests.hazards.doors import signed_in
from tests.hazards.many import many_hazards
from tests.kernel.county import NOW, county_clerk
from tests.support.browsing import IN_A_BROWSER, SIZES, address, browser, faults_of, page_of  # noqa: F401

pytestmark = IN_A_BROWSER
PAGES = {
    "quarter": "/hazards/",
    "year": "/hazards/?period=2026",
    "elsewhere": "/hazards/?of=past-hazards",
    "ledger": "/ledgers/hazards/?overdue=longer&since=2026-01-01&until=2026-11-24",
}


@pytest.fixture
def session(transactional_db: None) -> str:
    cache.clear()
    many_hazards(build_safe(), 900, NOW, days=400, n_townships=12)
    return signed_in(county_clerk()).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    size: str,
) -> None:
    page = page_of(browser, address, session, size)
    assert faults_of(page, address, PAGES, "rates") == []
