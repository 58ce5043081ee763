"""Hourly rollups: minimum, maximum, exact sum, count and last of the good samples of each tag and hour.

Only good samples count: a doubtful value stays visible in the history but must not bend a statistic. Sums
are sums of scaled integers and so exact; hours with a value that has no scaled integer keep doubles instead.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store import scaled
from anwei.monitoring.stream.store.options import HOUR_MS
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.store.sample_file import COMPRESSION, ROW_GROUP_ROWS

_INTEGERS = ("vmin", "vmax", "vsum", "vlast")
_DOUBLES = ("xmin", "xmax", "xsum", "xlast")
SCHEMA = pa.schema(
    [
        pa.field("tag", pa.int32(), nullable=False),
        pa.field("hour", pa.timestamp("ms", tz="UTC"), nullable=False),
        pa.field("n", pa.int32(), nullable=False),
        pa.field("e", pa.int8(), nullable=False),
        *[pa.field(name, pa.int64()) for name in _INTEGERS],
        pa.field("last_ms", pa.int32(), nullable=False),
        *[pa.field(name, pa.float64()) for name in _DOUBLES],
    ]
)
_LARGEST_SUM = float(2**62)  # beyond it an int64 sum could overflow
_ENCODED = ("tag", "hour", "n", "e", "last_ms", *_INTEGERS)


@dataclass(frozen=True)
class Rollup:
    """One row for each tag and hour that has a good sample, sorted by both."""

    tag: NDArray[np.int32]
    hour: NDArray[np.int64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    total: NDArray[np.float64]
    count: NDArray[np.int64]
    last: NDArray[np.float64]
    last_ts: NDArray[np.int64]


def group_starts(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """Return where a new group of equal rows starts in sorted columns."""
    new = np.ones(len(columns[0]), np.bool_)
    new[1:] = False
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


class RollupWriter:
    """Writes the rollup of ordered rows to one file, piece by piece; use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(
            path,
            SCHEMA,
            version="2.6",
            use_dictionary=False,
            column_encoding=dict.fromkeys(_ENCODED, "DELTA_BINARY_PACKED"),
            **COMPRESSION,
        )

    def __enter__(self) -> RollupWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, samples: Samples, values: scaled.Scaled) -> None:
        """Append the hours of ordered rows; whole tags only."""
        good = (samples.quality == Quality.GOOD) & ~np.isnan(samples.value)
        if not good.all():
            samples = take(samples, good)
            values = scaled.Scaled(values.v[good], values.e[good], values.exact[good])
        if not len(samples):
            return
        hour = samples.ts // HOUR_MS
        starts = group_starts(samples.tag, hour)
        ends = np.append(starts[1:], len(samples)) - 1
        exact = np.logical_and.reduceat(values.exact, starts)
        integers = _summary(values.v, starts, ends)
        largest = np.maximum(-integers[0], integers[1]).astype(np.float64)
        exact &= largest * (ends - starts + 1) < _LARGEST_SUM
        doubles = [None] * 4 if exact.all() else _summary(samples.value, starts, ends)
        columns = [
            pa.array(samples.tag[starts]),
            pa.array(hour[starts] * HOUR_MS).cast(SCHEMA.field("hour").type),
            pa.array((ends - starts + 1).astype(np.int32)),
            pa.array(values.e[starts]),
            *[pa.array(column, mask=~exact) for column in integers],
            pa.array((samples.ts[ends] % HOUR_MS).astype(np.int32)),
            *[
                pa.nulls(len(starts), pa.float64()) if column is None else pa.array(column, mask=exact)
                for column in doubles
            ],
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), row_group_size=ROW_GROUP_ROWS)


def _summary(column: NDArray[Any], starts: NDArray[np.intp], ends: NDArray[np.intp]) -> list[NDArray[Any]]:
    with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs have no sum: NaN
        total = np.add.reduceat(column, starts)
    return [np.minimum.reduceat(column, starts), np.maximum.reduceat(column, starts), total, column[ends]]


class RollupFile:
    """One open rollup file; decodes only the row groups that hold the tags asked for."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path, memory_map=False)
        self._lock = threading.Lock()
        metadata = self._file.metadata
        tags = [metadata.row_group(i).column(0).statistics for i in range(metadata.num_row_groups)]
        self._first_tag = np.array([each.min for each in tags], np.int32)
        self._last_tag = np.array([each.max for each in tags], np.int32)

    def groups(self, tags: NDArray[np.int32]) -> list[int]:
        """Return the row groups that may hold any of the sorted `tags`."""
        low = np.searchsorted(tags, self._first_tag, "left")
        high = np.searchsorted(tags, self._last_tag, "right")
        found: list[int] = np.flatnonzero(high > low).tolist()
        return found

    def read(self, group: int) -> Rollup:
        """Return one row group."""
        with self._lock:  # Arrow's file reader is not promised to be thread-safe
            table = self._file.read_row_group(group, use_threads=False)
        hour = table.column("hour").to_numpy().view(np.int64)
        e = table.column("e").to_numpy()
        minimum, maximum, total, last = (
            _value(table.column(v), e, table.column(x)) for v, x in zip(_INTEGERS, _DOUBLES, strict=True)
        )
        return Rollup(
            table.column("tag").to_numpy(),
            hour,
            minimum,
            maximum,
            total,
            table.column("n").to_numpy().astype(np.int64),
            last,
            hour + table.column("last_ms").to_numpy(),
        )


def _value(v: pa.ChunkedArray, e: NDArray[np.int8], x: pa.ChunkedArray) -> NDArray[np.float64]:
    if v.null_count == 0:
        return scaled.decode(v.to_numpy(), e)
    whole = scaled.decode(v.fill_null(0).to_numpy(), e)
    doubles = x.to_numpy(zero_copy_only=False)
    return np.where(v.is_valid().to_numpy(), whole, doubles)
