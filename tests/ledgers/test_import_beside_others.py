"""A sheet that is written while other hands write: what they changed meanwhile stands, and is asked about."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anwei.ledgers import importing
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Change, SheetImport
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.sites.models import Enterprise, Site
from tests.kernel.county import NOW, County, build
from tests.ledgers.enterprises import HEADER, credit_code, line
from tests.ledgers.sheets import workbook, write

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def handed_in(client: Client, code: str, *lines: list[Any]) -> SheetImport:
    """Hand a sheet in at its page; it is examined, not written."""
    file = SimpleUploadedFile("名录.xlsx", workbook(*lines))
    page = client.post(reverse("ledger_import", args=[code]), {"file": file}, follow=True)
    sheet: SheetImport = page.context["sheet"]
    return sheet


def let_write(client: Client, sheet: SheetImport, **typed: str) -> SheetImport:
    """Say on the page of an examined sheet that it shall be written."""
    client.post(reverse("ledger_sheet", args=[sheet.ledger, sheet.pk]), {"keep_good": "1", **typed})
    sheet.refresh_from_db()
    return sheet


def change(client: Client, code: str, row: Any, **typed: str) -> None:
    """Change a row in its form."""
    address = reverse("ledger_edit", args=[code, row.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    assert client.post(address, {**fields, **typed}).status_code == 302


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let another hand act after a sheet is examined for the last time, before its first row is written."""

    def act_first(act: Callable[[], None]) -> None:
        write_rows = importing.write_rows

        def late(*arguments: Any, **named: Any) -> Any:
            act()
            return write_rows(*arguments, **named)

        monkeypatch.setattr(importing, "write_rows", late)

    return act_first


def test_a_sheet_writes_its_own_columns_only(county: County, browse: Browse, meanwhile: Any) -> None:
    write("enterprises", [HEADER, line(2)], actor=county.officer)
    more = line(2)
    more[6] = 55
    row, other = Enterprise.objects.get(credit_code=credit_code(2)), browse(county.townsman)
    client = browse(county.officer)
    sheet = handed_in(client, "enterprises", HEADER, more)
    meanwhile(
        lambda: change(other, "enterprises", row, status="停产", address="", name="改名厂", reason="检修")
    )
    assert let_write(client, sheet).written == {"update": 1}
    row = Enterprise.objects.get(pk=row.pk)
    assert (row.workers, row.status, row.address, row.unit.name) == (55, "stopped", "", "改名厂")
    newest = Change.objects.filter(register="sites.enterprise", row=str(row.pk)).latest("number")
    assert newest.content == {"changed": {"workers": [2, 55]}}


def test_rows_that_change_different_columns_keep_each_others(
    county: County, browse: Browse, meanwhile: Any
) -> None:
    first = Site.objects.get(enterprise=county.enterprise, category="key")
    second = Site.objects.create(enterprise=county.enterprise, code="KF-2", name="库房", kind="库房")
    client = browse(county.officer)
    heading = ["部位名称", "编号", "企业名称", "类别"]
    lines = [first.name, first.code, "甲化工厂", "储罐区"], ["新库房", second.code, "甲化工厂", "库房"]
    sheet = handed_in(client, "sites", heading, *lines)
    meanwhile(lambda: change(browse(county.townsman), "sites", first, name="甲罐区"))
    assert let_write(client, sheet).written == {"update": 2}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.name, first.kind, second.name) == ("甲罐区", "储罐区", "新库房")


def test_the_log_tells_the_value_that_was_replaced(county: County, browse: Browse, meanwhile: Any) -> None:
    write("enterprises", [HEADER, line(2)], actor=county.officer)
    more = line(2)
    more[6] = 55
    row, client = Enterprise.objects.get(credit_code=credit_code(2)), browse(county.officer)
    sheet = handed_in(client, "enterprises", HEADER, more)
    meanwhile(lambda: change(browse(county.townsman), "enterprises", row, workers="30"))
    let_write(client, sheet)
    newest = Change.objects.filter(register="sites.enterprise", row=str(row.pk)).latest("number")
    assert newest.content == {"changed": {"workers": [30, 55]}}


