"""Runs in a child with limits (`anwei.ledgers.confined`): a workbook on stdin, its cells as text on stdout.

Answer: JSON list of sheets, each {"name", "rows": [[text]], "first": number of the first row}. Hidden sheets
are left out, merged cells carry their text in every cell, a cell is what its owner would have typed.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

MAX_SHEETS, MAX_ROWS, MAX_COLUMNS, MAX_MERGED_CELLS = 20, 100_000, 200, 200_000
TOO_LARGE, UNREADABLE = 3, 4  # exit status

Cell = str | int | float | bool | time | date | datetime | timedelta


def main() -> int:
    """Answer on stdout; return the exit status."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        sheets = [told(book.get_sheet_by_name(name)) for name in shown[:MAX_SHEETS]]
    except CalamineError as error:
        sys.stderr.write(str(error))
        return UNREADABLE
    except OverflowError:
        return TOO_LARGE
    sys.stdout.buffer.write(msgspec.json.encode(sheets))
    return 0


def told(sheet: CalamineSheet) -> dict[str, object]:
    """Return one sheet. Raises OverflowError when it is larger than any register."""
    if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
        raise OverflowError
    rows = [[text(cell) for cell in row] for row in sheet.iter_rows()]
    spread(rows, sheet)
    top = sheet.start[0] if sheet.start else 0
    return {"name": sheet.name, "first": 1 if sheet.total_height == len(rows) else top + 1, "rows": rows}


def spread(rows: list[list[str]], sheet: CalamineSheet) -> None:
    """Copy the text of merged cells into each of them; a title over the whole width stays where it is."""
    top, left = (0, 0) if sheet.total_height == len(rows) else sheet.start or (0, 0)
    n_cells = 0
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        n_cells += (last_row - first_row + 1) * (last_column - first_column + 1)
        if n_cells > MAX_MERGED_CELLS:
            raise OverflowError
        for row in range(first_row - top, min(last_row - top + 1, len(rows))):
            for column in range(first_column - left, min(last_column - left + 1, len(rows[row]))):
                rows[row][column] = rows[first_row - top][first_column - left]


def text(cell: Cell) -> str:
    """Return a cell as its owner would have typed it: Excel keeps every number as a float."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
