"""Accumulates minimum, maximum, sum, count and last per tag and interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.store.rollup import Rollup, group_starts
from anwei.monitoring.stream.wire import Columns

MAX_BUCKETS = 5_000_000


class Buckets:
    """Dense arrays, tags x intervals; intervals are counted from `start`.

    Raises ValueError when the question asks for more than MAX_BUCKETS.
    """

    def __init__(self, tags: NDArray[np.int32], start: int, end: int, interval: int) -> None:
        if interval <= 0:
            raise ValueError("the interval must be positive")
        self._tags = tags
        self._start, self._interval = start, interval
        self._width = max(0, -(-(end - start) // interval))
        size = len(tags) * self._width
        if size > MAX_BUCKETS:
            raise ValueError(f"{size} buckets asked for, at most {MAX_BUCKETS} are answered")
        self._minimum = np.full(size, np.inf)
        self._maximum = np.full(size, -np.inf)
        self._total = np.zeros(size)
        self._count = np.zeros(size, np.int64)
        self._last = np.full(size, np.nan)
        self._last_ts = np.full(size, np.iinfo(np.int64).min)

    def add_rows(self, samples: Samples) -> None:
        """Add the good ones of ordered, unique rows, all within the time asked for."""
        samples = take(samples, (samples.quality == Quality.GOOD) & ~np.isnan(samples.value))
        if not len(samples):
            return
        cell = self._cells(samples.tag, samples.ts)
        starts = group_starts(cell)
        ends = np.append(starts[1:], len(cell)) - 1
        self._add(
            cell=cell[starts],
            minimum=np.minimum.reduceat(samples.value, starts),
            maximum=np.maximum.reduceat(samples.value, starts),
            total=np.add.reduceat(samples.value, starts),
            count=ends - starts + 1,
            last=samples.value[ends],
            last_ts=samples.ts[ends],
        )

    def add_rollup(self, rollup: Rollup, low: int, high: int) -> None:
        """Add the hours of a rollup that lie in [low, high); the interval is a multiple of an hour."""
        first = np.searchsorted(rollup.tag, self._tags, "left")
        after = np.searchsorted(rollup.tag, self._tags, "right")
        if not len(first) or first[0] == after[-1]:
            return
        lengths = after - first
        rows = np.arange(lengths.sum()) + np.repeat(after - lengths.cumsum(), lengths)
        rows = rows[(rollup.hour[rows] >= low) & (rollup.hour[rows] < high)]
        if not len(rows):
            return
        cell = self._cells(rollup.tag[rows], rollup.hour[rows])
        starts = group_starts(cell)
        ends = np.append(starts[1:], len(cell)) - 1
        self._add(
            cell=cell[starts],
            minimum=np.minimum.reduceat(rollup.minimum[rows], starts),
            maximum=np.maximum.reduceat(rollup.maximum[rows], starts),
            total=np.add.reduceat(rollup.total[rows], starts),
            count=np.add.reduceat(rollup.count[rows], starts),
            last=rollup.last[rows][ends],
            last_ts=rollup.last_ts[rows][ends],
        )

    def columns(self) -> Columns:
        """Return tag, bucket (start, ms), minimum, maximum, mean, count, last of the buckets with rows."""
        filled = np.flatnonzero(self._count)
        count = self._count[filled]
        return {
            "tag": self._tags[filled // max(self._width, 1)],
            "bucket": self._start + filled % max(self._width, 1) * self._interval,
            "minimum": self._minimum[filled],
            "maximum": self._maximum[filled],
            "mean": self._total[filled] / count,
            "count": count,
            "last": self._last[filled],
        }

    def _cells(self, tag: NDArray[np.int32], ts: NDArray[np.int64]) -> NDArray[np.int64]:
        position = np.searchsorted(self._tags, tag).astype(np.int64)
        return position * self._width + (ts - self._start) // self._interval

    def _add(
        self,
        *,
        cell: NDArray[np.int64],
        minimum: NDArray[np.float64],
        maximum: NDArray[np.float64],
        total: NDArray[np.float64],
        count: NDArray[np.int64],
        last: NDArray[np.float64],
        last_ts: NDArray[np.int64],
    ) -> None:
        """Add one row for each of the different cells."""
        self._minimum[cell] = np.minimum(self._minimum[cell], minimum)
        self._maximum[cell] = np.maximum(self._maximum[cell], maximum)
        self._total[cell] += total
        self._count[cell] += count
        newer = last_ts > self._last_ts[cell]
        self._last[cell[newer]] = last[newer]
        self._last_ts[cell[newer]] = last_ts[newer]
