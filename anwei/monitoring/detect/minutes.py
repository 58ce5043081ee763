"""Rows of one minute from samples as they arrive: the mean of the good ones, never touched again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.methods.sensor_bank import NEVER

MINUTE_MS = 60_000
QUIET_MS = 30_000  # a minute that is over and of which so long nothing came is closed

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class Rows(NamedTuple):
    """Closed rows, ordered by column and minute: `minute` since 1970 UTC, `value` the mean."""

    column: Integers
    minute: Integers
    value: Floats

    def waves(self) -> list[Rows]:
        """Return the first row of each column, then the second of each, and so on."""
        if not len(self.column):
            return []
        starts = np.flatnonzero(np.diff(self.column, prepend=-1))
        rank = np.arange(len(self.column)) - np.repeat(starts, np.diff(starts, append=len(self.column)))
        order = np.argsort(rank, kind="stable")
        waves = np.split(order, np.flatnonzero(np.diff(rank[order])) + 1)
        return [Rows(self.column[wave], self.minute[wave], self.value[wave]) for wave in waves]


class Minutes:
    """The open minute of every column.

    A minute is closed by a sample of a later one, or when it is over and nothing came for QUIET_MS by the
    log's own stamps; what comes after that for it is passed over, so that a row depends on nothing behind it.
    """

    FIELDS = ("open", "total", "count", "heard", "closed")

    def __init__(self) -> None:
        self.open = np.full(0, NEVER, np.int64)  # minute, NEVER: none
        self.total, self.count = np.zeros(0), np.zeros(0, np.int64)
        self.heard = np.zeros(0, np.int64)  # ms, by the log: when the last sample of the open minute came
        self.closed = np.full(0, NEVER, np.int64)  # the last minute that became a row
        self.passed_over = 0  # samples that came too late for their minute

    def grow(self, size: int) -> None:
        """Have columns up to `size`."""
        for name in self.FIELDS:
            old = getattr(self, name)
            fresh = np.full(size, NEVER if name in ("open", "closed") else 0, old.dtype)
            fresh[: len(old)] = old
            setattr(self, name, fresh)

    def forget(self, columns: Integers) -> None:
        """Empty columns for other sensors."""
        for name in self.FIELDS:
            getattr(self, name)[columns] = NEVER if name in ("open", "closed") else 0

    def take(self, column: Integers, ts: Integers, value: Floats, stamped: Integers) -> Rows:
        """Take samples in the order of their arrival and return the rows they close.

        `ts`, `stamped`: ms, the sample's own time and the log's.
        """
        order = np.argsort(column, kind="stable")
        column, value = column[order], value[order]
        minute, stamped = ts[order] // MINUTE_MS, stamped[order]
        newest = _running_maximum(column, np.maximum(minute, self.open[column]))
        fits = (minute >= newest) & (minute > self.closed[column])
        self.passed_over += len(fits) - int(fits.sum())
        column, minute, value, stamped = column[fits], minute[fits], value[fits], stamped[fits]
        if not len(column):
            return Rows(column, minute, value)
        begins = np.flatnonzero((np.diff(column, prepend=-1) != 0) | (np.diff(minute, prepend=NEVER) != 0))
        of, at = column[begins], minute[begins]
        total, count = np.add.reduceat(value, begins), np.diff(begins, append=len(column))
        goes_on = self.open[of] == at
        total += np.where(goes_on, self.total[of], 0.0)
        count += np.where(goes_on, self.count[of], 0)
        first = np.diff(of, prepend=-1) != 0
        left = of[first & ~goes_on & (self.open[of] > NEVER)]  # minutes that were open and are no longer
        last = np.diff(of, append=-1) != 0
        rows = _ordered(
            np.concatenate([left, of[~last]]),
            np.concatenate([self.open[left], at[~last]]),
            np.concatenate([self.total[left] / np.maximum(self.count[left], 1), total[~last] / count[~last]]),
        )
        now_open = of[last]
        self.open[now_open], self.total[now_open], self.count[now_open] = at[last], total[last], count[last]
        self.heard[now_open] = stamped[np.append(begins[1:], len(column))[last] - 1]
        self._close(rows)
        return rows

    def tick(self, now: int) -> Rows:
        """Return the rows that are closed by silence at `now` (ms, the log's clock)."""
        over = np.maximum((self.open + 1) * MINUTE_MS, self.heard) + QUIET_MS <= now
        column = np.flatnonzero(over & (self.open > NEVER))
        rows = Rows(column, self.open[column], self.total[column] / np.maximum(self.count[column], 1))
        self._close(rows)
        self.open[column] = NEVER
        return rows

    def _close(self, rows: Rows) -> None:
        np.maximum.at(self.closed, rows.column, rows.minute)


def _running_maximum(column: Integers, minute: Integers) -> Integers:
    """Return the largest minute so far within each column; columns stand together, rising."""
    if not len(column):
        return minute
    lowest = int(minute.min())
    width = int(minute.max()) - lowest + 1
    rank = np.cumsum(np.diff(column, prepend=column[0]) != 0)
    running: Integers = np.maximum.accumulate(rank * width + (minute - lowest)) - rank * width + lowest
    return running


def _ordered(column: Integers, minute: Integers, value: Floats) -> Rows:
    order = np.lexsort((minute, column))
    return Rows(column[order], minute[order], value[order])
