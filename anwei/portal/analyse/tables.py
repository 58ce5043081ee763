"""Tables that the methods read and write: CSV with a header, numbers, and times of several spellings."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _

NAMED = 5  # bad cells are named up to here, then counted


class Unreadable(Exception):
    """A table that cannot be used, with the sentence why."""


@dataclass(frozen=True)
class Table:
    """Columns of numbers: `values` (rows, columns), NaN where a cell is no number; `times` in seconds."""

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    bad: list[str]  # what was no number, for people


def read(file: Path, columns: Sequence[str], time: str | None) -> Table:
    """Read columns of a CSV file. Raises Unreadable without file, header, columns, rows or readable times.

    Times never go back: a row that does (a clock set back, a doubled hour) has the time of the row before it.
    Without a time column row i is at i seconds.
    """
    header, rows = rows_of(file)
    wanted = [*columns, *([time] if time else [])]
    if missing := [name for name in wanted if name not in header]:
        raise Unreadable(
            _("{file} 没有列：{missing}；有：{header}").format(
                file=file.name, missing="、".join(missing), header="、".join(header)
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
        times = np.array([_moment(row, place, n, file.name) for n, row in enumerate(rows, 1)])
    return Table(np.maximum.accumulate(times), values, bad)


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
    return value if math.isfinite(value) else math.nan


def _moment(row: list[str], place: int, n: int, name: str) -> float:
    cell = row[place].strip() if place < len(row) else ""
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(cell.replace("/", "-"))
    except ValueError as error:
        raise Unreadable(
            _("{file} 第 {n} 行的时间读不懂：{cell}").format(file=name, n=n, cell=cell[:40])
        ) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def write(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV file whole or not at all. Raises Unreadable where it cannot be written."""
    beside = next(path for n in count() if not (path := file.with_name(f".{file.name}.{n}")).exists())
    try:
        with beside.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Unreadable(_("写不了文件：{error}").format(error=error)) from error
