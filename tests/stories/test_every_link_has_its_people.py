"""“确保每个环节都有人负责、有人监督、有人落实”: from a vacant post to a case whose record proves itself.

A vacancy stands in 责任真空, is filled there, and the answer to who answers differs before and after that day.
A warning crosses its clock, climbs its ladder, gets more time by a signed act, is closed, and its 一案一档
verifies without us.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from anwei.cases.sweep import sweep
from anwei.monitoring.models import AlarmRule, Warning
from anwei.monitoring.services import record_episodes
from anwei.org.models import Holding, Person
from anwei.org.services import dismiss
from tests.kernel.conftest import django_db_setup  # noqa: F401  the table of the test-only kind
from tests.kernel.county import County
from tests.kernel.county import build as build_county
from tests.monitoring.plant import Plant
from tests.monitoring.plant import build as build_plant
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
PATIENCE_MS = 15_000
SUCCESSOR = "新安全科长"


@pytest.fixture
def five_minutes_later() -> None:
    """The browser's clock cannot be moved; neither is the server's."""


@pytest.fixture
def county(transactional_db: None) -> County:
    return build_county()


@pytest.fixture
def plant(county: County) -> Plant:
    """A sensor whose limit is yellow: red and orange warnings get no more time."""
    plant = build_plant(county)
    AlarmRule.objects.filter(pk=plant.hh.pk).update(severity="yellow")
    return plant


@pytest.fixture
def sessions(plant: Plant) -> dict[str, str]:
    """Logged in before the browser starts: its driver owns an event loop."""

    def session_of(person: Person) -> str:
        visitor = Client()
        visitor.force_login(person)
        return visitor.cookies[settings.SESSION_COOKIE_NAME].value

    return {name: session_of(getattr(plant.county, name)) for name in ("officer", "boss", "worker")}


@pytest.fixture
def outside(django_db_blocker: DjangoDbBlocker) -> Callable[[Callable[[], object]], object]:
    """Do something with the database on another thread: the browser's driver owns this one's loop."""
    from concurrent.futures import ThreadPoolExecutor

    thread = ThreadPoolExecutor(1)
    return lambda act: thread.submit(act).result()


@pytest.fixture
def browser(sessions: dict[str, str], address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


def desk_of(browser: Browser, address: str, session: str) -> Page:  # noqa: F811
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def test_a_vacancy_is_seen_filled_and_remembered(
    browser: Browser,
    address: str,  # noqa: F811
    sessions: dict[str, str],
    county: County,
    outside: Callable[[Callable[[], object]], object],
) -> None:
    today = timezone.localdate()
    yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
    enterprise = county.enterprise.pk

    def leave() -> None:
        holding = Holding.objects.get(person=county.worker, post=county.safety)
        dismiss(holding, actor=county.officer, now=timezone.now(), last_on=before, reason="调离")

    outside(leave)
    page = desk_of(browser, address, sessions["officer"])
    page.goto(f"{address}/org/gaps/")
    row = page.locator("tr", has_text="安全科长").first
    expect(row).to_be_visible()
    row.locator("a.btn").click()
    page.fill("[name=full_name]", SUCCESSOR)
    page.fill("[name=phone]", "13900000009")
    page.fill("[name=document]", "甲化任〔2026〕9号")
    page.fill("[name=reason]", "前任调离")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text(SUCCESSOR).first).to_be_visible()

    page.goto(f"{address}/org/gaps/")
    expect(page.locator("tr", has_text="安全科长")).to_have_count(0)
    for on, answer in ((before, str(county.worker)), (yesterday, "空缺"), (today, SUCCESSOR)):
        page.goto(f"{address}/org/responsibility/?enterprise={enterprise}&on={on:%Y-%m-%d}")
        expect(page.locator("main")).to_contain_text(answer)


def test_an_overdue_case_climbs_gets_time_closes_and_proves_itself(
    browser: Browser,
    address: str,  # noqa: F811
    sessions: dict[str, str],
    plant: Plant,
    tmp_path: Path,
    outside: Callable[[Callable[[], object]], object],
) -> None:
    now = timezone.now()
    opened = now - timedelta(hours=5)

    def happens(kind: str, sequence: int) -> None:
        at = int((opened if kind == "raised" else timezone.now()).timestamp() * 1000)
        event = {"rule": plant.hh.pk, "tag": plant.tag.pk, "device": plant.device.code, "late": False}
        event |= {
            "start": int(opened.timestamp() * 1000),
            "kind": kind,
            "at": at,
            "value": 1.62,
            "limit": 1.5,
        }
        record_episodes([(sequence, event)], now=opened if kind == "raised" else timezone.now())

    outside(lambda: happens("raised", 1))
    outside(lambda: sweep(timezone.now()))
    case = outside(Warning.objects.get)
    assert isinstance(case, Warning)

    boss = desk_of(browser, address, sessions["boss"])
    boss.goto(f"{address}/notices/")
    expect(boss.locator("main")).to_contain_text(case.number)  # somebody above was told that it is late

    worker = desk_of(browser, address, sessions["worker"])
    worker.goto(f"{address}/cases/{case.pk}/")
    worker.get_by_role("button", name="签收").first.click()
    worker.locator("summary", has_text="申请延期").click()
    ask = worker.locator("form[action$='/extend/']")
    ask.locator("[name=until]").fill(f"{timezone.localdate() + timedelta(days=2):%Y-%m-%d}")
    ask.locator("[name=reason]").fill("配件须从外地调运")
    ask.locator("[name=interim_measures]").fill("停止作业，专人值守")
    ask.get_by_role("button", name="提交延期申请").click()
    expect(worker.locator("main")).to_contain_text("YQ")

    officer = desk_of(browser, address, sessions["officer"])
    officer.goto(f"{address}/cases/{case.pk}/")
    officer.locator("main a", has_text="YQ").first.click()
    act = officer.locator("#act")
    act.locator("[name=granted_until]").fill(f"{timezone.localdate() + timedelta(days=2):%Y-%m-%d}")
    act.locator("[name=opinion]").fill("同意，期间不得复工")
    sign(officer)
    act.get_by_role("button", name="批准延期").click()
    officer.goto(f"{address}/cases/{case.pk}/")
    expect(officer.locator("main")).to_contain_text("签批人")

    worker.goto(f"{address}/cases/{case.pk}/")
    act = worker.locator("#act")
    act.locator("[name=cause]").fill("风筒脱节")
    act.locator("[name=measure]").fill("接好风筒并测风")
    act.locator("input[type=file]:not([capture])").first.set_input_files(photo(tmp_path / "现场.jpg"))
    act.locator("[name=evidence_taken_at]").fill(f"{timezone.localtime():%Y-%m-%dT%H:%M}")
    act.locator("[name=evidence_place]").fill("一号罐区")
    act.get_by_role("button", name="提交处置").click()

    officer.goto(f"{address}/cases/{case.pk}/")
    officer.locator("#act [name=finding]").fill("现场正常")
    officer.locator("#act").get_by_role("button", name="现场核查").click()
    expect(officer.locator("main")).to_contain_text("报警尚未恢复")  # measured danger is no paper's affair
    expect(officer.get_by_role("button", name="解除预警")).to_have_count(0)
    outside(lambda: happens("cleared", 2))
    officer.goto(f"{address}/cases/{case.pk}/")
    officer.get_by_role("button", name="解除预警").first.click()
    expect(officer.locator(".chip-closed").first).to_have_text("已解除")

    with officer.expect_download() as download:
        officer.locator("a[href$='dossier.zip']").first.click()
    dossier = tmp_path / "dossier.zip"
    download.value.save_as(dossier)
    verified = subprocess.run(
        [sys.executable, "-m", "anwei", "verify-dossier", str(dossier)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    outside(lambda: call_command("verify"))


def sign(page: Page) -> None:
    """Write a name on the page, as a finger would."""
    pad = page.locator("[data-signature-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 20):
        page.mouse.move(box["x"] + 40 + 15 * step, box["y"] + 40 + 30 * (step % 3))
    page.mouse.up()


def photo(path: Path) -> Path:
    picture = BytesIO()
    Image.new("RGB", (640, 480), (90, 110, 130)).save(picture, "JPEG")
    path.write_bytes(picture.getvalue())
    return path
