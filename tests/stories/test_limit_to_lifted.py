"""“实现对重点企业、重点部位的实时监控和动态管理”: from a limit crossed to a warning lifted, in a real browser.

A limit is crossed over MQTT, the alarm appears on the open cockpit, the duty officer acknowledges it, the mine
signs for the warning and disposes of it with a photo, the duty post confirms on site and lifts it, and
`anwei verify` finds every seal whole.
"""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from anwei.demo.keys import device_keys
from anwei.standards.calendar import COUNTY_TIME
from tests.support.chromium import WHY_NOT, chromium, chromium_path
from tests.support.family import Family
from tests.support.mqtt import Device

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT)]

DEVICE, TAG, TAG_NAME, MINE = "coal-01-face", "ch4_corner", "回风隅角甲烷", "背邙煤业"
DUTY, SAFETY = "zhiban", "coal-01-anquan"
PATIENCE_MS = 15_000


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[Path], None]) -> Iterator[Family]:
    """The fictional county with its devices silent: only this test speaks for them."""
    family = Family(tmp_path_factory.mktemp("story") / "data")
    migrate(family.folder.root)
    done = family.command("demo", "--hazards", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    with family:
        yield family


def password(family: Family, user: str) -> str:
    lines = (family.folder.root / "demo" / "accounts.txt").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.split()[:1] == [user])


def full_name(family: Family, user: str) -> str:
    lines = (family.folder.root / "demo" / "accounts.txt").read_text().splitlines()
    return next(line.split()[2] for line in lines if line.split()[:1] == [user])


def signed_in(browser: Browser, family: Family, user: str) -> Page:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(family.folder.running()["web"] + "/accounts/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", password(family, user))
    page.click("form.stack-form button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return page


def publish(family: Family, *values: float) -> None:
    """Send one sample a value, a second apart, the last of them now."""
    port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
    now = int(time.time() * 1000)
    with Device(port, DEVICE, device_keys(family.folder)[DEVICE]) as device:
        for step, value in enumerate(values, start=1 - len(values)):
            body = {"ts": now + step * 1000, "values": {TAG: value}}
            assert device.publish(f"telemetry/{DEVICE}", json.dumps(body).encode())


def minutes_ago(n: int) -> str:
    """A moment of the county, as the form takes it."""
    return (datetime.now(COUNTY_TIME) - timedelta(minutes=n)).strftime("%Y-%m-%dT%H:%M")


def photo(path: Path) -> Path:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 110, 130)).save(picture, "JPEG")
    path.write_bytes(picture.getvalue())
    return path


def test_from_a_crossed_limit_to_a_lifted_warning(family: Family, tmp_path: Path) -> None:
    with chromium() as browser:
        officer = signed_in(browser, family, DUTY)
        officer.goto(family.folder.running()["web"])
        duty_officer = full_name(family, DUTY)
        board = officer.locator("#alarm-board")
        expect(board).not_to_contain_text(TAG_NAME)

        publish(family, 0.42, 0.61, 1.62)
        red = board.locator("li.alarm[data-severity=red]", has_text=TAG_NAME)
        expect(red).to_contain_text(MINE, timeout=PATIENCE_MS)  # without a reload

        row = officer.locator("tr", has_text=TAG_NAME).filter(has_text="红色").first
        ends = time.monotonic() + PATIENCE_MS / 1000
        while not row.count() and time.monotonic() < ends:  # the row follows the screen within a second
            officer.goto(family.folder.running()["web"] + f"/alarms/?search={TAG_NAME}&severity=red")
            time.sleep(0.5)
        expect(row).to_contain_text("1.62")
        row.locator("summary", has_text="确认").click()
        row.locator("[name=note]").fill("已电话通知矿调度室撤人")
        row.locator("button[type=submit]").click()
        expect(officer.locator("tr", has_text=TAG_NAME).first).to_contain_text(duty_officer)

        mine = signed_in(browser, family, SAFETY)
        mine.goto(family.folder.running()["web"] + "/work/")
        mine.locator(".works li", has_text=TAG_NAME).get_by_role("button", name="签收").click()
        mine.goto(family.folder.running()["web"] + "/work/")
        mine.locator(".works li", has_text=TAG_NAME).locator("a.what").click()
        act = mine.locator("#act")
        act.locator("[name=cause]").fill("局部通风机风筒脱节，风量不足")
        act.locator("[name=measure]").fill("撤出人员，断电，重新接好风筒并测风")
        act.locator("input[type=file]:not([capture])").set_input_files(photo(tmp_path / "现场.jpg"))
        act.locator("[name=evidence_taken_at]").fill(minutes_ago(1))
        act.locator("[name=evidence_place]").fill("回风隅角")
        act.get_by_role("button", name="提交处置").click()
        expect(mine.locator(".evidence img").first).to_be_visible()

        publish(family, *[0.4] * 12)  # good for longer than the ten seconds after which the alarm ends
        officer.goto(mine.url)
        officer.locator("#act [name=finding]").fill("现场甲烷 0.4%，风筒已接好，同意恢复")
        on_site = officer.locator("#act")
        on_site.locator("input[type=file]:not([capture])").set_input_files(photo(tmp_path / "核查.jpg"))
        on_site.locator("[name=evidence_taken_at]").fill(minutes_ago(0))
        on_site.locator("[name=evidence_place]").fill("回风隅角")
        on_site.get_by_role("button", name="现场核查").click()
        lift = officer.get_by_role("button", name="解除预警").first
        ends = time.monotonic() + 2 * PATIENCE_MS / 1000
        while not lift.count() and time.monotonic() < ends:  # nothing is lifted while the alarm stands
            time.sleep(1)
            publish(family, 0.4)
            officer.goto(mine.url)
        lift.click()
        expect(officer.locator(".chip-closed").first).to_have_text("已解除")
        expect(officer.get_by_text("记录未被改动")).to_be_visible()

    verified = family.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_while_the_stream_stands_still_the_screen_says_so(family: Family) -> None:
    pid = family.pid("stream")
    assert pid
    with chromium() as browser:
        officer = signed_in(browser, family, DUTY)
        officer.goto(family.folder.running()["web"])
        age, lost = officer.locator("[data-data-age]"), officer.locator("[data-live-lost]")
        expect(lost).to_be_hidden()
        os.kill(pid, signal.SIGSTOP)
        try:
            expect(lost).to_be_visible(timeout=PATIENCE_MS)
            ends = (
                time.monotonic() + 5
            )  # the page has joined the web process anew meanwhile, which knows nothing
            while time.monotonic() < ends:
                assert lost.is_visible()
                assert "数据中断" in age.inner_text()
                time.sleep(0.1)
        finally:
            os.kill(pid, signal.SIGCONT)
        expect(lost).to_be_hidden(timeout=PATIENCE_MS)
