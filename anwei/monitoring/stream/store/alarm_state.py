"""The last written state row of every alarm rule, folded from the changed rows of each batch.

The columns are the alarm engine's own; the store only knows that `rule` is the key.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anwei.monitoring.stream.wire import Columns

_FOLD_AFTER = 256


class AlarmState:
    """Changed rows pile up and are folded when many, or when asked. Not locked: the store locks."""

    def __init__(self, columns: Columns | None = None) -> None:
        self._parts: list[Columns] = [columns] if columns else []
        self.changed = False

    def add(self, columns: Columns) -> None:
        """Take the changed rows of one batch."""
        if not len(columns["rule"]):
            return
        self._parts.append(columns)
        self.changed = True
        if len(self._parts) > _FOLD_AFTER:
            self.read()

    def take_changed(self) -> Columns | None:
        """Return all rows if any changed since the last call, else None."""
        changed, self.changed = self.changed, False
        return self.read() if changed else None

    def read(self) -> Columns:
        """Return all rows, ordered by rule; {} when none was ever written."""
        if len(self._parts) > 1:
            self._parts = [fold(self._parts)]
        return dict(self._parts[0]) if self._parts else {}


def fold(parts: list[Columns]) -> Columns:
    """Return one row for each rule, the last one given.

    Parts written by an older version may have other columns; those of the newest part count, and a column
    an older part lacks is filled with zeros.
    """
    newest = parts[-1]
    whole = {
        name: np.concatenate(
            [part.get(name, np.zeros(len(part["rule"]), column.dtype)) for part in parts]
        ).astype(column.dtype, copy=False)
        for name, column in newest.items()
    }
    backwards = whole["rule"][::-1]
    _, first = np.unique(backwards, return_index=True)
    rows = len(backwards) - 1 - first
    return {name: column[rows] for name, column in whole.items()}


def write_columns(path: Path, columns: Columns) -> None:
    """Write columns to a Parquet file."""
    pq.write_table(pa.table(columns), path, compression="zstd")


def read_columns(path: Path) -> Columns:
    """Return the columns of a Parquet file."""
    table = pq.read_table(path, use_threads=False)
    return {name: table.column(name).to_numpy() for name in table.column_names}
