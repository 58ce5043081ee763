"""Sheets as counties hand them in: found, mended, doubted, refused, written, resumed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from python_calamine import CalamineWorkbook

from anwei.ledgers import importing
from anwei.ledgers.background import take_up_again
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Change, SheetImport
from anwei.ledgers.ooxml import UnsafeOffice, require_safe
from anwei.ledgers.sheets import BadSheet, read_file
from anwei.ledgers.tasks import write_sheet
from anwei.org.models import Holding, Person, Post, Unit
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW, County, county_clerk
from tests.ledgers.enterprises import HEADER, credit_code, line
from tests.ledgers.sheets import look, workbook, write

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_titles_merged_cells_wide_digits_and_many_dates(county: County) -> None:
    lines = [
        ["测试县安全生产责任人名册"],
        ["填表日期：2026年11月"],
        ["序号", "工作单位", "职 务", "姓　名", "联系电话", "任现职时间"],
        [1, "", "局长", "王一", "１３８００００００１１", "2024.5.6"],
        [2, "", "副局长", "李二", "138 0000 0012", "二〇二四年五月六日"],
        [3, "甲镇人民政府", "安监员", "赵三", "0355-1234567", 45418],
        ["合计", "3人"],
        ["填表人：某某"],
    ]
    merged = ((0, 0, 0, 5, "测试县安全生产责任人名册"), (3, 1, 4, 1, "测试县水利局"))
    clerk = county_clerk()
    found = look("roster", *lines, actor=clerk, merged=merged)
    assert [row.state for row in found.rows] == ["repaired"] * 3
    assert {row.values["from_on"] for row in found.rows} == {date(2024, 5, 6)}
    assert [row.values["phone"] for row in found.rows] == ["13800000011", "13800000012", "03551234567"]
    assert [row.values["unit"] for row in found.rows] == ["测试县水利局", "测试县水利局", "甲镇人民政府"]
    write(
        "roster",
        [*lines[2:3], *[[n, "测试县水利局", *rest] for n, _u, *rest in lines[3:5]]],
        actor=clerk,
    )
    unit = Unit.objects.get(name="测试县水利局")
    assert (unit.kind, unit.territory) == ("department", "999001")
    assert [(post.title, post.kind) for post in unit.posts.order_by("pk")] == [
        ("局长", "principal"),
        ("副局长", "deputy"),
    ]
    holder = Holding.objects.get(post__unit=unit, post__title="局长")
    assert (holder.person.full_name, holder.from_on, holder.person.has_usable_password()) == (
        "王一",
        date(2024, 5, 6),
        False,
    )


def test_an_unknown_unit_is_doubted_with_the_nearest_names_and_waits_for_a_decision(county: County) -> None:
    head = ["单位", "职务", "姓名"]
    clerk = county_clerk()
    lines = (
        ["甲化工有限公司", "厂长", "钱一"],  # no such enterprise; one is named almost so
        ["测试县应急局", "科员", "孙二"],  # a department written short
        ["测试县水利局", "局长", "周三"],  # a new one, like no other
        ["乙镇人民政府", "镇长", "吴四"],  # new, and only its kind is like another's
        ["东方矿业公司", "矿长", "郑五"],
        ["甲化工厂", "副厂长", "王六"],
    )
    found = look("roster", head, *lines, actor=clerk)
    assert [row.state for row in found.rows] == ["doubtful", "doubtful", "good", "good", "doubtful", "good"]
    first, second, fifth = (found.rows[number].doubts[""] for number in (0, 1, 4))
    assert "名称相近的有：甲化工厂" in first and "企业台账" in first
    assert "名称相近的有：测试县应急管理局" in second and "将登记为部门" in second
    assert "相近" not in fifth and "须先在企业台账登记" in fifth
    assert "甲化工厂" not in "".join(
        look("roster", head, lines[0], actor=county.stranger).rows[0].doubts.values()
    )
    before = Unit.objects.count()
    write("roster", [head, *lines], actor=clerk)
    assert Unit.objects.count() == before + 2  # the two that are new beyond doubt; the others wait
    assert set(
        Person.objects.filter(full_name__in=[line[2] for line in lines]).values_list("full_name", flat=True)
    ) == {"周三", "吴四", "王六"}


def test_a_row_is_good_repaired_doubtful_or_refused(county: County) -> None:
    good, wide, near, bad, wrong_check = line(1), line(2), line(4), line(5), line(6)
    wide[6], near[3], bad[2] = "约１２０人", "煤矿企业类", "9199"
    wrong_check[2] = credit_code(6)[:-1] + ("0" if credit_code(6)[-1] != "0" else "1")
    far = line(7)
    far[3] = "养殖"
    found = look("enterprises", HEADER, good, wide, near, bad, wrong_check, far, actor=county.officer)
    states = [row.state for row in found.rows]
    assert (
        states == ["good", "doubtful", "refused", "refused", "doubtful", "refused"] or states[2] == "doubtful"
    )
    assert "校验位" in found.rows[4].doubts["credit_code"]
    assert "18 位" in found.rows[3].refusals["credit_code"]
    assert "可选范围" in found.rows[5].refusals["sector"]
    assert found.rows[1].values["workers"] == 120
    assert not Change.objects.filter(
        register="sites.enterprise", content__values__name="示例00001有限公司"
    ).exists()


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


def test_a_sensitive_change_needs_a_reason(county: County, browse: Browse) -> None:
    write("enterprises", [HEADER, line(1)], actor=county.officer)
    row = Enterprise.objects.get(credit_code=credit_code(1))
    client, address = browse(county.officer), reverse("ledger_edit", args=["enterprises", row.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    answer = client.post(address, {**fields, "status": "停产"})
    assert answer.status_code == 422
    assert "须说明理由" in answer.content.decode()
    client.post(address, {**fields, "status": "停产", "reason": "市场原因"})
    row.refresh_from_db()
    change = Change.objects.filter(register="sites.enterprise", row=str(row.pk)).latest("number")
    assert (row.status, change.reason, change.content) == (
        "stopped",
        "市场原因",
        {"changed": {"status": ["producing", "stopped"]}},
    )
    page = client.get(reverse("ledger_row", args=["enterprises", row.pk])).content.decode()
    assert "理由：市场原因" in page
    assert '<del class="muted">生产</del> → 停产' in page


def test_nobody_writes_outside_the_own_territory(county: County) -> None:
    found = write(
        "enterprises", [HEADER, line(2), line(1)], actor=county.townsman
    )  # line(1) lies in the other town
    assert [bool(row.refusals) for row in found.rows] == [False, True]
    assert "管辖范围" in found.rows[1].refusals[""]
    assert Enterprise.objects.filter(credit_code=credit_code(2)).exists()
    assert not Enterprise.objects.filter(credit_code=credit_code(1)).exists()
    assert not Unit.objects.filter(name=line(1)[1]).exists()


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


def test_a_task_that_always_dies_is_given_up(db: None) -> None:
    write_sheet.enqueue(0)
    task = DBTaskResult.objects.get()
    for attempt in range(3):
        task.claim(f"process {attempt}")
        take_up_again()
        task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED


def test_bombs_and_strangers_are_refused_before_parsing() -> None:
    good = workbook(HEADER, line(1))

    def with_member(name: str, content: bytes) -> bytes:
        made = io.BytesIO(good)
        with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return made.getvalue()

    many = io.BytesIO(good)
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(2_001):
            archive.writestr(f"xl/{number}", b"")
    bombs = {
        "flat": with_member("xl/a.xml", b"0" * 60_000_000),
        "entities": with_member("xl/a.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'),
        "macro": with_member("xl/vbaProject.bin", b"x"),
        "slip": with_member("../../etc/x", b"x"),
        "many": many.getvalue(),
        "cut": good[:-30],
        "text": b"not a zip",
    }
    require_safe(good, "xlsx")
    for name, content in bombs.items():
        with pytest.raises(UnsafeOffice):
            require_safe(content, "xlsx")
            pytest.fail(name)
    with pytest.raises(UnsafeOffice):
        require_safe(good, "docx")


def test_a_sheet_that_spans_the_world_stays_in_the_child(county: County) -> None:
    content = io.BytesIO()
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER))) as source, zipfile.ZipFile(content, "w") as target:
        for member in source.infolist():
            target.writestr(member, sheet if member.filename.endswith("sheet1.xml") else source.read(member))
    with pytest.raises(BadSheet, match="大得不像"):
        read_file(ledger_of("enterprises"), "表.xlsx", content.getvalue())


def test_missing_columns_are_named(county: County) -> None:
    with pytest.raises(BadSheet, match="统一社会信用代码（也可写作"):
        look(
            "enterprises", ["单位名称", "所属行业", "所属乡镇"], ["甲", "煤矿", "甲镇"], actor=county.officer
        )


def test_the_grid_loses_nothing_and_writes_what_is_right(county: County, browse: Browse) -> None:
    client, address = browse(county.officer), reverse("ledger_grid", args=["sites"])
    wrong = "罐区\tGQ-9\t没有的企业\t罐区\t\t\n库房\tKF-9\t甲化工厂"
    page = client.post(address, {"rows": wrong})
    assert page.status_code == 422
    assert wrong in page.content.decode().replace("\r\n", "\n")
    assert page.context["grid"]["faults"][0][:3] == [0, 2, "refused"]
    done = client.post(address, {"rows": wrong.replace("没有的企业", "甲化工厂")})
    assert "已新增 2 条" in done.content.decode()


def test_many_people_leave_only_with_a_reason(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anwei.ledgers.outgoing.FREE_PERSONAL_ROWS", 3)
    client, address = browse(county.officer), reverse("ledger_export", args=["people"]) + "?form=csv"
    assert "须说明理由" in client.get(address).content.decode()
    answer = client.post(address, {"form": "csv", "reason": "年度核对"})
    assert answer["Content-Disposition"].startswith("attachment")
    change = Change.objects.filter(register="ledgers.export").latest("pk")
    assert (change.reason, change.content["rows"]) == ("年度核对", 6)
    full = client.get(address + "&full=1")
    assert "须说明理由" in full.content.decode()


def test_many_rows_change_by_one_act(county: County, browse: Browse) -> None:
    write("enterprises", [HEADER, line(2), line(4)], actor=county.officer)
    keys = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    client, address = browse(county.townsman), reverse("ledger_batch", args=["enterprises"])
    client.post(address, {"row": keys, "set": "status=stopped"})
    assert not Enterprise.objects.filter(status="stopped").exists()  # a reason is missing
    client.post(address, {"row": keys, "set": "status=stopped", "reason": "检修"})
    assert Enterprise.objects.filter(status="stopped").count() == 3  # that of the other town stays
    assert Post.objects.filter(unit__enterprise__status="stopped", kind="principal").count() >= 2


def test_a_view_is_kept_for_its_owner(county: County, browse: Browse) -> None:
    client = browse(county.officer)
    client.post(
        reverse("ledger_views", args=["enterprises"]), {"name": "煤矿", "query": "sector=coal&columns=name"}
    )
    page = client.get(reverse("ledger", args=["enterprises"]) + "?sector=coal&columns=name").content.decode()
    assert "?sector=coal&amp;columns=name" in page
    assert "甲化工厂" not in page
    assert (
        "煤矿</a>"
        not in browse(county.townsman).get(reverse("ledger", args=["enterprises"])).content.decode()
    )
    assert SheetImport.objects.count() == 0
