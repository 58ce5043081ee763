"""Listed supervision and penalties in a real browser: pages fit both screens, the sign prints on one sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser

from anwei.org.models import Person, Post
from tests.hazards.conftest import Safe, build_safe
from tests.hazards.doors import CRITERION, FIVE, LATER, ORDERED, act, file, picture, signed_in
from tests.hazards.penalising import published, recorded
from tests.hazards.test_listing import noticed, proposed
from tests.kernel.county import county_clerk, in_post
from tests.support.browsing import IN_A_BROWSER, PICTURES, SIZES, address, browser, faults_of, page_of  # noqa: F401

pytestmark = IN_A_BROWSER
SHEETS = {"a4": (8.27, 11.69), "a3": (11.69, 16.54)}  # inches
LONG = "拆除一号罐破损围堰，按GB 50351重新浇筑，闭水试验72小时；施工期间停用一号罐，设围挡和专人监护"


@pytest.fixture
def story(transactional_db: None) -> tuple[Safe, Person]:
    return build_safe(), county_clerk()


@pytest.fixture
def pages(story: tuple[Safe, Person]) -> dict[str, str]:
    """Bring two major hazards and penalties as far as their pages have most to show; return the addresses."""
    cache.clear()
    safe, clerk = story
    plant = safe.county.enterprise.pk
    major = ORDERED | {"grade": "major", "criterion": CRITERION, "requirement": LONG, "order": "stop"}
    hazards = [
        file(safe.inspector, plant, criterion=CRITERION, key=key, description=words)
        for key, words in (("one", "一号罐围堰有裂缝\n长约两米"), ("two", "储罐区特种作业人员无证上岗"))
    ]
    for hazard in hazards:
        act(safe.verifier, hazard, "order", **major)
    act(safe.county.worker, hazards[0], "accept", **FIVE, evidence=picture())
    listing = noticed(clerk, proposed(safe.inspector, hazards[0]), LONG)
    act(safe.verifier, listing, "progress", progress="旧围堰已拆除，新围堰浇筑完成七成，闭水试验定于12月1日")
    head = in_post("局长", Post.objects.create(unit=safe.supervising.unit, kind="principal", title="局长"))
    where = f"hazard={hazards[0].pk}"
    for number in range(3):
        penalty = recorded(safe.inspector, where, decision_number=f"测应急罚〔2026〕{number}号")
    published(safe, head, penalty)
    assert LATER.year == 2026
    return {
        "listings": "/listings/",
        "listing": f"/cases/{listing.pk}/",
        "hazard": f"/cases/{hazards[1].pk}/",
        "hazard-listed": f"/cases/{hazards[0].pk}/",
        "propose": f"/hazards/{hazards[1].pk}/list/",
        "sign": f"/listings/{listing.pk}/sign/",
        "sign-a3": f"/listings/{listing.pk}/sign/?size=a3",
        "penalties": f"/penalties/?enterprise={plant}",
        "penalty": f"/cases/{penalty.pk}/",
        "penalty-new": f"/penalties/new/?{where}",
        "enterprise": f"/enterprises/{plant}/",
        "public-list": "/public/listed/",
        "public-listing": f"/g/{listing.code}",
        "public-penalties": "/public/penalties/",
    }


@pytest.fixture
def session(story: tuple[Safe, Person], pages: dict[str, str]) -> str:
    return signed_in(story[0].inspector).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
    size: str,
) -> None:
    page = page_of(browser, address, session, size)
    assert faults_of(page, address, pages, "listed") == []


@pytest.mark.parametrize("size", list(SIZES))
def test_before_and_after_stand_side_by_side(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
    size: str,
) -> None:
    page = page_of(browser, address, session, size)
    page.goto(address + pages["hazard-listed"])
    before, after = (page.get_by_text(label, exact=True).bounding_box() for label in ("整改前", "整改后"))
    assert before is not None and after is not None
    assert before["y"] == after["y"] and before["x"] + before["width"] < after["x"]


def test_the_sign_prints_on_one_sheet_of_its_size(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
) -> None:
    page = page_of(browser, address, session, "desk")
    for size, (width, height) in SHEETS.items():
        page.goto(f"{address}{pages['sign']}?size={size}")
        printed = page.pdf(prefer_css_page_size=True)
        if PICTURES:
            page.set_viewport_size({"width": int(width * 96), "height": int(height * 96)})
            page.emulate_media(media="print")
            page.screenshot(path=Path(PICTURES) / f"listed-printed-{size}.png")
        boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", printed)
        assert len(boxes) == 1, size
        assert [round(float(side) / 72, 1) for side in boxes[0]] == [round(width, 1), round(height, 1)]
