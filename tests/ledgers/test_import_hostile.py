"""Files that are no sheet, or too much of one, are refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.ooxml import UnsafeOffice, require_safe
from anwei.ledgers.sheets import BadSheet, read_file
from anwei.org.models import Person
from tests.kernel.county import County
from tests.ledgers.enterprises import HEADER, line
from tests.ledgers.sheets import workbook

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


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
