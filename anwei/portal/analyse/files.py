"""Tables as files: CSV with a header, plain or packed; written whole or not at all."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import count
from pathlib import Path
from typing import NamedTuple

from anwei.language import gettext as _
from anwei.ledgers.export import safe_text


class Sheet(NamedTuple):
    """Header and rows of a file, and what parts its cells."""

    header: list[str]
    rows: list[list[str]]
    delimiter: str


class Unreadable(Exception):
    """A table that cannot be used, with the sentence why."""


def sheet_of(file: Path) -> Sheet:
    """Return a CSV file, .gz or not, cells between , ; or tabs.

    Empty rows at the end, as spreadsheets leave them, are none. Raises Unreadable, also of rows wider than
    the header: their cells stand under the wrong names.
    """
    try:
        content = file.read_bytes()
        content = gzip.decompress(content) if file.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(_("读不了文件：{error}").format(error=error)) from error
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(_("文件既不是 UTF-8 也不是 GB18030 编码"))
    delimiter = max(",;\t", key=text[: text.find("\n")].count)
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        lines = [row for row in reader if row]
    except csv.Error as error:
        raise Unreadable(_("{file} 不是表格：{error}").format(file=file.name, error=error)) from error
    while len(lines) > 1 and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if len(lines) < 2:
        raise Unreadable(_("{file} 没有数据行").format(file=file.name))
    header, rows = [name.strip() for name in lines[0]], lines[1:]
    for n, row in enumerate(rows, 1):
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            raise Unreadable(
                _("{file} 第 {row} 行有 {n} 个单元格，表头只有 {columns} 列").format(
                    file=file.name, row=n, n=len(row), columns=len(header)
                )
            )
    return Sheet(header, rows, delimiter)


def cells_of(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return the cells of one column; a row that is too short has an empty one."""
    return [row[place].strip() if place < len(row) else "" for row in rows]


def require(file: Path, header: Sequence[str], wanted: Iterable[str]) -> None:
    """Raise Unreadable where a wanted column is not there or there twice."""
    names = list(dict.fromkeys(wanted))
    if missing := [name for name in names if name not in header]:
        raise Unreadable(
            _("{file} 没有列：{missing}；有：{header}").format(
                file=file.name, missing="、".join(missing), header="、".join(header)
            )
        )
    if twice := [name for name in names if header.count(name) > 1]:
        raise Unreadable(_("{file} 有同名的列：{columns}").format(file=file.name, columns="、".join(twice)))


def spare(out: Path, inputs: Iterable[Path]) -> None:
    """Raise Unreadable where the result would be written over a file that is read."""
    for file in inputs:
        if out.resolve() == file.resolve() or (out.exists() and file.exists() and out.samefile(file)):
            raise Unreadable(_("-o 不能是要读的文件：{file}").format(file=file))


def write(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV file whole or not at all, no cell a formula. Raises Unreadable where that fails."""
    beside = next(path for n in count() if not (path := file.with_name(f".{file.name}.{n}")).exists())
    try:
        with beside.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(
                [safe_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
            )
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Unreadable(_("写不了文件：{error}").format(error=error)) from error
