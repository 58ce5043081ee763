"""Tables of sensors: numbers by row and column, in the order of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.methods.plausible import LARGEST, is_plausible
from anwei.portal.analyse.files import Unreadable, cells_of, require, sheet_of
from anwei.portal.analyse.moments import moments_of
from anwei.portal.analyse.numbers import is_missing, reader_of

NAMED = 5  # bad cells are named up to here, then counted


@dataclass(frozen=True)
class Table:
    """Columns of numbers in the order of time: `values` (rows, columns); `times` in seconds, never back.

    NaN where a cell is no number, or one that nothing measured can be.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    rows: NDArray[np.int64]  # in the file, from 1
    remarks: list[str]  # what was not used as it stands, for people

    def first(self, n: int) -> Table:
        """Return those of the first `n` rows of the file."""
        kept = self.rows <= n
        return Table(self.times[kept], self.values[kept], self.rows[kept], [])


def read(file: Path, columns: Sequence[str], time: Sequence[str], is_day_first: bool | None = None) -> Table:
    """Read columns of a CSV file. Raises Unreadable without file, header, columns, rows or readable times.

    A tag without a single value is told of, unless it is the only one. `time`: columns
    that tell it together; without any row i is at i seconds. `is_day_first`: as `times_of` says.
    """
    header, cells, delimiter = sheet_of(file)
    require(file, header, [*columns, *time])
    bad: list[str] = []
    written = [cells_of(cells, header.index(name)) for name in columns]
    values = np.column_stack(
        [_numbers(each, delimiter, name, file, bad) for name, each in zip(columns, written, strict=True)]
    )
    is_empty = bool(np.isnan(values).all())
    remarks = bad[:NAMED]
    if len(bad) > NAMED:
        remarks.append(_("还有 {n} 处不能用，都按没有数值处理").format(n=len(bad) - NAMED))
    for name, each, n_missing in zip(columns, written, np.isnan(values).sum(axis=0).tolist(), strict=True):
        if is_empty or (n_missing == len(values) and not all(map(is_missing, each))):
            raise Unreadable(_("{file} 的列 {column} 没有一个数").format(file=file.name, column=name))
        if n_missing:
            remarks.append(
                _("{file} 的列 {column} 有 {n} 行没有数值").format(file=file.name, column=name, n=n_missing)
            )
    if not time:
        rows = np.arange(len(values))
        return Table(rows.astype(float), values, rows + 1, remarks)
    found = moments_of([cells_of(cells, header.index(name)) for name in time], time, file, is_day_first)
    return Table(found.seconds, values[found.rows], found.rows + 1, remarks + found.remarks)


def _numbers(cells: Sequence[str], delimiter: str, name: str, file: Path, bad: list[str]) -> list[float]:
    found, number_in = [], reader_of(cells, delimiter)
    for n, cell in enumerate(cells, 1):
        value = number_in(cell)
        found.append(value if value is not None and is_plausible(value) else math.nan)
        if value is None and not is_missing(cell):
            sentence = _("{file} 第 {n} 行 {column} 不是数：{cell}")
        elif value is not None and abs(value) > LARGEST:
            sentence = _("{file} 第 {n} 行 {column} 不可能这样大：{cell}")
        else:
            continue
        bad.append(sentence.format(file=file.name, n=n, column=name, cell=cell[:40]))
    return found
