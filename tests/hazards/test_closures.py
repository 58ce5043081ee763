"""The closure table: each cell as another way of counting finds it, each number a door to just its rows."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from python_calamine import CalamineWorkbook

from anwei.hazards.closures import COUNTY_TIME, Counts, closures
from anwei.hazards.models import PastHazard
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.register_page import filtered_rows
from tests.hazards.complaints import COMPLAINTS, HEADER, complaints, draw_wards, reckoned, sample, sheet
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, ORDERED, act, file, picture, signed_in
from tests.kernel.county import NOW, TOWN, county_clerk

pytestmark = pytest.mark.db
TODAY, LIMIT = date(2026, 11, 24), 15


def bring_in(path: Path, content: bytes, *words: str) -> tuple[str, str]:
    """Import a sheet by the command; return what it told on stdout and stderr."""
    path.write_bytes(content)
    told, progress = io.StringIO(), io.StringIO()
    command = ["ledger", "import", "past-hazards", str(path), "--doubtful", *words]
    call_command(*command, stdout=told, stderr=progress)
    return told.getvalue(), progress.getvalue()


def numbers(counts: Counts) -> list[int]:
    return [counts.filed, counts.closed, counts.on_time, counts.overdue, counts.not_counted]


def test_the_table_of_a_sample_is_what_another_count_finds(safe: Safe, tmp_path: Path) -> None:
    draw_wards()
    rows = sample(600)
    told, _progress = bring_in(tmp_path / "sample.csv", sheet(rows))
    assert '"create": 600' in told and '"refused": 0' in told and PastHazard.objects.count() == 600
    expected = reckoned(rows, TODAY, LIMIT)
    found = closures(None, NOW).by_place["past-hazards"]
    assert {place: numbers(counts) for place, counts in found.items()} == expected
    again, _progress = bring_in(tmp_path / "sample.csv", sheet(rows))
    assert '"unchanged": 600' in again and PastHazard.objects.count() == 600


@pytest.mark.skipif(not COMPLAINTS.exists(), reason=f"{COMPLAINTS.name} is not at hand")
def test_a_part_of_the_real_file_is_counted_to_the_unit(safe: Safe, tmp_path: Path) -> None:
    draw_wards()
    rows = complaints()[::20]
    bring_in(tmp_path / "part.csv", sheet(rows))
    found = closures(None, NOW).by_place["past-hazards"]
    assert {place: numbers(one) for place, one in found.items()} == reckoned(rows, TODAY, LIMIT)


def test_every_number_of_the_page_opens_just_its_rows(safe: Safe, tmp_path: Path) -> None:
    draw_wards()
    bring_in(tmp_path / "sample.csv", sheet(sample(200)))
    clerk = county_clerk()
    browser = signed_in(clerk)
    ours(safe)
    told: dict[tuple[str, str], int] = {}
    for query in ("", "?year=2011", "?year=2012&month=2012-03", "?year=2011&township=999001801"):
        page = browser.get(f"/hazards/closures/{query}")
        assert page.status_code == 200
        doors = re.findall(
            r'<a href="/ledgers/([a-z-]+)/\?([^"]+)"[^>]*>(\d+)</a>',
            page.content.decode().replace("&amp;", "&"),
        )
        assert doors
        for code, narrow, number in doors:
            assert told.setdefault((code, narrow), int(number)) == int(number), (code, narrow)
    opened = set()  # a page of each kind of link; of every link the rows that such a page shows
    for (code, narrow), number in told.items():
        assert filtered_rows(ledger_of(code), _query(narrow), clerk).count() == number, (code, narrow)
        kind = (code, re.sub(r"=[\d-]+", "", narrow))
        if kind not in opened:
            assert n_rows(browser, code, narrow) == number, (code, narrow)
        opened.add(kind)
    assert len(opened) > 12


def n_rows(browser: Client, code: str, query: str) -> int:
    page = browser.get(f"/ledgers/{code}/?{query}").content.decode()
    return int(re.search(r'id="counts">(\d+) 条', page)[1])  # type: ignore[index]


def ours(safe: Safe) -> None:
    """File one hazard in time, one that nobody put right, and one that is none."""
    plant = safe.county.enterprise.pk
    good, bad, none = (
        file(safe.inspector, plant, key=f"k{n}", description=text, found_at="2026-11-20T09:00")
        for n, text in enumerate(("灭火器过期", "通道堵塞", "看错了一处"))
    )
    for hazard in (good, bad):
        assert act(safe.verifier, hazard, "order", **ORDERED).status_code == 302
    paper = {"reason": "现场没有", "evidence": picture()}
    assert act(safe.verifier, none, "false_report", **paper).status_code in (302, 422)
    bad.clocks.filter(met_by="fix").update(due_at=NOW.replace(day=22))


def test_our_own_hazards_are_counted_by_the_clock_of_putting_right(safe: Safe) -> None:
    ours(safe)
    found = closures(None, NOW, year=2026).of("hazards", month="2026-11", township=TOWN)
    assert (found.filed + found.not_counted, found.closed - 0, found.overdue) == (3, found.closed, 1)
    assert closures(safe.county.stranger, NOW).of("hazards") == Counts()
    assert NOW.astimezone(COUNTY_TIME).year == LATER.year


@pytest.mark.parametrize(
    "address",
    ["/hazards/closures/?year=1", "/hazards/closures/?year=9999", "/hazards/beside/?q=aa&sector=nosuch"],
)
def test_odd_addresses_are_answered(safe: Safe, address: str) -> None:
    assert signed_in(safe.inspector).get(address).status_code == 200


def test_the_sheet_has_every_month_and_township(safe: Safe, tmp_path: Path) -> None:
    draw_wards()
    rows = sample(200)
    bring_in(tmp_path / "sample.csv", sheet(rows))
    answer = signed_in(county_clerk()).get("/hazards/closures/?export=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert book[0] == ["月份", "乡镇", "登记", "办结", "其中按期", "超期", "不计"]
    assert len(book) == len(reckoned(rows, TODAY, LIMIT)) + 2  # heading and mark
    assert sum(line[2] + line[6] for line in book[1:-1]) == 200


def test_a_number_that_comes_twice_is_doubted_and_nothing_of_it_is_lost(safe: Safe, tmp_path: Path) -> None:
    draw_wards()
    rows = sample(14)
    twice = sheet([*rows, {**rows[0], "Completion_Date": "2012-12-31", "Status": "Completed"}])
    (tmp_path / "twice.csv").write_bytes(twice)
    told = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("ledger", "import", "past-hazards", str(tmp_path / "twice.csv"), stdout=told)
    assert "编号与第 2 行相同" in told.getvalue()
    bring_in(tmp_path / "twice.csv", twice)
    assert (
        sorted(
            PastHazard.objects.filter(number=rows[0]["Service_Request_Number"]).values_list("turn", flat=True)
        )[-1]
        >= 2
    )
    assert PastHazard.objects.count() == 15


def test_half_told_records_are_refused_with_a_sentence(safe: Safe) -> None:
    from tests.ledgers.sheets import look

    lines = [
        [*HEADER[:7], "描述"],
        ["A1", "册", "2020-01-02", "", "已办结", "甲镇", "", "x"],
        ["A2", "册", "2020-01-02", "2020-02-01", "未办结", "甲镇", "", "x"],
        ["A3", "册", "2020-01-02", "2019-02-01", "已办结", "甲镇", "", "x"],
    ]
    found = look("past-hazards", *lines, actor=county_clerk())
    assert [row.refusals.get("") for row in found.rows] == [
        "已办结的须写明办结日期",
        "未办结的不能有办结日期",
        "办结日期不能早于登记日期",
    ]


def test_exported_records_come_back_unchanged(safe: Safe, tmp_path: Path) -> None:
    draw_wards()
    bring_in(tmp_path / "sample.csv", sheet(sample(60)))
    call_command("ledger", "export", "past-hazards", "-o", str(tmp_path / "out.csv"), stdout=io.StringIO())
    lines = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert len(lines) == 62
    told, _progress = bring_in(tmp_path / "again.csv", (tmp_path / "out.csv").read_bytes())
    assert '"unchanged": 60' in told
    rows = filtered_rows(ledger_of("past-hazards"), _query("timing=not_counted"), None)
    assert rows.count() == PastHazard.objects.filter(status__contains="duplicate").count() > 0


def _query(text: str):  # type: ignore[no-untyped-def]
    from django.http import QueryDict

    return QueryDict(text)
