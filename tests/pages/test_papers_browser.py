"""Papers and system pages in a real browser: nothing sticks out, every target is a thumb wide."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser

from anwei.ledgers.papers.services import draft, review, sign
from anwei.monitoring.models import Alarm, Warning
from anwei.org.models import Post, Unit
from anwei.portal.system import results
from tests.kernel.county import COUNTY, in_post
from tests.monitoring.plant import Plant
from tests.pages.test_browser import SIZES, TARGET, TOO_SMALL, page_of, session_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
PICTURES = os.environ.get("ANWEI_SHOTS", "")  # a folder for pictures of each page, to be looked at
SYSTEM = (
    "/system/",
    "/system/calendar/",
    "/system/figures/warning-clocks/",
    "/system/figures/deadlines/",
    "/system/figures/warning-clocks/red.sign/",
    "/system/templates/supervision_notice/",
    "/system/dictionaries/",
    "/system/chain/",
    "/system/backup/",
    "/suggestions/?page=/work/",
    "/help/case/",
)


@pytest.fixture
def visits(plant: Plant, alarms: list[Alarm]) -> dict[str, list[str]]:
    """Sessions with the pages each is to open, made before the browser starts."""
    warning, now = Warning.objects.get(), timezone.now()
    unit = warning.supervisor.unit
    hands = {
        title: in_post(title, Post.objects.create(unit=unit, kind=kind, title=title))
        for kind, title in (("officer", "科长"), ("principal", "局长"))
    }
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    administrator = in_post(
        "admin", Post.objects.create(unit=office, kind="system_admin", title="系统管理员")
    )
    paper = draft("cases.case", warning, "supervision_notice", actor=plant.county.officer, now=now)
    signed = draft("cases.case", warning, "warning_order", actor=plant.county.officer, now=now)
    review(signed, actor=hands["科长"], now=now)
    sign(signed, actor=hands["局长"], now=now)
    steps = [{"title": "恢复到临时目录，核对文件、行数、监测数据和哈希链", "detail": "一致", "ok": True}]
    result = {"at": now.isoformat(), "ok": True, "backup": "20261125T020000Z", "seconds": 3.1, "steps": steps}
    results.keep(settings.DATA, "drill", result)
    return {
        session_of(hands["科长"]): [f"/papers/{paper.pk}/", f"/cases/{warning.pk}/"],
        session_of(plant.county.officer): [f"/papers/{signed.pk}/"],
        session_of(administrator): list(SYSTEM),
    }


@pytest.fixture
def browser(visits: dict[str, list[str]], address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    size: str,
    visits: dict[str, list[str]],
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    faults = []
    for session, paths in visits.items():
        page = page_of(browser, address, session, size)
        page.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
        for path in paths:
            answer = page.goto(address + path)
            assert answer is not None and answer.status == 200, path
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{path} sticks out")
            if size == "phone":
                faults += [f"{path}: {target}" for target in page.evaluate(TOO_SMALL, TARGET)]
            if PICTURES:
                name = path.strip("/").replace("/", "-").replace("?", "-") or "root"
                page.screenshot(path=f"{PICTURES}/{name}-{size}.png", full_page=True)
    assert not faults
