"""Sheets written into a register: what is known is updated, what fails is told, a killed writer resumes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from python_calamine import CalamineWorkbook

from anwei.ledgers import importing
from anwei.ledgers.background import take_up_again
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.examination import Examination
from anwei.ledgers.models import Change
from anwei.ledgers.tasks import write_sheet
from anwei.ledgers.views.sheets import TAKEN_UP_AFTER
from anwei.org.models import Person, Unit
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW, County, county_clerk
from tests.ledgers.enterprises import HEADER, credit_code, line
from tests.ledgers.sheets import look, workbook, write

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_known_rows_are_updated_or_skipped_and_repeats_told(county: County) -> None:
    write("enterprises", [HEADER, line(1), line(2)], actor=county.officer)
    changed, other = line(1), line(3)
    changed[6] = 999
    clash = [*other]
    clash[6] = 5
    found = look("enterprises", HEADER, changed, line(2), other, other, clash, actor=county.officer)
    assert [row.action for row in found.rows[:4]] == ["update", "unchanged", "create", "repeat"]
    assert "第 5 行" not in found.rows[3].repairs[""]
    assert "内容不同" in found.rows[4].refusals[""]
    write("enterprises", [HEADER, changed], actor=county.officer, update=False)
    assert Enterprise.objects.get(credit_code=credit_code(1)).workers == 1
    write("enterprises", [HEADER, changed], actor=county.officer)
    assert Enterprise.objects.get(credit_code=credit_code(1)).workers == 999


def test_an_empty_cell_keeps_what_there_is(county: County) -> None:
    write("enterprises", [HEADER, line(1)], actor=county.officer)
    bare = line(1)
    bare[6] = bare[7] = ""
    found = write("enterprises", [HEADER, bare], actor=county.officer)
    assert found.rows[0].action == "unchanged"
    assert Enterprise.objects.get(credit_code=credit_code(1)).address


def test_nobody_writes_outside_the_own_territory(county: County, browse: Browse) -> None:
    client = browse(county.townsman)
    file = SimpleUploadedFile(
        "名录.xlsx", workbook(HEADER, line(2), line(1))
    )  # line(1) lies in the other town
    page = client.post(reverse("ledger_import", args=["enterprises"]), {"file": file}, follow=True)
    sheet = page.context["sheet"]
    assert (sheet.counts["good"], sheet.counts["refused"]) == (1, 1)  # said before anything is written
    assert "管辖范围" in page.content.decode()
    client.post(reverse("ledger_sheet", args=["enterprises", sheet.pk]), {"keep_good": "1"})
    sheet.refresh_from_db()
    assert (sheet.written, sheet.counts["failed"]) == ({"create": 1}, 0)
    assert Enterprise.objects.filter(credit_code=credit_code(2)).exists()
    assert not Enterprise.objects.filter(credit_code=credit_code(1)).exists()
    assert not Unit.objects.filter(name=line(1)[1]).exists()


def out_of_scope(found: Examination) -> set[int]:
    """Return the numbers of the rows that scope refuses; a room's own rules are another matter."""
    return {row.row.number for row in found.rows if "超出您的管辖范围" in row.refusals.get("", "")}


@pytest.mark.parametrize("who", ["officer", "townsman", "regulator", "boss", "clerk"])
def test_what_the_examination_lets_through_scope_lets_through(county: County, who: str) -> None:
    person: Person = county_clerk() if who == "clerk" else getattr(county, who)
    moved = [*line(2)[:4], "乙镇", *line(2)[5:]]
    write("enterprises", [HEADER, line(2), line(3)], actor=county.officer)
    for code, lines in (
        ("enterprises", [HEADER, *(line(n) for n in range(4, 10)), moved]),
        ("units", [["单位名称", "类别", "属地"], ["丙局", "部门", "测试县"], ["丙村", "村", "乙镇"]]),
    ):
        found = look(code, *lines, actor=person)
        refused, ledger = out_of_scope(found), ledger_of(code)
        with transaction.atomic():
            for row in found.rows:
                row.refusals.clear()
            for row in found.rows:
                importing._write(ledger, [row], actor=person, now=NOW, reason="")
            transaction.set_rollback(True)
        assert out_of_scope(found) <= refused <= {row.row.number for row in found.rows if row.refusals}