def test_what_others_changed_after_the_dry_run_is_not_undone(county: County, browse: Browse) -> None:
    write("enterprises", [HEADER, line(2), line(4), line(6)], actor=county.officer)
    lines = [line(2), line(4), line(6)]
    for number, changed in enumerate(lines):
        changed[6] = 50 + number
    row, own = (Enterprise.objects.get(credit_code=credit_code(number)) for number in (2, 6))
    client = browse(county.officer)
    sheet = handed_in(client, "enterprises", HEADER, *lines)  # all produce, as the sheet says
    change(browse(county.townsman), "enterprises", row, status="停产", reason="检修")
    change(client, "enterprises", own, workers="7")
    sheet = let_write(client, sheet)
    row.refresh_from_db()
    own.refresh_from_db()
    assert (row.status, row.workers, own.workers) == ("stopped", 2, 52)
    assert (sheet.written, sheet.counts["failed"]) == ({"update": 2}, 1)
    assert sheet.problems[0][0] == 2 and "他人修改了这条记录" in sheet.problems[0][3][0]
    errors = client.get(reverse("ledger_sheet_errors", args=["enterprises", sheet.pk])).content
    rows = CalamineWorkbook.from_filelike(BytesIO(errors)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2 and "他人修改了这条记录" in rows[1][-1]


def test_no_door_changes_what_is_sensitive_without_a_reason(county: County) -> None:
    write("enterprises", [HEADER, line(2), line(4)], actor=county.officer)
    stopped, more = line(2), line(4)
    stopped[5], more[6] = "停产", 55
    found = write("enterprises", [HEADER, stopped, more], actor=county.officer)
    assert [row.refusals.get("", "") for row in found.rows] == ["修改状态须说明理由。", ""]
    assert not Enterprise.objects.filter(status="stopped").exists()
    assert Enterprise.objects.get(credit_code=credit_code(4)).workers == 55


def test_a_row_that_left_the_territory_meanwhile_is_refused(
    county: County, browse: Browse, meanwhile: Any
) -> None:
    write("enterprises", [HEADER, line(4)], actor=county.officer)
    row, client = Enterprise.objects.get(credit_code=credit_code(4)), browse(county.townsman)
    more = line(4)
    more[6] = 55
    sheet = handed_in(client, "enterprises", HEADER, more)
    meanwhile(lambda: change(browse(county.officer), "enterprises", row, territory="乙镇", reason="搬迁"))
    sheet = let_write(client, sheet)
    row.refresh_from_db()
    assert (row.workers, sheet.written, sheet.counts["failed"]) == (4, {}, 1)
    assert "管辖范围" in sheet.problems[0][3][0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_the_dry_run_waits_for_changes_that_are_under_way(transactional_db: None, browse: Browse) -> None:
    """One that began earlier has the smaller key, however late it is committed."""
    county = build()
    write("enterprises", [HEADER, line(2), line(4)], actor=county.officer)
    row, other = (Enterprise.objects.get(credit_code=credit_code(number)) for number in (2, 4))
    begun, ledger = Event(), ledger_of("enterprises")

    def stop_slowly() -> None:
        try:
            with transaction.atomic():
                edit = Edit(row, {"status": "stopped"})
                ledger.write([edit], actor=county.townsman, now=NOW, reason="检修")
                begun.set()
                time.sleep(1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(stop_slowly)
        assert begun.wait(30)
        ledger.write([Edit(other, {"workers": 9})], actor=county.townsman, now=NOW)
        sheet = handed_in(browse(county.officer), "enterprises", HEADER, line(2))
        slow.result()
    assert sheet.counts["needs_reason"] == ["状态"]  # the sheet says that it produces
