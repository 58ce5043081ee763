"""A sheet as it comes in: XLSX, XLS or CSV bytes, or cells pasted from one, become rows under known columns.

The header is found wherever it stands: below title rows, in two lines, with the names a county writes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from anwei.ledgers import confined
from anwei.ledgers.cells import INVISIBLE, folded
from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.ooxml import UnsafeOffice, require_safe

PROGRAM = Path(__file__).with_name("sheet_program.py")
MAX_BYTES = 20 * 1024 * 1024
HEADER_WITHIN = 20  # rows from the top
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # XLS of Excel 97-2003
ENCODINGS = ("utf-8-sig", "gb18030")  # Excel's own CSV in China is the second
NOTE = re.compile(r"[（(【\[].*?[)）】\]]|[*＊:：\s]")
FOOT = re.compile(r"(合计|总计|小计|注[:：]|备注[:：]|说明[:：]|填表人|制表人|审核人|填报人|导出人)")


class BadSheet(ValueError):
    """The file as a whole cannot be read; the sentence says why."""


class MissingColumns(BadSheet):
    """Columns that must be there are not named so; `unused` are the headers that named nothing."""

    def __init__(self, sentence: str, unused: Sequence[str]) -> None:
        super().__init__(sentence)
        self.unused = tuple(unused)


class Page(msgspec.Struct):
    """One sheet of a workbook: its cells as text; `first` is the number of the first row."""

    name: str
    rows: list[list[str]]
    first: int = 1


@dataclass(frozen=True)
class Row:
    """One row under the header; `number` is what the spreadsheet shows."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A sheet under the columns of a register; `columns` and the cells of each row go by place."""

    header: tuple[str, ...]
    columns: tuple[Column | None, ...]
    rows: tuple[Row, ...]
    unused: tuple[str, ...] = ()
    sheet: str = ""
    missing: tuple[Column, ...] = field(default=())


def read_file(ledger: Ledger, name: str, content: bytes, headers: Mapping[str, str] | None = None) -> Table:
    """Return the table of the sheet in a file that fits the register best. Raises BadSheet.

    `headers` names the columns that somebody chose for headers which no column is spelt like.
    """
    pages = pages_of(content)
    found = [table for page in pages if (table := under_header(ledger, page, headers)) is not None]
    if not found:
        expected = _("、").join(str(column.label) for column in ledger.entered)
        raise BadSheet(
            _("没有找到表头；前 %(n)d 行里应有：%(names)s。") % {"n": HEADER_WITHIN, "names": expected}
        )
    best = max(
        found,
        key=lambda table: (not table.missing, sum(1 for column in table.columns if column), len(table.rows)),
    )
    if best.missing:
        names = _("；").join(_spellings(column) for column in best.missing)
        raise MissingColumns(_("缺少的列：%(names)s。") % {"names": names}, best.unused)
    return best


def pages_of(content: bytes) -> list[Page]:
    """Return the cells of a file as text, one page a sheet that is shown; a workbook is parsed in a child.

    Raises BadSheet.
    """
    if len(content) > MAX_BYTES:
        raise BadSheet(_("文件超过 %(n)d MB，请拆分后再导入。") % {"n": MAX_BYTES // 1024 // 1024})
    is_workbook = content[:4] == b"PK\x03\x04" or content.startswith(OLE)
    return _workbook(content) if is_workbook else [_csv(content)]


def typed_table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], *, keep_empty: bool = False
) -> Table:
    """Return rows that were typed or pasted under columns already known; numbers count from 1."""
    width = len(columns)
    padded = (tuple([*row, *[""] * width][:width]) for row in rows)
    kept = (
        Row(number, cells)
        for number, cells in enumerate(padded, start=1)
        if keep_empty or any(cell.strip() for cell in cells)
    )
    return Table(tuple(str(column.label) for column in columns), tuple(columns), tuple(kept))


