"""The times of a table's rows in seconds, and the order of the rows in time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.portal.analyse.files import Unreadable
from anwei.portal.analyse.numbers import is_missing
from anwei.portal.analyse.times import COUNT, DAY, MONTH, QUARTER, WEEK, YEAR, UnreadTime, times_of

A_DAY = 86_400.0
SECONDS = {
    COUNT: 1.0,
    DAY: A_DAY,
    WEEK: 7 * A_DAY,
    MONTH: 30.4375 * A_DAY,
    QUARTER: 91.3125 * A_DAY,
    YEAR: 365.25 * A_DAY,
}
FEW = 0.05  # of the rows: as many may stand behind a later one, as in the hour that comes twice in autumn
FAR = 366 * A_DAY  # a longer gap is told


class Moments(NamedTuple):
    """`rows`: places of the rows in the file, from 0, in the order of time; their `seconds`, never back."""

    rows: NDArray[np.int64]
    seconds: NDArray[np.float64]
    remarks: list[str]  # what was done to get there, for people


def moments_of(
    columns: Sequence[Sequence[str]], names: Sequence[str], file: Path, is_day_first: bool | None = None
) -> Moments:
    """Return the times of a column, or of several together (day, clock).

    Raises Unreadable where one is no time, or none is there.

    A row without a time has that of the row before it. Rows that do not stand in the order of time are put
    so, but a few that go back by less than a day stay and have the time of the row before: a clock was set.
    Numbers that count the rows (no stamps) and begin again go on instead. `is_day_first`: as `times_of` says.
    """
    remarks: list[str] = []
    seconds, unit = _seconds(columns, names, file, is_day_first, remarks)
    rows = np.arange(len(seconds))
    steps = np.diff(seconds)
    n_back = int((steps < 0).sum())
    behind = seconds < np.maximum.accumulate(seconds)
    if not n_back:
        pass
    elif unit == COUNT and n_back <= FEW * len(rows):
        usual = float(np.median(steps[steps >= 0]))
        seconds = seconds[0] + np.concatenate([[0.0], np.cumsum(np.where(steps < 0, usual, steps))])
        remarks.append(
            _("{file} 的列 {column} 有 {n} 处从头数起，当作接着前面的行").format(
                file=file.name, column="、".join(names), n=n_back
            )
        )
    elif behind.mean() <= FEW and steps.min() >= -A_DAY:
        seconds = np.maximum.accumulate(seconds)
        remarks.append(
            _("{file} 有 {n} 行的时间倒退，按上一行的时间处理").format(file=file.name, n=int(behind.sum()))
        )
    else:
        is_newest_first = 2 * n_back > np.count_nonzero(steps)
        rows = np.lexsort((-rows if is_newest_first else rows, seconds))
        seconds = seconds[rows]
        remarks.append(
            _("{file} 的行不按时间先后（{n} 行在更晚的行后面），按时间排好再打分").format(
                file=file.name, n=int(behind.sum())
            )
        )
    for at in np.flatnonzero(np.diff(seconds) > FAR)[:1] if unit == DAY else ():
        row = int(rows[at + 1])
        remarks.append(
            _("{file} 第 {row} 行的时间比前一行晚 {days} 天，请核对：{cell}").format(
                file=file.name,
                row=row + 1,
                days=int((seconds[at + 1] - seconds[at]) // A_DAY),
                cell=_written(columns, row),
            )
        )
    return Moments(rows, seconds, remarks)


def _seconds(
    columns: Sequence[Sequence[str]],
    names: Sequence[str],
    file: Path,
    is_day_first: bool | None,
    remarks: list[str],
) -> tuple[NDArray[np.float64], str]:
    known = np.array([not any(map(is_missing, cells)) for cells in zip(*columns, strict=True)])
    there = np.flatnonzero(known)
    if not len(there):
        raise Unreadable(
            _("{file} 的列 {column} 没有一个时间").format(file=file.name, column="、".join(names))
        )
    if len(there) < len(known):
        remarks.append(
            _("{file} 有 {n} 行没有时间，按上一行的时间处理；第一处是第 {row} 行").format(
                file=file.name, n=len(known) - len(there), row=int(known.argmin()) + 1
            )
        )
    try:
        known_cells = [[cells[row] for row in there.tolist()] for cells in columns]
        found = times_of(known_cells, names, len(there), is_day_first)
    except UnreadTime as error:
        row = int(there[error.row])
        raise Unreadable(
            _("{file} 第 {n} 行的时间读不懂：{cell}").format(
                file=file.name, n=row + 1, cell=_written(columns, row)
            )
        ) from error
    remarks += found.remarks(file)
    last = np.maximum(np.cumsum(known) - 1, 0)  # the first rows have the time of the first known one
    return np.round(found.values * SECONDS[found.unit], 3)[last], found.unit


def _written(columns: Sequence[Sequence[str]], row: int) -> str:
    return " ".join(cells[row] for cells in columns)[:40]
