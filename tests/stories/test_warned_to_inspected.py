"""“大数据分析，提前预警潜在风险”: from a pressure that rises to a warning that an inspection found true, in a real browser.

Rows of a tank come in over MQTT, a minute each by their own times; more than twenty minutes before the limit the
officer reads the warning and why, from there why to look at the plant, plans the inspection by one click, goes,
and says that it was true; the page of what warnings were worth counts it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from anwei.demo.keys import device_keys
from tests.stories.test_limit_to_lifted import signed_in
from tests.support.chromium import WHY_NOT, chromium, chromium_path
from tests.support.family import Family, wait_for
from tests.support.mqtt import ACCEPTED, Device

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT)]

DEVICE, TAG, TAG_NAME, LIMIT = "chemical-01-tank", "press_1", "1号罐压力", 1.8
OFFICER = "yj-jianguan"
CALM, AFTER = 240, 2  # rows before the rise, and past the limit
LEVEL, RISE, NOISE = 0.8, 0.0125, 0.02  # kPa; kPa a minute; kPa
AHEAD = 5  # minutes: the last rows lie so far ahead of the clock, as those of a device may: what is over is no news
LEAD = (
    22  # minutes: no row later than so long before the limit is sent until the officer has read the warning
)
MINUTE_MS = 60_000
PATIENCE_S = 40
Row = tuple[int, float]


def course() -> tuple[list[Row], list[Row]]:
    """Return rows (ms, kPa) of a calm and a rise: those until LEAD minutes before the limit, and those after."""
    n_rising = int((LIMIT - LEVEL) / RISE) + AFTER
    level = np.concatenate([np.full(CALM, LEVEL), LEVEL + RISE * np.arange(n_rising)])
    values = np.round(level + np.random.default_rng(1).normal(scale=NOISE, size=len(level)), 2).tolist()
    reached = next(row for row, value in enumerate(values) if value >= LIMIT)
    end = (int(time.time()) // 60 + AHEAD) * MINUTE_MS
    rows = [(end - (len(values) - row) * MINUTE_MS, value) for row, value in enumerate(values)]
    return rows[: reached - LEAD + 1], rows[reached - LEAD + 1 :]


@pytest.fixture
def family(tmp_path: Path, migrate: Callable[[Path], None]) -> Iterator[Family]:
    """The fictional county with its devices silent, without a single hazard."""
    family = Family(tmp_path / "data")
    migrate(family.folder.root)
    done = family.command("demo", "--hazards", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    with family:
        yield family


def send(family: Family, rows: list[Row]) -> None:
    """Send rows as a gateway that hands in what it kept."""
    port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
    device = Device(port, DEVICE, device_keys(family.folder)[DEVICE])
    wait_for(lambda: device.connect() == ACCEPTED or device.close(), what="the gate knows the device")
    for first in range(0, len(rows), 50):
        body = [{"ts": at, "values": {TAG: value}} for at, value in rows[first : first + 50]]
        assert device.publish(f"telemetry/{DEVICE}", json.dumps(body).encode(), seconds=PATIENCE_S)
    device.close()


def reload_until(page: Page, address: str, words: str) -> None:
    """Open a page until it says something."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        assert time.monotonic() < ends, (address, words, page.locator("main").inner_text())
        time.sleep(0.5)


def test_from_a_rising_pressure_to_a_warning_that_was_true(family: Family) -> None:
    early, late = course()
    send(family, early)
    site = family.folder.running()["web"]
    with chromium() as browser:
        page = signed_in(browser, family, OFFICER)
        warning = _read_the_warning(page, site)
        enterprise = _why_the_plant(page)
        _plan_by_one_click(page, enterprise)
        send(family, late)
        _inspect(page)
        page.locator("#foretold").get_by_role("link", name="将达限值").click()
        assert page.url == warning
        page.get_by_label("属实").check()
        page.fill("[name=reason]", "呼吸阀冻堵，罐压持续上升")
        page.get_by_role("button", name="提交反馈").click()
        expect(page.locator("main")).to_contain_text("呼吸阀冻堵")
        reload_until(page, warning, "已达限值")
        expect(page.locator(".card", has_text="这个测点的回测")).to_contain_text("越限次数太少，样本不足")
        page.goto(site + "/watch/")
        page.get_by_role("link", name="回测：名单准不准").click()
        cells = page.locator("#forecasts tbody tr").first.locator("td").all_inner_texts()
        found, true, false, unknown, silent, reached, ahead = cells[1:]
        assert (found, true, false, unknown, silent, reached) == ("1", "1", "0", "0", "0", "1")
        assert int(ahead.split()[0]) >= 20
        page.locator("#forecasts").get_by_role("link", name="1").first.click()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text(TAG_NAME)


def _read_the_warning(page: Page, site: str) -> str:
    """Find the warning beside the alarms and read why; the limit is not reached yet. Return its address."""
    reload_until(page, site + "/forecasts/", TAG_NAME)
    row = page.locator("tbody tr", has_text=TAG_NAME)
    expect(row).to_have_count(1)
    row.get_by_role("link", name="将达限值").click()
    why = page.locator(".card", has_text="为什么").first
    expect(why).to_contain_text(
        re.compile(r"最近 (29|30) 分钟持续上升，每分钟 0\.01\d，发现时 1\.\d+，按此将达到限值 1\.8")
    )
    expect(why).to_contain_text("预计到达")
    expect(page.locator("main")).not_to_contain_text("已达限值")
    return page.url


def _why_the_plant(page: Page) -> str:
    """Go from the warning to the reasons of its plant, have the week's list made, and see the warning among them."""
    page.get_by_role("link", name="看关注理由").click()
    enterprise = page.locator("h1").inner_text()
    expect(page.locator("#foretold")).to_contain_text(TAG_NAME)  # the list does not know it yet
    page.locator(".crumbs").get_by_role("link", name="本周重点关注").click()
    page.get_by_role("button", name="现在计算").click()
    page.fill("[name=search]", enterprise)
    page.locator("[name=search]").press("Enter")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("link", name="近30天测点走势将达限值的早期预警 1 次").click()
    expect(page.locator("#forecasts_30")).to_contain_text(TAG_NAME)
    expect(page.locator("#foretold")).to_have_count(0)  # now it does
    return enterprise


def _plan_by_one_click(page: Page, enterprise: str) -> None:
    """Plan as it is proposed, and open the visit."""
    page.get_by_role("link", name="安排检查").click()
    expect(page.locator("main")).to_contain_text("近30天测点走势将达限值的早期预警 1 次")
    page.get_by_role("button", name="部署并安排").click()
    expect(page.locator("main")).to_contain_text("安排检查 1 家")
    page.locator("a.figure", has_text="检查家次").click()
    page.locator("tbody").get_by_role("link", name=re.compile("^JC")).click()
    expect(page.locator("main")).to_contain_text(enterprise)
    expect(page.locator("#foretold")).to_contain_text(TAG_NAME)


def _inspect(page: Page) -> None:
    """Begin the visit and end it with what was found."""
    page.get_by_role("button", name="开始检查").click()
    page.fill("[name=finding]", "1号罐呼吸阀冻堵，罐压偏高，已责令停用检修。")
    page.fill("[name=head]", "罐区主任")
    page.get_by_role("button", name="结束检查").click()
    expect(page.locator("main")).to_contain_text("检查已结束")
