"""Sheets that leave the house: CSV and XLSX that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # full width ones count in some places
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_COLUMN_WIDTH = 40


def safe_text(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of computing it (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cell(value: Any) -> Any:
    """Return a number as it is, a moment in local time and everything else as text."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | datetime | date):
        return str(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return value


def _csv_cell(value: Any) -> Any:
    cell = _cell(value)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return safe_text(cell) if isinstance(cell, str) else cell


def csv_sheet(rows: Iterable[Sequence[Any]], *, watermark: str = "") -> bytes:
    """Return the rows as UTF-8 CSV with the mark that spreadsheets need to read Chinese.

    A `watermark` is the last line: the first one is the heading, as whoever reads the sheet in expects.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    if watermark:
        writer.writerow([safe_text(watermark)])
    return text.getvalue().encode("utf-8-sig")


def xlsx_sheet(name: str, rows: Iterable[Sequence[Any]], *, watermark: str = "") -> bytes:
    """Return the rows as one sheet called `name`, first row as heading; text is never a formula or a link.

    A `watermark` stands in a line of its own below the rows and at the foot of every printed page.
    """
    return xlsx_book([(name, rows)], watermark=watermark)


def xlsx_book(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, watermark: str = "") -> bytes:
    """Return several sheets, each with its name, as `xlsx_sheet` makes one."""
    content = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(content, options) as book:
        formats = {
            "heading": book.add_format({"bold": True, "bottom": 1, "bg_color": "#eef1f4"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "below": book.add_format({"font_color": "#5f6b78"}),
        }
        for name, rows in sheets:
            _write_sheet(book.add_worksheet(name[:31]), rows, formats, watermark)
    return content.getvalue()


def _write_sheet(
    sheet: Any, rows: Iterable[Sequence[Any]], formats: Mapping[str, Any], watermark: str
) -> None:
    sheet.freeze_panes(1, 0)
    n_row = -1
    for n_row, row in enumerate(rows):
        for n_column, value in enumerate(row):
            cell = _cell(value)
            if n_row == 0:
                sheet.set_column(n_column, n_column, min(MAX_COLUMN_WIDTH, 8 + 2 * len(str(cell))))
                sheet.write_string(n_row, n_column, str(cell), formats["heading"])
            elif isinstance(cell, datetime | date):
                form = formats["moment" if isinstance(cell, datetime) else "day"]
                sheet.write_datetime(n_row, n_column, cell, form)
            elif isinstance(cell, str):
                sheet.write_string(n_row, n_column, cell)
            else:
                sheet.write_number(n_row, n_column, cell)
    if watermark:
        sheet.write_string(n_row + 1, 0, watermark, formats["below"])
        sheet.set_footer(f"&L{watermark.replace('&', '&&')[:200]}&R&P/&N")
        sheet.repeat_rows(0)


def download(name: str, form: str, rows: Iterable[Sequence[Any]], watermark: str) -> HttpResponse:
    """Return the rows as an attachment `name` in the form "csv" or "xlsx", with a `watermark` below them."""
    if form == "csv":
        return attachment(name, form, csv_sheet(rows, watermark=watermark), "text/csv; charset=utf-8")
    return attachment(name, form, xlsx_sheet(name, rows, watermark=watermark))


def attachment(name: str, form: str, content: bytes, media_type: str = XLSX) -> HttpResponse:
    """Return bytes as a file to be kept, named after `name` and the minute."""
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}-{stamp}.{form}')}"
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": disposition})
