"""The contract of every register, found by discovery: a new one is tested the day it is declared."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from anwei.ledgers.cells import FALSE, TRUE, read
from anwei.ledgers.declaration import Column, Ledger, ledgers
from anwei.ledgers.examination import choosings_of, examine
from anwei.ledgers.importing import Options, write_rows
from anwei.ledgers.masking import masked
from anwei.ledgers.models import Change
from anwei.ledgers.outgoing import Outgoing, sheet_of
from anwei.ledgers.register_page import filtered_rows
from anwei.ledgers.release import EXPORTS
from anwei.ledgers.sheets import Page as SheetPage
from anwei.ledgers.sheets import read_file, typed_table, under_header
from anwei.ledgers.template_sheet import template_sheet
from anwei.org.models import Person
from tests.kernel.county import NOW, County, county_clerk
from tests.ledgers.filled import CANARY
from tests.ledgers.sheets import workbook

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
LEDGERS = [pytest.param(ledger, id=ledger.code) for ledger in ledgers()]
every = pytest.mark.parametrize("ledger", LEDGERS)
OF_A_HAZARD = {
    ("hazards", "enterprise"): "甲化工厂",  # somebody's or nobody's: no column alone is required
    ("hazards", "closed_on"): "",  # what was closed elsewhere becomes no case
    ("inspectors", "unit"): "测试县应急管理局",  # where the person holds a post
    ("inspectors", "full_name"): "officer",
}


@every
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_export_comes_back_unchanged(ledger: Ledger, form: str, county: County) -> None:
    rows = ledger.visible(county.officer)
    before = list(rows.values())
    assert before, "nothing to export"
    content = sheet_of(Outgoing(ledger, rows, county.officer, NOW), form)
    found = examine(ledger, read_file(ledger, f"导出.{form}", content), county.officer)
    assert len(found.rows) == len(before)
    assert {row.action for row in found.rows} == {"unchanged"}, [row.sentences(ledger) for row in found.rows]
    n_changes = Change.objects.count()
    assert not write_rows(
        ledger, found, Options(doubtful=True, keep_good=True), actor=county.officer, now=NOW
    )
    assert list(rows.values()) == before
    assert Change.objects.count() == n_changes


@every
def test_template_is_taken_as_it_is(ledger: Ledger, county: County) -> None:
    content = template_sheet(ledger, county.officer)
    table = read_file(ledger, "模板.xlsx", content)
    assert [column.name for column in table.columns if column] == [column.name for column in ledger.entered]
    assert table.rows == ()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    choosable = [column for column in ledger.entered if column.kind in ("choice", "boolean")]
    assert sheet.count("<dataValidation ") == len(choosable)


@every
def test_a_new_row_is_written_and_logged(ledger: Ledger, county: County) -> None:
    columns, keeper = list(ledger.entered), county_clerk()
    line = [example(ledger, column, county) for column in columns]
    found = examine(ledger, typed_table(columns, [line]), keeper)
    assert found.counts["refused"] == 0, found.rows[0].sentences(ledger)
    n_rows, newest = ledger.model._default_manager.count(), Change.objects.count()
    written = write_rows(ledger, found, Options(doubtful=True), actor=keeper, now=NOW)
    assert written == {"create": 1}
    assert ledger.model._default_manager.count() == n_rows + 1
    row = ledger.model._default_manager.latest("pk")
    register, key = ledger.log_key(row)
    change = Change.objects.filter(register=register, row=str(key)).latest("pk")
    assert Change.objects.count() > newest
    assert change.actor == keeper
    again = examine(ledger, typed_table(columns, [line]), keeper)
    if ledger.code != "people":  # a person without an account name is known by nothing but looks
        assert again.rows[0].action == "unchanged"


@every
def test_nobody_sees_what_is_out_of_scope(ledger: Ledger, county: County, browse: Browse) -> None:
    client = browse(county.townsman)
    addresses = [
        reverse("ledger", args=[ledger.code]),
        reverse("ledger_print", args=[ledger.code]),
        reverse("ledger", args=[ledger.code]) + f"?search={CANARY}",
    ]
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        told = page.content.decode().replace(f'value="{CANARY}"', "").replace(f"search={CANARY}", "")
        assert CANARY not in told
        assert "乙煤矿" not in told
    exported = client.get(reverse("ledger_export", args=[ledger.code]) + "?form=csv").content.decode(
        "utf-8-sig"
    )
    assert CANARY not in exported
    assert "乙煤矿" not in exported
    hidden = set(ledger.visible(county.officer).values_list("pk", flat=True)) - set(
        ledger.visible(county.townsman).values_list("pk", flat=True)
    )
    for pk in hidden:
        assert client.get(reverse("ledger_row", args=[ledger.code, pk])).status_code == 404


@every
def test_who_may_not_write_cannot(ledger: Ledger, county: County, browse: Browse) -> None:
    client = browse(county.stranger)
    proposes = ledger.may_add(county.stranger)  # whose new row would wait: tests/sites/test_proposals.py
    for name in ("ledger_import", "ledger_grid", "ledger_template", *(() if proposes else ("ledger_new",))):
        assert client.get(reverse(name, args=[ledger.code])).status_code == 403
        assert client.post(reverse(name, args=[ledger.code]), {"rows": "a\tb"}).status_code in (403, 405)
    assert client.post(reverse("ledger_batch", args=[ledger.code]), {"row": ["1"]}).status_code == 403


@every
def test_no_cell_becomes_a_formula(ledger: Ledger, county: County) -> None:
    texts = [
        c for c in ledger.columns if c.kind == "text" and c.display == "" and c.value is None and not c.clean
    ]
    if not texts:
        assert ledger.code in ("safety-funds", "opening-figures", "targets")  # of whom, when and how much
        return
    text = texts[0]
    ledger_rows = ledger.visible(county.officer)
    row = ledger_rows.first()
    target: Any = row
    *way, last = text.path.split("__")
    for part in way:
        target = getattr(target, part)
    setattr(target, last, '=HYPERLINK("x")')  # fits the shortest column
    target.save()
    outgoing = Outgoing(ledger, ledger_rows, county.officer, NOW)
    lines = list(csv.reader(io.StringIO(sheet_of(outgoing, "csv").decode("utf-8-sig"))))
    assert any("'=HYPERLINK" in cell for line in lines for cell in line)
    with zipfile.ZipFile(io.BytesIO(sheet_of(outgoing, "xlsx"))) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()


@every
def test_paper_and_document_show_the_rows(ledger: Ledger, county: County, browse: Browse) -> None:
    page = browse(county.officer).get(reverse("ledger_print", args=[ledger.code])).content.decode()
    n_rows = ledger.visible(county.officer).count()
    assert page.count("<tr>") == n_rows + 1
    assert "导出人：officer" in page
    document = Document(
        io.BytesIO(sheet_of(Outgoing(ledger, ledger.visible(county.officer), county.officer, NOW), "docx"))
    )
    assert len(document.tables[0].rows) == n_rows + 1
    assert "打印稿　导出人：officer" in document.sections[0].footer.paragraphs[0].text
    assert Change.objects.filter(register=EXPORTS, row=ledger.code).exists()


@every
def test_sheets_begin_with_their_headings_and_end_with_who_and_when(ledger: Ledger, county: County) -> None:
    outgoing = Outgoing(ledger, ledger.visible(county.officer), county.officer, NOW)
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet_of(outgoing, "xlsx"))).get_sheet_by_index(0)
    text = list(csv.reader(io.StringIO(sheet_of(outgoing, "csv").decode("utf-8-sig"))))
    for first, *_rows, last in (book.to_python(), text):
        assert first == [str(column.label) for column in ledger.columns]
        assert last[0].startswith("导出人：officer　导出时间：2026-11-24 10:00　共 ")


@every
def test_row_and_form_show_every_column(ledger: Ledger, county: County, browse: Browse) -> None:
    client, row = browse(county.officer), ledger.visible(county.officer).first()
    page = client.get(reverse("ledger_row", args=[ledger.code, row.pk])).content.decode()
    form = client.get(reverse("ledger_edit", args=[ledger.code, row.pk])).content.decode()
    for column in ledger.columns:
        assert str(column.label) in page
        assert (f'name="{column.name}"' in form) is column.editable


@every
def test_a_form_saved_as_it_stands_changes_nothing(ledger: Ledger, county: County, browse: Browse) -> None:
    client, row = browse(county.officer), ledger.visible(county.officer).first()
    address = reverse("ledger_edit", args=[ledger.code, row.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    before, n_changes = list(ledger.visible(county.officer).values()), Change.objects.count()
    answer = client.post(address, {**fields, "confirmed": "1"})
    assert answer.status_code == 302, [f.error for f in answer.context["fields"] if f.error] + [
        answer.context["whole"]
    ]
    assert list(ledger.visible(county.officer).values()) == before
    assert Change.objects.count() == n_changes


@every
def test_personal_columns_are_masked(ledger: Ledger, county: County, browse: Browse) -> None:
    personal = [column for column in ledger.columns if column.personal]
    Person.objects.filter(pk=county.officer.pk).update(phone="13812341234")
    client = browse(county.officer)
    shown = [reverse(name, args=[ledger.code]) for name in ("ledger", "ledger_print")]
    shown += [reverse("ledger_edit", args=[ledger.code, row.pk]) for row in ledger.visible(county.officer)]
    shown += [f"{reverse('ledger_print', args=[ledger.code])}?full=1"]
    for address in shown:
        assert "13812341234" not in client.get(address).content.decode()
    exported = client.get(reverse("ledger_export", args=[ledger.code]) + "?form=csv").content.decode(
        "utf-8-sig"
    )
    assert "13812341234" not in exported
    assert ("138****1234" in exported) is bool(personal)


@every
def test_every_filter_is_a_word_of_the_command(ledger: Ledger, county: County) -> None:
    from django.http import QueryDict

    with pytest.raises(ValueError, match="没有筛选项"):
        filtered_rows(ledger, QueryDict("no_such=1"), county.officer)
    for column in ledger.columns:
        if column.filtered and column.choices:
            value = next(iter(column.choices(county.officer)))[0]
            assert filtered_rows(ledger, QueryDict(f"{column.name}={value}"), county.officer).count() >= 0
            with pytest.raises(ValueError, match="选"):
                filtered_rows(ledger, QueryDict(f"{column.name}=没有的选项"), county.officer)


@every
def test_headers_are_found_under_a_title_and_by_every_synonym(ledger: Ledger, county: County) -> None:
    spellings: dict[str, str] = {}
    for column in ledger.entered:
        for spelling in (str(column.label), *column.synonyms):
            spellings.setdefault(re.sub(r"\s", "", spelling), column.name)
    for column in ledger.entered:
        for spelling in column.synonyms:
            others = [str(other.label) for other in ledger.entered if other is not column]
            page = SheetPage("表", [["某县台账", ""], [spelling, *others], ["值", *others[:-1], "x"]])
            table = under_header(ledger, page)
            assert table is not None
            named = table.columns[0]
            if str(spelling) not in others:
                assert named is not None, spelling
                assert named.name == spellings[re.sub(r"\s", "", spelling)]


def example(ledger: Ledger, column: Column, county: County) -> str:
    """Return a cell as the template explains it."""
    if column.name == "territory":
        return "甲镇"
    if (ledger.code, column.name) in OF_A_HAZARD:
        return OF_A_HAZARD[ledger.code, column.name]
    if column.kind == "choice":
        pairs = choosings_of(ledger, county.officer)[column.name].pairs
        return pairs[-1][1] if column.required else ""
    if column.kind == "boolean":
        return "是"
    if column.example:
        return column.example
    return {"date": "2026年1月5日", "integer": "12", "number": "1.5"}.get(
        column.kind, f"新{column.label}"[:20]
    )


def test_masks_hide_the_middle() -> None:
    assert masked("13812341234") == "138****1234"
    assert masked("张三") == "张*"
    assert masked("") == ""


def test_words_for_yes_and_no_do_not_overlap() -> None:
    assert not TRUE & FALSE
    column = Column("x", kind="boolean")
    assert read(column, "√").value is True
    assert read(column, "无").value is False


def test_a_workbook_of_one_cell_is_no_register(county: County) -> None:
    from anwei.ledgers.declaration import ledger_of
    from anwei.ledgers.sheets import BadSheet

    with pytest.raises(BadSheet, match="没有找到表头"):
        read_file(ledger_of("sites"), "表.xlsx", workbook(["你好"]))
