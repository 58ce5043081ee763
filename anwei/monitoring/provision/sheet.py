"""The sheet as a file: read from CSV or XLSX, written as a template or with a reason beside each bad row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from anwei.ledgers.sheets import BadSheet, Page, pages_of
from anwei.monitoring.provision.columns import BY_NAME, COLUMNS, REQUIRED, Column

Row = list[str]


class Sheet:
    """Header and rows of a file; row numbers are those the spreadsheet shows."""

    def __init__(self, path: Path) -> None:
        """Read the file by the door that imports use; raises BadSheet when it is no sheet of ours."""
        try:
            page = next(iter(pages_of(path.read_bytes())), Page("", []))
        except OSError as error:
            raise BadSheet(_("读不了文件 %(path)s：%(error)s") % {"path": path, "error": error}) from error
        rows = ([cell.strip() for cell in row] for row in page.rows)
        self.header = next(rows, [])
        self.rows = [(number, row) for number, row in enumerate(rows, start=page.first + 1) if any(row)]
        self.columns = _columns(self.header)


def _columns(header: Sequence[str]) -> list[Column | None]:
    """Return the column under each header; raises BadSheet for an unknown, doubled or missing one."""
    columns = [BY_NAME.get(name.lower()) for name in header]
    unknown = [name for name, column in zip(header, columns, strict=True) if name and column is None]
    if unknown:
        raise BadSheet(_("不认识的列：%(names)s。") % {"names": _("、").join(unknown)})
    fields = [column.field for column in columns if column is not None]
    doubled = sorted({column.header for column in COLUMNS if fields.count(column.field) > 1})
    if doubled:
        raise BadSheet(_("重复的列：%(names)s。") % {"names": _("、").join(doubled)})
    missing = [column.header for column in COLUMNS if column.field in REQUIRED and column.field not in fields]
    if missing:
        raise BadSheet(_("缺少的列：%(names)s。") % {"names": _("、").join(missing)})
    return columns


def write_template(path: Path) -> None:
    """Write an empty sheet with our headers, and a second one that explains each with an example."""
    with Workbook(path) as book:
        bold = book.add_format({"bold": True})
        sheet, notes = book.add_worksheet(_("登记")), book.add_worksheet(_("说明"))
        sheet.freeze_panes(1, 0)
        for place, title in enumerate((_("列"), _("说明"), _("例"), _("英文列名"))):
            notes.write_string(0, place, title, bold)
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column.header, bold)
            for at, text in enumerate((column.header, str(column.meaning), column.example, column.field)):
                notes.write_string(place + 1, at, text)


def write_errors(path: Path, sheet: Sheet, reasons: dict[int, str]) -> None:
    """Write the bad rows as they came, with row number and reason; mended, they can be handed in again."""
    with Workbook(path, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet(_("有误的行"))
        for place, name in enumerate([*sheet.header, _("行号"), _("原因")]):
            page.write_string(0, place, name, bold)
        bad = [(number, row) for number, row in sheet.rows if number in reasons]
        for line, (number, row) in enumerate(bad, start=1):
            for place, cell in enumerate(row):
                page.write_string(line, place, cell)  # never a formula
            page.write_number(line, len(sheet.header), number)
            page.write_string(line, len(sheet.header) + 1, reasons[number])
