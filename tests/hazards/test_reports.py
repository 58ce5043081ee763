"""What enterprises report: the monthly self-check, zero reports and their sample, confirmed statistics."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from time_machine import TimeMachineFixture

from anwei.hazards.models import Hazard, SelfCheck, Statistics
from anwei.hazards.services.reports import items_for
from anwei.hazards.statistics import COUNTED, Period, figures_of
from anwei.hazards.views.selfchecks import sampled
from anwei.org.models import Person
from anwei.sites.models import Enterprise
from tests.hazards.conftest import Safe
from tests.hazards.doors import FIXED, ORDERED, VERIFIED, act, file, picture, signed_in
from tests.kernel.county import NOW


def answers(enterprise: Enterprise, **failed: str) -> dict[str, Any]:
    """Return the form with every item 合格 but those named."""
    told: dict[str, Any] = {}
    for place, item in enumerate(items_for(enterprise)):
        note = failed.get(f"item_{place}")
        told[f"{item.id}_result"] = "failed" if note is not None else "ok"
        if note is not None:
            told[f"{item.id}_note"] = note
    return told


@pytest.mark.parametrize(("scale", "at_most"), [("micro", 10), ("small", 20), ("large", 1000)])
def test_a_small_enterprise_is_asked_little(scale: str, at_most: int) -> None:
    items = items_for(Enterprise(sector="fire", scale=scale))
    assert 0 < len(items) <= at_most


def test_what_failed_is_filed_as_the_enterprises_own_hazard(safe: Safe) -> None:
    enterprise, client = safe.county.enterprise, signed_in(safe.county.worker)
    told = answers(enterprise, item_0="可燃气体报警器停用两台")
    first = items_for(enterprise)[0]
    answer = client.post("/selfchecks/new/?month=2026-11", told | {f"{first.id}_photo": picture()})
    assert answer.status_code == 302
    report = SelfCheck.objects.get()
    assert (report.month, report.n_failed, report.n_items) == (
        date(2026, 11, 1),
        1,
        len(items_for(enterprise)),
    )
    hazard = Hazard.objects.get()
    assert (hazard.self_check, hazard.origin, hazard.checklist_item) == (report, "self_check", first.id)
    assert hazard.supervisor == safe.county.principal and hazard.evidence.count() == 1
    again = client.post("/selfchecks/new/?month=2026-11", told | {f"{first.id}_photo": picture()})
    assert again.status_code == 422 and "已经报送" in again.content.decode()
    assert Hazard.objects.count() == 1
    page = signed_in(safe.inspector).get(f"/selfchecks/{report.pk}/").content.decode()
    assert hazard.number in page and "可燃气体报警器停用两台" in page


def test_what_failed_is_shown_or_it_is_said_why_it_cannot_be(safe: Safe) -> None:
    enterprise, client = safe.county.enterprise, signed_in(safe.county.worker)
    told = answers(enterprise, item_0="井下潮湿，报警器停用")
    first = items_for(enterprise)[0]
    page = client.post("/selfchecks/new/?month=2026-11", told)
    assert page.status_code == 422 and "不合格的须附照片；拍不了的写明原因" in page.content.decode()
    assert not Hazard.objects.exists()
    told |= {f"{first.id}_no_photo": "防爆区域禁止携带手机"}
    assert client.post("/selfchecks/new/?month=2026-11", told).status_code == 302
    report = SelfCheck.objects.get()
    assert "没有照片：防爆区域禁止携带手机" in client.get(f"/selfchecks/{report.pk}/").content.decode()
    case = signed_in(safe.county.boss).get(f"/cases/{Hazard.objects.get().pk}/").content.decode()
    assert "没有照片：防爆区域禁止携带手机" in case


def test_every_item_is_answered_and_nothing_typed_is_lost(safe: Safe) -> None:
    enterprise, client = safe.county.enterprise, signed_in(safe.county.worker)
    told = answers(enterprise, item_1="")
    page = client.post("/selfchecks/new/?month=2026-11", told)
    assert page.status_code == 422 and "不合格的须写明是什么" in page.content.decode()
    told = answers(enterprise, item_1="阀门漏")
    told.pop(f"{items_for(enterprise)[0].id}_result")
    page = client.post("/selfchecks/new/?month=2026-11", told)
    assert page.status_code == 422 and "阀门漏" in page.content.decode()
    assert not SelfCheck.objects.exists() and not Hazard.objects.exists()


def test_only_who_answers_for_safety_reports_and_others_see_who_has_not(safe: Safe) -> None:
    assert signed_in(safe.inspector).get("/selfchecks/new/").status_code == 403
    before = signed_in(safe.inspector).get("/selfchecks/?month=2026-11").content.decode()
    assert "应报 1 家 · 已报 0" in before
    signed_in(safe.county.worker).post("/selfchecks/new/?month=2026-11", answers(safe.county.enterprise))
    after = signed_in(safe.inspector).get("/selfchecks/?month=2026-11").content.decode()
    assert "已报 1" in after and "零报告 1" in after and "建议抽查" in after
    assert (
        "甲化工厂" not in signed_in(safe.county.regulator).get("/selfchecks/?month=2026-11").content.decode()
    )
    narrowed = signed_in(safe.inspector).get("/selfchecks/?month=2026-11&state=missing").content.decode()
    assert "没有符合条件的记录" in narrowed


def test_an_odd_month_of_one_obliges_nobody(safe: Safe) -> None:
    client = signed_in(safe.county.worker)
    old = client.post("/selfchecks/new/?month=1990-01", answers(safe.county.enterprise))
    assert old.status_code == 422 and "最近 12 个月" in old.content.decode()
    assert client.post("/selfchecks/new/?month=2026-03", answers(safe.county.enterprise)).status_code == 302
    page = client.get("/selfchecks/").content.decode()
    assert "2026-10" in page and "2026-09" not in page  # the county began in November: it owes October


def test_the_sample_of_zero_reports_is_the_same_for_everybody(db: None) -> None:
    month = date(2026, 11, 1)
    chosen = sampled(month, range(1, 101))
    assert len(chosen) == 10 and chosen == sampled(month, reversed(range(1, 101)))
    assert chosen != sampled(date(2026, 12, 1), range(1, 101))
    assert len(sampled(month, [7])) == 1


def test_a_late_report_says_so(safe: Safe, time_machine: TimeMachineFixture) -> None:
    signed_in(safe.county.worker).post("/selfchecks/new/?month=2026-10", answers(safe.county.enterprise))
    report = SelfCheck.objects.get()
    assert report.is_late and report.due_at.date() == date(2026, 11, 5)  # 16:00 UTC is midnight in the county


def test_statistics_are_produced_and_the_head_confirms_them(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    enterprise = safe.county.enterprise
    closed = file(safe.inspector, enterprise.pk)
    act(safe.verifier, closed, "order", **ORDERED)
    act(safe.county.worker, closed, "accept")
    act(safe.county.worker, closed, "fix", **FIXED, evidence=picture(colour="green"))
    act(safe.verifier, closed, "verify", **VERIFIED, evidence=picture(colour="red"))
    act(safe.verifier, closed, "close")
    late = file(safe.inspector, enterprise.pk, key="form-2", description="灭火器过期")
    act(safe.verifier, late, "order", **ORDERED | {"due_on": "2026-11-25"})
    untrue = file(safe.inspector, enterprise.pk, key="form-3", description="门锁坏")
    act(safe.verifier, untrue, "false_report", reason="门锁完好", evidence=picture())
    address = f"/hazards/statistics/{enterprise.pk}/2026/4/"
    running = signed_in(safe.county.boss).post(address, follow=True).content.decode()
    assert "这一期还没有结束" in running and not Statistics.objects.exists()
    time_machine.move_to(NOW + timedelta(days=45))  # 8 January
    told = figures_of(enterprise, Period(2026, 4))
    assert (told.found, told.rectified, told.on_time, told.open, told.overdue) == (2, 1, 1, 1, 1)
    assert figures_of(enterprise, Period(2027, 1)).carried == 1
    assert signed_in(safe.county.worker).post(address).status_code == 403
    told_to = signed_in(safe.county.worker).get(address).content.decode()
    assert "由企业主要负责人在本页确认报送" in told_to and "确认并报送" not in told_to
    own = signed_in(safe.county.boss).get("/hazards/statistics/").content.decode()
    assert (
        own.count("看数并报送") == 2 and own.count("本期未结束") == 1
    )  # the quarter and the year; what runs
    signed_in(safe.county.boss).post(address, {"analysis": "围堰裂缝"})
    frozen = Statistics.objects.get()
    assert (frozen.figures["found"], frozen.due_at.date()) == (2, date(2027, 1, 15))
    paper = signed_in(safe.inspector).get(f"{address}?docx=1")
    text = [cell.text for row in Document(BytesIO(b"".join(paper))).tables[0].rows for cell in row.cells]
    assert text[text.index("本期排查发现") + 1] == "2"
    assert signed_in(safe.county.regulator).get(address).status_code == 404
    listed = signed_in(safe.inspector).get("/hazards/statistics/?year=2026&quarter=4").content.decode()
    assert "应报 1 家" in listed and "已报 1" in listed and "未报 0" in listed


def test_a_period_that_nobody_can_or_must_report_is_asked_of_nobody(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    file(safe.inspector, safe.county.enterprise.pk)  # the county's first hazard: it owes the fourth quarter

    def page(query: str = "") -> str:
        return signed_in(safe.inspector).get(f"/hazards/statistics/{query}").content.decode()

    for query in ("", "?year=2026&quarter=3", "?year=2023&quarter=4"):
        text = page(query)
        assert "企业隐患统计分析 2026 年第 4 季度" in text and "本期未结束，结束后报送" in text, query
        assert "甲化工厂" in text and "未报" not in text and "应报" not in text, query
        assert "第 3 季度" not in text and "2023 年" not in text, query
    of_one = f"/hazards/statistics/{safe.county.enterprise.pk}/2026/3/"
    assert "未报送" not in signed_in(safe.inspector).get(of_one).content.decode()
    time_machine.move_to(NOW + timedelta(days=45))  # 8 January
    assert "应报 1 家" in page("?year=2026&quarter=4") and "未报 1" in page("?year=2026&quarter=4")
    assert "未报 1" in page() and "第 3 季度" not in page()


def test_last_months_self_check_waits_on_the_desk_once_the_county_has_begun(safe: Safe) -> None:
    worker = signed_in(safe.county.worker)
    assert "2026-10自查还没有报送" not in worker.get("/work/").content.decode()
    worker.post("/selfchecks/new/?month=2026-09", answers(safe.county.enterprise))
    page = worker.get("/work/").content.decode()
    assert "2026-10自查还没有报送" in page and "/selfchecks/new/?month=2026-10" in page
    worker.post("/selfchecks/new/?month=2026-10", answers(safe.county.enterprise))
    assert "2026-10自查还没有报送" not in worker.get("/work/").content.decode()


def desk(person: Person) -> str:
    return signed_in(person).get("/work/").content.decode()


def test_statistics_of_the_last_quarter_and_year_wait_for_the_head_and_the_regulator(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    enterprise, boss = safe.county.enterprise, safe.county.boss
    third = f"/hazards/statistics/{enterprise.pk}/2026/3/"
    assert third not in desk(boss)  # the county filed nothing in that quarter: nobody owes it
    file(safe.inspector, enterprise.pk, found_at="2026-09-20T09:30")
    assert third in desk(boss) and "2026 年第 3 季度隐患统计分析表还没有报送" in desk(boss)
    assert "2026 年第 3 季度" not in desk(safe.county.worker) + desk(safe.county.stranger)
    asked = desk(safe.inspector)
    assert "2026 年第 3 季度：1 家企业没有报送隐患统计分析表" in asked
    address = re.search(r'href="(/hazards/statistics/\?[^"]*)"', asked)
    assert address is not None
    page = signed_in(safe.inspector).get(address[1].replace("&amp;", "&")).content.decode()
    assert "甲化工厂" in page and "未报 1" in page
    assert signed_in(boss).post(third).status_code == 302
    assert "2026 年第 3 季度" not in desk(boss) + desk(safe.inspector)
    time_machine.move_to(NOW + timedelta(days=45))  # 8 January
    waiting = desk(boss)
    assert "2026 年第 4 季度隐患统计分析表还没有报送" in waiting and "01-15 24:00 前报送" in waiting
    assert "2026 年度隐患统计分析表还没有报送" in waiting and "01-31 24:00 前报送" in waiting
    signed_in(boss).post(f"/hazards/statistics/{enterprise.pk}/2026/0/", {"analysis": "全年"})
    year = Statistics.objects.get(quarter=0)
    assert (year.figures["found"], year.due_at.date()) == (1, date(2027, 1, 31))
    paper = signed_in(boss).get(f"/hazards/statistics/{enterprise.pk}/2026/0/?docx=1")
    words = "".join(one.text for one in Document(BytesIO(b"".join(paper))).paragraphs)
    assert "（2026年度）" in words
    assert "2026 年度" not in desk(boss) and "2026 年第 4 季度" in desk(boss)


def test_every_number_of_the_statistics_opens_its_rows(safe: Safe) -> None:
    enterprise = safe.county.enterprise
    before = file(safe.inspector, enterprise.pk, found_at="2025-12-20T09:30")
    now = file(safe.inspector, enterprise.pk, key="form-2", description="灭火器过期")
    client, address = signed_in(safe.county.boss), f"/hazards/statistics/{enterprise.pk}/2026/4/"
    page = client.get(address).content.decode()
    doors = dict(re.findall(r'<a href="\?rows=(\w+)#rows"[^>]*>([\d.]+)</a>', page))
    assert {*COUNTED, "funds", "from_inspection"} <= doors.keys()
    for key, rows in (("carried", [before]), ("found", [now]), ("open", [before, now]), ("overdue", [])):
        shown = client.get(address, {"rows": key}).content.decode()
        told = re.findall(r"<td><a href=\"/cases/(\d+)/\">", shown)
        assert [int(one) for one in told] == [one.pk for one in rows] and doors[key] == str(len(rows)), key
    assert 'id="rows"' not in client.get(address, {"rows": "nonsense"}).content.decode()
    assert f"/hazards/statistics/{enterprise.pk}/2025/0/" in page  # other periods by links,
    assert f"/hazards/statistics/{enterprise.pk}/2024/0/" not in page  # those for which anything is owed


def test_nobody_is_called_late_for_months_before_the_county_began(safe: Safe) -> None:
    worker = signed_in(safe.county.worker)
    assert "逾期未报" not in worker.get("/selfchecks/").content.decode()
    assert "逾期未报" not in worker.get("/hazards/statistics/").content.decode()
    worker.post("/selfchecks/new/?month=2026-09", answers(safe.county.enterprise))
    page = worker.get("/selfchecks/").content.decode()
    assert page.count("逾期未报") == 1 and "2026-08" not in page  # October