def pasted(text: str) -> list[list[str]]:
    """Return the cells of what a spreadsheet puts on the clipboard: tabs, quotes around line breaks."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))


def under_header(ledger: Ledger, page: Page, headers: Mapping[str, str] | None = None) -> Table | None:
    """Return the table under the row that names most columns; None when no row names any key."""
    spelled = _spelled(ledger.entered)
    for spelling, name in {**ledger.headers(), **(headers or {})}.items():
        if any(column.name == name for column in ledger.entered):
            spelled.setdefault(_header(spelling), ledger.column(name))
    best: tuple[int, int, list[Column | None]] | None = None
    above: Sequence[str] = ()
    for place, row in enumerate(page.rows[:HEADER_WITHIN]):
        columns = _named(spelled, row, above)
        n_named = sum(1 for column in columns if column)
        if n_named and (best is None or n_named >= best[1]) and len(set(filter(None, row))) > 1:
            best = (place, n_named, columns) if best is None or n_named > best[1] else best
        above = row
    if best is None:
        return None
    place, _n, columns = best
    header = tuple(page.rows[place])
    rows = [
        Row(page.first + number, tuple(cells))
        for number, cells in enumerate(page.rows[place + 1 :], start=place + 1)
        if any(cell.strip() for cell in cells) and not _is_foot(cells) and tuple(cells) != header
    ]
    given = {column.name for column in columns if column}
    asked = () if ledger.also_known_by else ledger.key
    missing = tuple(
        column
        for column in ledger.entered
        if not {column.name, column.told_by} & given
        and (column.required or (column.name in asked and not column.default))
    )
    unused = tuple(
        INVISIBLE.sub("", name)  # it is told, and kept, by a database that takes no NUL
        for name, column in zip(header, columns, strict=True)
        if name.strip() and column is None
    )
    return Table(header, tuple(columns), tuple(rows), unused, page.name, missing)


def _workbook(content: bytes) -> list[Page]:
    try:
        if not content.startswith(OLE):
            require_safe(content, "xlsx")
        answer = confined.run(PROGRAM, content)
    except UnsafeOffice as error:
        raise BadSheet(str(error)) from error
    except confined.Failed as error:
        raise BadSheet(_("文件打不开、设有密码或大得不像一张台账；请另存为新的 xlsx 文件再试。")) from error
    return msgspec.json.decode(answer, type=list[Page])


def _csv(content: bytes) -> Page:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = "\t" if text.partition("\n")[0].count("\t") > text.partition("\n")[0].count(",") else ","
        try:
            return Page(
                "CSV", [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
            )
        except csv.Error as error:
            raise BadSheet(_("文件不是 CSV 表格：%(error)s。") % {"error": error}) from error
    raise BadSheet(_("文件不是 Excel 表格；CSV 的编码须为 UTF-8 或 GB18030。"))


def _spelled(columns: Iterable[Column]) -> dict[str, Column]:
    """Return the columns by every spelling of their header; a label wins over a synonym."""
    spelled: dict[str, Column] = {}
    columns = tuple(columns)
    for names in (
        [(str(column.label), column.name) for column in columns],
        [column.synonyms for column in columns],
    ):
        for column, spellings in zip(columns, names, strict=True):
            for spelling in spellings:
                spelled.setdefault(_header(spelling), column)
    return spelled


def _named(spelled: dict[str, Column], row: Sequence[str], above: Sequence[str]) -> list[Column | None]:
    """Return the column under each cell of a header row; where two lines make one header, by both."""
    named: list[Column | None] = []
    for place, cell in enumerate(row):
        upper = above[place] if place < len(above) else ""
        column = (
            spelled.get(_header(f"{upper}{cell}")) or spelled.get(_header(cell)) if cell.strip() else None
        )
        named.append(None if column in named else column)
    return named


def _header(text: str) -> str:
    return folded(NOTE.sub("", text)) or folded(text)


def _is_foot(cells: Sequence[str]) -> bool:
    first = next(cell.strip() for cell in cells if cell.strip())
    return FOOT.match(first) is not None and sum(1 for cell in set(cells) if cell.strip()) <= 3


def _spellings(column: Column) -> str:
    if not column.synonyms:
        return str(column.label)
    return _("%(label)s（也可写作 %(names)s）") % {
        "label": column.label,
        "names": _("、").join(column.synonyms[:4]),
    }
