"""The pages of patterns and lessons in a real browser: they fit both screens, with rows and with none."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser

from anwei.analytics.patterns.hotspots import hot_spots_of_the_week
from tests.analytics.test_lessons import elsewhere, planted
from tests.hazards.conftest import build_safe
from tests.hazards.doors import signed_in
from tests.hazards.many import many_hazards
from tests.kernel.county import NOW
from tests.support.browsing import IN_A_BROWSER, SIZES, address, browser, faults_of, page_of  # noqa: F401

pytestmark = IN_A_BROWSER


@pytest.fixture
def made(transactional_db: None) -> tuple[str, dict[str, str]]:
    """Return a session and the pages it looks at."""
    cache.clear()
    safe = build_safe()
    planted(safe)
    accident = elsewhere()
    many_hazards(safe, 900, NOW, days=400, n_townships=12)
    hot_spots_of_the_week(NOW)
    pages = {
        "lessons": "/lessons/",
        "search": f"/lessons/accidents/{accident.pk}/",
        "accident": f"/accidents/{accident.pk}/",
        "hotspots": "/analysis/hotspots/",
        "seasons": "/analysis/seasons/",
        "clauses": "/analysis/clauses/",
        "month": "/analysis/month/?month=2026-10",
        "filing": f"/hazards/new/?enterprise={safe.county.enterprise.pk}",
    }
    return signed_in(safe.inspector).cookies[settings.SESSION_COOKIE_NAME].value, pages


@pytest.fixture
def session(made: tuple[str, dict[str, str]]) -> str:
    return made[0]


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    made: tuple[str, dict[str, str]],
    size: str,
) -> None:
    page = page_of(browser, address, made[0], size)
    assert faults_of(page, address, made[1], "patterns") == []
