"""隐患台账: sheets of a county and of the province file hazards once, and rewrite nothing that was found."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook
from time_machine import TimeMachineFixture

from anwei.cases.models import Entry
from anwei.cases.verify import verify
from anwei.hazards.models import Hazard, PastHazard
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.examination import examine
from anwei.ledgers.models import Change, SavedView
from anwei.ledgers.sheets import read_file
from anwei.portal.system.figures import set_figure
from anwei.portal.system.provincial import ProvincialSheet
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, FIXED, ORDERED, VERIFIED, act, file, picture, signed_in
from tests.kernel.county import NOW, TOWN, county_clerk
from tests.ledgers.sheets import look, workbook, write

pytestmark = pytest.mark.db
HEADER = [
    "序号",
    "单位名称",
    "隐患部位",
    "存在问题",
    "检查时间",
    "隐患级别",
    "整改时限",
    "整改责任人",
    "整改状态",
]
LINES: list[list[Any]] = [
    [1, "甲化工厂", "一号罐区", "围堰有裂缝", "2026年11月20日", "重大隐患", "2026.12.20", "厂长", "未整改"],
    [2, "甲化工厂", "配电室", "未设挡鼠板", "20261121", "一般", "", "", ""],
    [3, "乙煤矿", "井口", "栏杆缺失", "二〇二六年十一月二十二日", "一般隐患", "", "矿长", "正在整改"],
]


def test_a_countys_own_sheet_files_hazards_and_twice_changes_nothing(safe: Safe) -> None:
    clerk = county_clerk()
    found = write("hazards", [["某县隐患排查台账"], HEADER, *LINES], actor=clerk)
    assert found.actions["create"] == 3 and found.table.unused == ("序号",)
    cracked = Hazard.objects.get(description="围堰有裂缝")
    assert (cracked.number, cracked.phase, cracked.grade) == ("YH202600001", "registered", "")
    assert (cracked.enterprise, cracked.origin) == (safe.county.enterprise, "inspection")
    assert timezone.localdate(cracked.found_at).isoformat() == "2026-11-20"
    first = Entry.objects.get(case=cracked.pk, verb="open")
    assert first.actor == clerk and "等级 重大" in first.note and "期限 2026-12-20" in first.note
    assert not verify().broken
    before, n_changes = list(Hazard.objects.values()), Change.objects.count()
    again = write("hazards", [HEADER, *LINES], actor=clerk)
    assert again.actions["unchanged"] == 3 and again.counts["refused"] == 0
    assert (list(Hazard.objects.values()), Change.objects.count()) == (before, n_changes)


def test_what_was_found_is_not_rewritten_and_the_refusal_says_why(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    other = file(safe.inspector, safe.county.enterprise.pk, key="k2", description="通道堵塞")
    head = ["编号", "描述", "检查日期", "省平台编号"]
    day = "2026-11-24"
    clerk = county_clerk()
    found = write(
        "hazards",
        [head, [hazard.number, "没有问题", day, ""], [other.number, "通道堵塞", day, "S1"]],
        actor=clerk,
    )
    assert [row.state for row in found.rows] == ["refused", "good"]
    assert "已封存" in found.rows[0].refusals[""]
    hazard.refresh_from_db()
    other.refresh_from_db()
    assert hazard.description.startswith("一号罐围堰") and other.provincial_number == "S1"
    assert not verify().broken
    by_province = look("hazards", [*head[1:]], ["通道堵塞了", day, "S1"], actor=clerk)
    assert by_province.rows[0].existing == other and "已封存" in by_province.rows[0].refusals[""]
    another = look("hazards", head, [other.number, "通道堵塞", day, "S2"], actor=clerk)
    assert "已有省平台编号“S1”" in another.rows[0].refusals[""]
    lost = look("hazards", head, ["YH202600099", "x", day, ""], actor=clerk)
    assert "没有编号为“YH202600099”的隐患" in lost.rows[0].refusals[""]


def test_two_lines_that_mean_one_hazard_by_different_numbers_are_told_at_the_dry_run(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    Hazard._base_manager.filter(pk=hazard.pk).update(provincial_number="S1")
    head, said = ["编号", "省平台编号", "描述", "检查日期"], [hazard.description, "2026-11-24"]
    found = look("hazards", head, [hazard.number, "", *said], ["", "S1", *said], actor=county_clerk())
    assert [row.existing for row in found.rows] == [hazard, hazard]
    assert "与第 2 行是同一记录而内容不同" in found.rows[1].refusals[""] and not found.rows[0].refusals


def test_a_form_and_a_batch_of_the_register_rewrite_nothing_either(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    client = signed_in(county_clerk())
    address = f"/ledgers/hazards/{hazard.pk}/edit/"
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    answer = client.post(address, {**fields, "description": "没有问题"})
    assert answer.status_code == 422 and "已封存" in answer.content.decode()
    client.post("/ledgers/hazards/batch/", {"row": [str(hazard.pk)], "set": "grade=major"})
    hazard.refresh_from_db()
    assert hazard.description.startswith("一号罐围堰") and hazard.grade == ""


def test_open_rows_of_a_provincial_sheet_become_cases_and_closed_ones_do_not(safe: Safe) -> None:
    head = ["省平台编号", "企业名称", "隐患描述", "排查日期", "整改状态", "销号日期"]
    lines = [
        ["S1", "甲化工厂", "管道锈蚀", "2026-10-01", "整改中", ""],
        ["S2", "甲化工厂", "标识缺失", "2025-10-01", "已销号", "2025-10-20"],
    ]
    clerk = county_clerk()
    found = write("hazards", [head, *lines], actor=clerk)
    assert [row.state for row in found.rows] == ["good", "refused"]
    assert "请导入“往年、外部隐患”台账" in found.rows[1].refusals[""]
    hazard = Hazard.objects.get()
    assert (hazard.provincial_number, hazard.origin) == ("S1", "upper")
    past = write("past-hazards", [head, *lines[1:]], actor=clerk)
    assert [row.action for row in past.rows] == ["create"], past.rows[0].refusals
    kept = PastHazard.objects.get()
    told = (kept.source, kept.number, kept.territory, kept.sector, kept.status)
    assert told == ("外部台账", "S2", TOWN, "chemical", "closed")
    again = write("past-hazards", [head, *lines[1:]], actor=clerk)
    assert [row.action for row in again.rows] == ["unchanged"]


def test_nobody_files_by_a_sheet_what_lies_out_of_sight(safe: Safe) -> None:
    found = look("hazards", HEADER, *LINES, actor=safe.county.townsman)
    assert [row.state for row in found.rows][:2] != ["refused", "refused"]
    assert found.rows[2].refusals  # the mine lies in the other town
    client = signed_in(safe.county.stranger)
    assert client.get("/ledgers/hazards/import/").status_code == 403


def test_by_the_page_a_sheet_is_looked_at_first_and_then_written(safe: Safe) -> None:
    client = signed_in(county_clerk())
    sheet = SimpleUploadedFile("台账.xlsx", workbook(HEADER, *LINES))
    address = client.post("/ledgers/hazards/import/", {"file": sheet}).url
    page = client.get(address).content.decode()
    assert "新增 3" in page and not Hazard.objects.exists()
    client.post(address)
    assert "已新增 3 条" in client.get(address).content.decode()
    assert Hazard.objects.count() == 3


def test_the_provinces_sheet_goes_out_in_its_columns_and_comes_back_changing_nothing(safe: Safe) -> None:
    clerk = county_clerk()
    write("hazards", [HEADER, *LINES], actor=clerk)
    for header in ("省平台编号", "隐患编码"):
        set_figure(
            ProvincialSheet(),
            "provincial_number",
            {"header": header},
            actor=clerk,
            now=NOW,
            reason="省厅模板",
        )
        answer = signed_in(clerk).get("/hazards/provincial.xlsx?grade=&search=")
        assert answer.status_code == 200
        found = examine(
            ledger_of("hazards"), read_file(ledger_of("hazards"), "省.xlsx", answer.content), clerk
        )
        assert found.table.header[0] == header
        assert [row.action for row in found.rows] == ["unchanged"] * 3
        given = found.table.columns[0]
        assert given is not None and given.name == "provincial_number"
    assert Change.objects.filter(register="ledgers.export", row="hazards").count() == 2
    with pytest.raises(ValueError, match="同一个列名"):
        set_figure(
            ProvincialSheet(), "place", {"header": "隐患编码"}, actor=clerk, now=NOW, reason="省厅模板"
        )


def test_measures_and_who_answers_leave_with_every_hazard_that_is_ordered(safe: Safe) -> None:
    plant, client = safe.county.enterprise.pk, signed_in(county_clerk())

    def sheet(address: str) -> list[dict[str, Any]]:
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(client.get(address).content))
            .get_sheet_by_index(0)
            .to_python()
        )
        head = next(row for row in rows if "描述" in row or "隐患描述" in row)
        return [dict(zip(map(str, head), row, strict=True)) for row in rows[rows.index(head) + 1 :]]

    taken = file(safe.inspector, plant)
    act(safe.verifier, taken, "order", **ORDERED)
    act(safe.county.worker, taken, "accept")
    given = file(safe.inspector, plant, key="k2", description="通道堵塞")
    act(safe.verifier, given, "order", **ORDERED | {"requirement": "清理通道"})
    file(safe.inspector, plant, key="k3", description="门锁坏", criterion=CRITERION)
    told = [(row["治理措施"] or "", row["整改责任人"] or "") for row in sheet("/hazards/provincial.xlsx")[:3]]
    ordered = [("修补围堰", "worker"), ("清理通道", "安全科长")]
    assert sorted(told) == sorted([*ordered, ("", "")])
    ledger = sheet("/ledgers/hazards/export/?form=xlsx")[:3]
    assert {(row["措施"] or "", row["责任人"] or "") for row in ledger} == {*ordered, ("", "")}
    clauses = {row["条款、检查项"] for row in ledger}
    assert any(str(one).startswith(f"{CRITERION} 特种作业人员") for one in clauses), clauses


def test_the_list_leads_to_the_case_and_says_whose_turn_it_is_and_what_is_late(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    act(safe.verifier, hazard, "order", **ORDERED)
    client = signed_in(safe.verifier)
    page = client.get(
        "/ledgers/hazards/?columns=number&columns=turn&columns=remaining&columns=n_before"
    ).content.decode()
    assert f'href="/cases/{hazard.pk}/"' in page and 'href="/hazards/new/"' in page
    assert "甲化工厂 安全科长" in page and re.search(r"剩 \d+ 天|今天到期", page)
    hazard.refresh_from_db()
    Hazard.objects.filter(pk=hazard.pk).update(deadline=NOW - timedelta(days=2))
    assert "▲ 超期 2 天" in client.get("/ledgers/hazards/?late=True").content.decode()
    assert 'id="counts">0 条' in client.get("/ledgers/hazards/?late=False").content.decode()


def test_ready_views_and_filters_narrow_to_what_they_say(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    plant = safe.county.enterprise.pk
    done = file(safe.inspector, plant)
    act(safe.verifier, done, "order", **ORDERED)
    act(safe.county.worker, done, "accept")
    act(safe.county.worker, done, "fix", **FIXED, evidence=picture(colour="green"))
    act(safe.verifier, done, "verify", **VERIFIED, evidence=picture(colour="red"))
    act(safe.verifier, done, "close")
    time_machine.move_to(NOW + timedelta(hours=1))
    file(safe.inspector, plant, key="k2", found_at="2026-11-24T10:30")  # the same again: a repeat
    file(safe.inspector, plant, key="k3", description="通道堵塞", criterion="GM-03-02")
    client = signed_in(safe.verifier)

    def n(query: str) -> int:
        page = client.get(f"/ledgers/hazards/?{query}").content.decode()
        return int(re.search(r'id="counts">(\d+) 条', page)[1])  # type: ignore[index]

    assert [n(query) for query in ("a=1", "open=True", "repeats_another=True", "grade=major")] == [3, 2, 1, 0]
    assert [
        n(query) for query in ("timing=on_time", "clause=GM", "since=2026-11-01", "until=2026-10-31")
    ] == [
        1,
        1,
        3,
        0,
    ]
    assert [n(query) for query in ("since=0001-01-01", "until=9999-12-31", "since=9999-12-31")] == [3, 3, 0]
    assert [n(query) for query in ("clause=-", "grade=-", "sector=-")] == [2, 2, 0]
    assert [n(query) for query in ("township=999001101", "township=999001102", "sector=chemical")] == [
        3,
        0,
        3,
    ]
    row = client.get(
        "/ledgers/hazards/?open=False&columns=verifier&columns=n_after&columns=number"
    ).content.decode()
    assert "verifier" in row
    client.post("/ledgers/hazards/views/", {"name": "我的", "query": "open=True"})
    assert SavedView.objects.get().query == "open=True"
    assert "重大隐患台账" in client.get("/ledgers/hazards/").content.decode()


def test_the_same_words_in_another_township_are_another_hazard(safe: Safe) -> None:
    """Of nobody's hazards: neither lost as unchanged, nor refused for one out of the reader's sight."""
    clerk = county_clerk()
    write(
        "hazards",
        [["企业名称", "隐患描述", "排查日期", "隐患部位"], ["乙煤矿", "灭火器过期", "2026-11-20", ""]],
        actor=clerk,
    )
    Hazard._base_manager.update(enterprise=None, site=None)
    head = ["属地", "行业", "隐患描述", "排查日期", "隐患部位"]
    line = [TOWN, "消防", "灭火器过期", "2026-11-20", ""]
    of_county = look("hazards", head, line, actor=clerk)
    assert [row.existing for row in of_county.rows] == [None]
    of_town = look("hazards", head, line, actor=safe.county.townsman)
    assert not any("管辖范围之外" in said for row in of_town.rows for said in row.refusals.values())


def test_a_second_file_does_not_rewrite_a_record_of_the_same_number_unasked(safe: Safe) -> None:
    clerk = county_clerk()
    head = ["编号", "检查日期", "属地", "行业", "描述", "来源系统", "状态", "办结日期"]

    def line(text: str) -> list[str]:
        return ["N1", "2011-03-02", TOWN, "消防", text, "X", "已办结", "2011-03-05"]

    write("past-hazards", [head, line("甲")], actor=clerk)
    again = look("past-hazards", head, line("甲"), actor=clerk)
    assert [row.doubts for row in again.rows] == [{}]
    other = look("past-hazards", head, line("乙"), actor=clerk)
    assert ["会改写它" in said for row in other.rows for said in row.doubts.values()] == [True]
