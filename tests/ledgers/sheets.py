"""Sheets as counties hand them in."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.examination import Examination, examine
from anwei.ledgers.importing import Options, write_rows
from anwei.ledgers.sheets import read_file
from tests.kernel.county import NOW


def workbook(
    *lines: list[Any], name: str = "Sheet1", merged: tuple[tuple[int, int, int, int, str], ...] = ()
) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet(name)
        for n_row, line in enumerate(lines):
            for n_column, value in enumerate(line):
                if value not in (None, ""):
                    sheet.write(n_row, n_column, value)
        for top, left, bottom, right, text in merged:
            sheet.merge_range(top, left, bottom, right, text)
    return content.getvalue()


def look(code: str, *lines: list[Any], actor: Any, **options: Any) -> Examination:
    """Examine a workbook of these lines."""
    ledger = ledger_of(code)
    return examine(ledger, read_file(ledger, "表.xlsx", workbook(*lines, **options)), actor)


def write(code: str, lines: list[list[Any]], *, actor: Any, reason: str = "", **options: Any) -> Examination:
    """Examine a workbook of these lines and write what the options want."""
    found = look(code, *lines, actor=actor)
    wanted = Options(**{"keep_good": True, **options})
    write_rows(ledger_of(code), found, wanted, actor=actor, now=NOW, reason=reason)
    return found
