"""Sample files: plain Parquet, sorted by (tag, ts), values as scaled integers.

Columns: tag int32, ts timestamp(ms, UTC), v int64 or null, e int8, x double or null, q uint8;
value = coalesce(v / power(10, e), x). Any engine that reads Parquet 2.6 reads them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Samples
from anwei.monitoring.stream.store import scaled
from anwei.monitoring.stream.store.order import take

ROW_GROUP_ROWS = 24_576  # measured: smaller costs bytes, larger costs the one-tag read
SCHEMA = pa.schema(
    [
        pa.field("tag", pa.int32(), nullable=False),
        pa.field("ts", pa.timestamp("ms", tz="UTC"), nullable=False),
        pa.field("v", pa.int64()),
        pa.field("e", pa.int8(), nullable=False),
        pa.field("x", pa.float64()),
        pa.field("q", pa.uint8(), nullable=False),
    ]
)
COMPRESSION: dict[str, Any] = {"compression": "zstd", "compression_level": 3, "store_schema": False}
_ENCODING = dict.fromkeys(("tag", "ts", "v", "e", "q"), "DELTA_BINARY_PACKED")
_STATISTICS = ["tag", "ts", "e", "x", "q"]  # of v they would cost bytes and help nobody
_SORTING = pq.SortingColumn.from_ordering(SCHEMA, [("tag", "ascending"), ("ts", "ascending")])


class SampleWriter:
    """Writes ordered rows to one file, row group by row group; use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(
            path,
            SCHEMA,
            version="2.6",
            use_dictionary=False,
            column_encoding=_ENCODING,
            sorting_columns=_SORTING,
            write_statistics=_STATISTICS,
            **COMPRESSION,
        )
        self.n_rows = 0

    def __enter__(self) -> SampleWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, samples: Samples, values: scaled.Scaled) -> None:
        """Append rows that follow the last ones in order; whole tags only."""
        table = pa.Table.from_arrays(
            [
                pa.array(samples.tag),
                pa.array(samples.ts).cast(SCHEMA.field("ts").type),
                pa.array(values.v, mask=None if values.exact.all() else ~values.exact),
                pa.array(values.e),
                _raw(samples.value, values.exact),
                pa.array(samples.quality),
            ],
            schema=SCHEMA,
        )
        for start, end in row_groups(samples.tag):
            self._writer.write_table(table.slice(start, end - start), row_group_size=end - start)
        self.n_rows += len(samples)


def row_groups(tag: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Cut a sorted column into spans of whole tags of at least ROW_GROUP_ROWS rows (the last may be less)."""
    ends = np.append(np.flatnonzero(tag[1:] != tag[:-1]) + 1, len(tag))
    start = 0
    while start < len(tag):
        at = min(int(np.searchsorted(ends, start + ROW_GROUP_ROWS)), len(ends) - 1)
        yield start, int(ends[at])
        start = int(ends[at])


def _raw(value: NDArray[np.float64], exact: NDArray[np.bool_]) -> pa.Array:
    if exact.all():
        return pa.nulls(len(value), pa.float64())
    return pa.array(value, mask=exact)


class SampleFile:
    """One open sample file. Reads are serialised: Arrow's file reader is not promised to be thread-safe."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path, memory_map=False)
        self._lock = threading.Lock()
        metadata = self._file.metadata
        groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
        self.rows = np.array([group.num_rows for group in groups], np.int64)
        self.first_tag = np.array([group.column(0).statistics.min for group in groups], np.int32)
        self.last_tag = np.array([group.column(0).statistics.max for group in groups], np.int32)
        self._uniform: dict[int, int | None] = {}

    def select(self, tags: NDArray[np.int32], start: int, end: int) -> Samples:
        """Return the rows of the sorted `tags` in [start, end), ordered."""
        low = np.searchsorted(tags, self.first_tag, "left")
        high = np.searchsorted(tags, self.last_tag, "right")
        parts = []
        for group in np.flatnonzero(high > low).tolist():
            rows = self._read(group)
            for tag in tags[low[group] : high[group]]:
                span = slice(*np.searchsorted(rows.tag, np.array([tag, tag + 1], np.int32)).tolist())
                if span.stop > span.start:
                    times = np.searchsorted(rows.ts[span], (start, end)) + span.start
                    parts.append(take(rows, slice(int(times[0]), int(times[1]))))
        return parts[0] if len(parts) == 1 else Samples.concatenate(parts)

    def span(self, first: int, last: int) -> Samples:
        """Return all rows of the tags from `first` to `last`, both included."""
        parts = []
        for group in np.flatnonzero((self.last_tag >= first) & (self.first_tag <= last)).tolist():
            rows = self._read(group)
            parts.append(take(rows, (rows.tag >= first) & (rows.tag <= last)))
        return Samples.concatenate(parts)

    def _read(self, group: int) -> Samples:
        with self._lock:
            if group not in self._uniform:
                self._uniform[group] = self._decimals_if_plain(group)
            decimals = self._uniform[group]
            columns = ["tag", "ts", "v"] if decimals is not None else None
            table = self._file.read_row_group(group, columns=columns, use_threads=False)
        tag = _numpy(table, "tag")
        ts = _numpy(table, "ts").view(np.int64)
        if decimals is not None:
            value = scaled.decode(_numpy(table, "v"), decimals)
            return Samples(tag, ts, value, np.zeros(len(tag), np.uint8))
        v = table.column("v")
        if v.null_count == 0:
            value = scaled.decode(_numpy(table, "v"), _numpy(table, "e"))
        else:
            whole = v.fill_null(0).to_numpy()
            value = np.where(
                v.is_valid().to_numpy(), scaled.decode(whole, _numpy(table, "e")), _doubles(table)
            )
        return Samples(tag, ts, value, _numpy(table, "q"))

    def _decimals_if_plain(self, group: int) -> int | None:
        """Return the decimals when all values of the group are good integers of one scale, else None."""
        e, x, q = (self._file.metadata.row_group(group).column(i) for i in range(3, 6))
        if x.statistics.null_count < x.num_values or q.statistics.max > 0:
            return None
        return int(e.statistics.min) if e.statistics.min == e.statistics.max else None


def _numpy(table: pa.Table, name: str) -> NDArray[Any]:
    column: NDArray[Any] = table.column(name).to_numpy()
    return column


def _doubles(table: pa.Table) -> NDArray[np.float64]:
    # A null double becomes NaN, and is never looked at: there the integer counts.
    values: NDArray[np.float64] = table.column("x").to_numpy(zero_copy_only=False)
    return values
