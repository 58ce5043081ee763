"""Tables that the methods read and write: CSV with a header, numbers, and times of several spellings."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.ledgers.export import safe_text
from anwei.methods.plausible import LARGEST, is_plausible
from anwei.portal.analyse.times import DAY, UnreadTime, times_of

SECONDS = 86_400  # of a day
NAMED = 5  # bad cells are named up to here, then counted


class Unreadable(Exception):
    """A table that cannot be used, with the sentence why."""


@dataclass(frozen=True)
class Table:
    """Columns of numbers: `values` (rows, columns); `times` in seconds.

    NaN where a cell is no number, or one that nothing measured can be.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    bad: list[str]  # what was no number, for people
    missing: list[str]  # columns and how many rows of each have no number


def read(file: Path, columns: Sequence[str], time: str | None) -> Table:
    """Read columns of a CSV file. Raises Unreadable without file, header, columns, rows or readable times.

    Times never go back: a row that does (a clock set back, a doubled hour) has the time of the row before it.
    Without a time column row i is at i seconds.
    """
    header, rows = rows_of(file)
    wanted = [*columns, *([time] if time else [])]
    if unknown := [name for name in wanted if name not in header]:
        raise Unreadable(
            _("{file} 没有列：{missing}；有：{header}").format(
                file=file.name, missing="、".join(unknown), header="、".join(header)
            )
        )
    bad: list[str] = []
    places = [header.index(name) for name in columns]
    values = np.array(
        [[_number(row, place, header[place], n, bad) for place in places] for n, row in enumerate(rows, 1)]
    )
    if time is None:
        times = np.arange(len(rows), dtype=float)
    else:
        place = header.index(time)
        times = _times([row[place].strip() if place < len(row) else "" for row in rows], time, file)
    missing: list[str] = []
    for place, column in zip(places, values.T, strict=True):
        n_missing = int(np.isnan(column).sum())
        if n_missing == len(column):
            raise Unreadable(
                _("{file} 的列 {column} 没有一个数").format(file=file.name, column=header[place])
            )
        if n_missing:
            missing.append(
                _("{file} 的列 {column} 有 {n} 行没有数值").format(
                    file=file.name, column=header[place], n=n_missing
                )
            )
    return Table(np.maximum.accumulate(times), values, bad, missing)


def rows_of(file: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV file, .gz or not, cells between , ; or tabs. Raises Unreadable."""
    try:
        content = file.read_bytes()
        content = gzip.decompress(content) if file.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(_("读不了文件：{error}").format(error=error)) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(_("文件既不是 UTF-8 也不是 GB18030 编码"))
    first = text[: text.find("\n")]
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
        lines = [row for row in reader if row]
    except csv.Error as error:
        raise Unreadable(_("{file} 不是表格：{error}").format(file=file.name, error=error)) from error
    if len(lines) < 2:
        raise Unreadable(_("{file} 没有数据行").format(file=file.name))
    return [name.strip() for name in lines[0]], lines[1:]


def _number(row: list[str], place: int, column: str, n: int, bad: list[str]) -> float:
    cell = row[place].strip() if place < len(row) else ""
    try:
        value = float(cell) if cell else math.nan
    except ValueError:
        value = math.nan
        bad.append(_("第 {n} 行 {column} 不是数：{cell}").format(n=n, column=column, cell=cell[:40]))
    if abs(value) > LARGEST:
        bad.append(_("第 {n} 行 {column} 不可能这样大：{cell}").format(n=n, column=column, cell=cell[:40]))
    return value if is_plausible(value) else math.nan


def _times(cells: Sequence[str], name: str, file: Path) -> NDArray[np.float64]:
    """Return seconds: of numbers and ISO 8601 cell by cell, else of days as a spreadsheet writes them."""
    try:
        return np.array([_moment(cell) for cell in cells])
    except ValueError:
        pass
    try:
        found = times_of([cells], [name], len(cells))
        if found.unit != DAY:
            raise UnreadTime(0)
    except UnreadTime as error:
        raise Unreadable(
            _("{file} 第 {n} 行的时间读不懂：{cell}").format(
                file=file.name, n=error.row + 1, cell=cells[error.row][:40]
            )
        ) from error
    return np.round(found.values * SECONDS, 3)


def _moment(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        at = datetime.fromisoformat(cell.replace("/", "-"))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


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