def test_by_the_page_examined_then_written_with_an_error_sheet(county: County, browse: Browse) -> None:
    bad = line(3)
    bad[2] = "不是代码"
    client = browse(county.officer)
    file = SimpleUploadedFile("名录.xlsx", workbook(["某县企业名录"], HEADER, line(1), bad))
    page = client.post(reverse("ledger_import", args=["enterprises"]), {"file": file}, follow=True)
    sheet = page.context["sheet"]
    assert (sheet.counts["good"], sheet.counts["refused"]) == (1, 1)
    assert Enterprise.objects.count() == 2  # those of the county
    address = reverse("ledger_sheet", args=["enterprises", sheet.pk])
    assert client.post(address).status_code == 422
    errors = client.get(reverse("ledger_sheet_errors", args=["enterprises", sheet.pk])).content
    heading, row = CalamineWorkbook.from_filelike(io.BytesIO(errors)).get_sheet_by_index(0).to_python()
    assert heading == [*HEADER, "行号", "原因"]
    assert row[1] == bad[1]
    assert row[-2] == 4
    assert "统一社会信用代码" in row[-1]
    done = client.post(address, {"keep_good": "1"}, follow=True)
    assert "已新增 1 条" in done.content.decode()
    assert client.post(address, {"keep_good": "1"}).status_code == 422  # a second click writes nothing twice
    assert browse(county.townsman).get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_killed_writer_is_taken_up_where_it_was(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.kernel.county import build

    county, ledger = build(), ledger_of("enterprises")
    monkeypatch.setattr(importing, "PIECE", 10)
    content = workbook(HEADER, *(line(n) for n in range(60)))
    sheet = importing.hand_in(ledger, "表.xlsx", content, actor=county.officer, now=NOW)
    importing.start_writing(
        importing.examine_import(sheet.pk), importing.Options(), reason="", actor=county.officer
    )
    write_sheet.enqueue(sheet.pk)
    task = DBTaskResult.objects.get()
    task.claim("a process that dies")
    n_pieces, write_piece = 0, importing._write

    def die(*arguments: Any, **named: Any) -> Any:
        nonlocal n_pieces
        n_pieces += 1
        if n_pieces == 4:
            raise KeyboardInterrupt
        return write_piece(*arguments, **named)

    monkeypatch.setattr(importing, "_write", die)
    with pytest.raises(KeyboardInterrupt):
        importing.write_import(sheet.pk, now=NOW)
    monkeypatch.setattr(importing, "_write", write_piece)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.n_done, sheet.written) == ("writing", 30, {"create": 30})
    call_command("tasks")
    sheet.refresh_from_db()
    task.refresh_from_db()
    assert (sheet.status, sheet.n_done, sheet.written) == ("done", 60, {"create": 60})
    assert task.status == TaskResultStatus.SUCCESSFUL
    assert Enterprise.objects.count() == 62
    assert Change.objects.filter(register="sites.enterprise").count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_small_sheet_whose_request_was_killed_is_written_in_the_background(
    transactional_db: None, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.kernel.county import build

    client = browse(build().officer)
    file = SimpleUploadedFile("名录.xlsx", workbook(HEADER, line(1)))
    page = client.post(reverse("ledger_import", args=["enterprises"]), {"file": file}, follow=True)
    sheet = page.context["sheet"]

    def die(*arguments: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(importing, "_write", die)
        client.post(reverse("ledger_sheet", args=["enterprises", sheet.pk]))
    call_command("tasks")  # not yet: the request may still be at it
    sheet.refresh_from_db()
    assert (sheet.status, Enterprise.objects.count()) == ("writing", 2)
    with time_machine.travel(NOW + TAKEN_UP_AFTER + timedelta(minutes=1)):
        call_command("tasks")
    sheet.refresh_from_db()
    assert (sheet.status, sheet.written, Enterprise.objects.count()) == ("done", {"create": 1}, 3)


def test_a_task_that_always_dies_is_given_up(db: None) -> None:
    write_sheet.enqueue(0)
    task = DBTaskResult.objects.get()
    for attempt in range(3):
        task.claim(f"process {attempt}")
        take_up_again()
        task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED


def test_every_row_that_is_not_written_comes_back_with_its_reason(county: County, browse: Browse) -> None:
    clash, long = line(2), line(8)
    clash[6], long[1] = 77, "长" * 200
    messy: list[list[object]] = [
        line(2),
        clash,
        ["", "没有代码的公司", "", "煤矿", "甲镇"],
        ["", "", credit_code(4), "煤矿", "甲镇"],
        line(3),  # of the other town
        [*line(6)[:3], "养殖", "丙镇", "不知道", "很多"],
        long,
        ["", "坏\0公司", *line(10)[2:]],
        [*line(12), "备注", "多出来的", "格子"],
    ]
    text = io.StringIO()
    csv.writer(text).writerows([["某县企业名录"], [*HEADER, "备\0注"], [], *messy, ["合计", "9 家"]])
    client = browse(county.townsman)
    file = SimpleUploadedFile("名录.csv", text.getvalue().encode("gb18030"))
    sheet = client.post(reverse("ledger_import", args=["enterprises"]), {"file": file}, follow=True).context[
        "sheet"
    ]
    assert (sheet.counts["good"], sheet.counts["refused"]) == (2, 7)
    client.post(reverse("ledger_sheet", args=["enterprises", sheet.pk]), {"keep_good": "1"})
    answer = client.get(reverse("ledger_sheet_errors", args=["enterprises", sheet.pk])).content
    _heading, *rows = CalamineWorkbook.from_filelike(io.BytesIO(answer)).get_sheet_by_index(0).to_python()
    assert [row[-2] for row in rows] == [5, 6, 7, 8, 9, 10, 11]
    assert all(row[-1] for row in rows)
    assert "含有不能保存的字符" in rows[-1][-1]
    assert Enterprise.objects.filter(credit_code__in=[credit_code(2), credit_code(12)]).count() == 2
    assert Enterprise.objects.count() == 4  # and the two of the county
