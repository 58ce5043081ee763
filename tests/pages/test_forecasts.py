"""Pages of early warnings: beside the alarms, one with its reasons, on the tag's and the enterprise's page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from anwei.cases.today import said
from anwei.monitoring.detect.doors import Sensor, Sensors, serve
from anwei.monitoring.models import AlarmRule, Forecast, Tag
from anwei.monitoring.reading import clock
from anwei.monitoring.services import record_findings
from anwei.monitoring.services.positions import WORKED_OFF, set_position
from anwei.org.models import Person
from tests.monitoring.foresight import after, anomaly, drift
from tests.monitoring.plant import Plant, build, ms
from tests.pages.store import Store
from tests.support.chromium import WHY_NOT, chromium, chromium_path

SignIn = Callable[[Person], Client]
LEARNED: dict[str, Any] = {
    "rows": 2880, "missing": 0, "spacing": 1.0, "important": False, "days": 2.0, "newest": 0, "anomalies": 1,
    "at": [1], "value": [0.4], "raw": [0.3], "score": [0.42],
    "limits": [
        {"kind": "hh", "limit": 1.5, "crossings": 5, "foretold": 1, "lead": 31, "true": 1, "false": 1, "lately_false": 1, "silent": False},
        {"kind": "h", "limit": 1.0, "crossings": 2, "foretold": 2, "lead": 50, "true": 2, "false": 0, "lately_false": 0, "silent": True},
    ],
}  # fmt: skip


@pytest.fixture
def knows(store: Store) -> Iterator[dict[str, Any]]:
    """What the process `detect` answers, by the real door."""
    answer: dict[str, Any] = {"state": LEARNED, "learned": 1}
    doors = [
        store.do(serve(store.nc, "sensor", Sensor, lambda asked: answer["state"])),
        store.do(serve(store.nc, "learned", Sensors, lambda asked: answer["learned"])),
    ]
    yield answer
    for door in doors:
        store.do(door.unsubscribe())


def come_to(at: datetime) -> None:
    """What the worker writes of the process: what arrived up to `at` was looked at."""
    set_position(WORKED_OFF, ms(at))


def test_the_list_shows_what_is_live_and_all_of_the_past(plant: Plant, sign_in: SignIn) -> None:
    record_findings([(1, drift(plant.hh))], now=after(1))
    worker = sign_in(plant.county.worker)
    page = worker.get("/forecasts/")
    text = page.content.decode()
    assert page.context["listing"].count == 1 and "按此将达到限值 1.5" in text and "93%" in text
    other = build(plant.county, code="gas-2")
    record_findings([(2, anomaly(other.tag)), (3, drift(plant.hh, minutes=1))], now=after(1))
    live = [row.record.kind for row in worker.get("/forecasts/").context["listing"].table.rows]
    assert live == ["drift", "anomaly"]
    Forecast.objects.filter(kind="anomaly").delete()
    Forecast.objects.update(ended_at=after(2))
    assert worker.get("/forecasts/?tab=").context["listing"].count == 0
    assert worker.get("/forecasts/?tab=history").context["listing"].count == 1
    assert "/forecasts/" in worker.get("/alarms/").content.decode()
    sheet = worker.get("/forecasts/?tab=history&export=csv").content.decode("utf-8-sig")
    assert "按此将达到限值" in sheet
    assert sign_in(plant.county.stranger).get("/forecasts/?tab=history").context["listing"].count == 0


def test_one_shows_reason_time_similar_courses_and_the_backtest(
    plant: Plant, sign_in: SignIn, knows: dict[str, Any]
) -> None:
    [row] = record_findings([(1, drift(plant.hh))], now=after(1))
    text = sign_in(plant.county.worker).get(f"/forecasts/{row.pk}/").content.decode()
    assert "持续上升" in text and "93%" in text and "没有到达" in text
    assert "不可预测：多是突然越过" in text and "近 60 天多次落空，已不再提示" in text
    bound = "36 分钟内到达；这个限值近 60 天的走势（含未提示的）应验 1 次、落空 2 次，最多算 50%"
    assert bound in text and " 行" not in text
    assert "1 次，每天 0.50 次" in text
    assert "看不见的" in text
    assert sign_in(plant.county.stranger).get(f"/forecasts/{row.pk}/").status_code == 404
    [late] = record_findings([(2, drift(plant.h, minutes=40, ahead=1))], now=after(60))[-1:]
    text = sign_in(plant.county.worker).get(f"/forecasts/{late.pk}/").content.decode()
    assert "写入时已过" in text and "有效" not in text.split('class="column"')[0]


@pytest.mark.e2e
@pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT)
def test_the_backtest_stays_in_its_card(plant: Plant, sign_in: SignIn, knows: dict[str, Any]) -> None:
    [row] = record_findings([(1, drift(plant.hh))], now=after(1))
    html = sign_in(plant.county.worker).get(f"/forecasts/{row.pk}/").content.decode()
    sheets = re.findall(r'<link[^>]*href="/static/([^"]+\.css)"', html)
    found = [finders.find(re.sub(r"\.[0-9a-f]{12}\.css$", ".css", name)) for name in sheets]
    styles = "".join(Path(str(path)).read_text("utf-8") for path in found if path)
    assert ".card-table" in styles
    with chromium() as browser:
        for width in (1366, 360):
            page = browser.new_page(viewport={"width": width, "height": 740})
            page.set_content(re.sub(r"<script.*?</script>", "", html, flags=re.S))
            page.add_style_tag(content=styles)
            over = page.evaluate(
                """() => [...document.querySelectorAll("table")].flatMap((table) => [
                    table.getBoundingClientRect().right
                        - table.closest(".card").getBoundingClientRect().right,
                    table.parentElement.scrollWidth - table.parentElement.clientWidth])"""
            )
            assert len(over) >= 4 and max(over) <= 0, (width, over)


def test_feedback_is_taken_and_a_false_one_counts_in_the_backtest(
    plant: Plant, sign_in: SignIn, knows: dict[str, Any]
) -> None:
    [row] = record_findings([(1, anomaly(plant.tag))], now=after(1))
    worker = sign_in(plant.county.worker)
    address = f"/forecasts/{row.pk}/verdict/"
    refused = worker.post(address, {"verdict": "false"}, follow=True).content.decode()
    assert "请写明为什么是误报" in refused
    assert "请选择属实" in worker.post(address, {}, follow=True).content.decode()
    text = worker.post(address, {"verdict": "false", "reason": "探头受潮"}, follow=True).content.decode()
    assert "误报" in text and "探头受潮" in text and "2 次，每天 1.00 次" in text
    assert Forecast.objects.get().ended_at is not None
    assert sign_in(plant.county.stranger).post(address, {"verdict": "true"}).status_code == 404


def test_the_tags_page_says_what_is_missing_and_when_nobody_answers(
    plant: Plant, sign_in: SignIn, knows: dict[str, Any]
) -> None:
    worker = sign_in(plant.county.worker)
    record_findings([(1, drift(plant.hh))], now=after(1))
    text = worker.get(f"/tags/{plant.tag.number}/").content.decode()
    assert "最近的早期预警" in text and "42%" in text and "标为重点测点" not in text
    knows["state"] = LEARNED | {"rows": 40, "missing": 70}
    text = worker.get(f"/tags/{plant.tag.number}/").content.decode()
    assert "样本不足" in text and "还缺 70 个，约 70 分钟" in text
    assert "不可预测：多是突然越过" in text  # a drift is judged by 30 rows: its past is there
    knows["state"] = None  # two minutes ago it was registered
    text = worker.get(f"/tags/{plant.tag.number}/").content.decode()
    assert "尚未开始" in text and "早期预警不看这个测点" not in text
    AlarmRule.objects.update(enabled=False)
    assert "早期预警不看这个测点" in worker.get(f"/tags/{plant.tag.number}/").content.decode()


def test_what_was_not_looked_at_is_not_called_calm(
    plant: Plant, sign_in: SignIn, knows: dict[str, Any]
) -> None:
    worker, now = sign_in(plant.county.worker), timezone.now()
    enterprise = f"/enterprises/{plant.county.enterprise.pk}/?group=monitoring"
    addresses = ["/forecasts/", f"/tags/{plant.tag.number}/", enterprise]

    def told(address: str) -> str:
        return str(worker.get(address).content.decode())

    assert "早期预警还没有开始推算" in told("/forecasts/")
    come_to(now - timedelta(minutes=28))
    late = f"早期预警落后 28 分钟，算到 {clock(now - timedelta(minutes=28))}"
    for address in addresses:
        assert late in told(address) and "走势都与平时相近" not in told(address), address
    assert told("/forecasts/").count(late) == 1 and told("/forecasts/?tab=history").count(late) == 1
    assert any(late in one.text for one in said(plant.county.officer, now))
    assert not any("早期预警" in one.text for one in said(plant.county.stranger, now))
    come_to(now)
    for address in addresses:
        assert "早期预警落后" not in told(address)
    assert "各测点的走势都与平时相近" in told("/forecasts/") and "走势都与平时相近" in told(enterprise)
    assert not any("早期预警" in one.text for one in said(plant.county.officer, now))


def test_an_enterprise_whose_tags_are_not_learned_is_told_so(
    plant: Plant, sign_in: SignIn, knows: dict[str, Any]
) -> None:
    worker = sign_in(plant.county.worker)
    come_to(timezone.now())
    knows["learned"] = 0
    for address in ("/forecasts/", f"/enterprises/{plant.county.enterprise.pk}/?group=monitoring"):
        text = worker.get(address).content.decode()
        assert "1 个测点都样本不足" in text and "走势都与平时相近" not in text
    text = sign_in(plant.county.stranger).get("/forecasts/").content.decode()
    assert "没有测点启用了报警规则" in text


def test_without_the_process_the_page_stands(plant: Plant, sign_in: SignIn) -> None:
    text = sign_in(plant.county.worker).get(f"/tags/{plant.tag.number}/").content.decode()
    assert "早期预警进程没有应答" in text


def test_an_officer_marks_a_tag_as_important(plant: Plant, sign_in: SignIn, knows: dict[str, Any]) -> None:
    address = f"/tags/{plant.tag.number}/important/"
    officer = sign_in(plant.county.officer)
    assert "已标为重点测点" in officer.post(address, {"important": "1"}, follow=True).content.decode()
    assert Tag.objects.get(pk=plant.tag.pk).important
    assert "已取消重点测点" in officer.post(address, {"important": "0"}, follow=True).content.decode()
    assert sign_in(plant.county.worker).post(address, {"important": "1"}).status_code == 403
    assert not Tag.objects.get(pk=plant.tag.pk).important


def test_the_enterprises_page_shows_them(plant: Plant, sign_in: SignIn) -> None:
    record_findings([(1, drift(plant.hh))], now=after(1))
    page = sign_in(plant.county.worker).get(f"/enterprises/{plant.county.enterprise.pk}/?group=monitoring")
    assert "按此将达到限值" in page.content.decode()
