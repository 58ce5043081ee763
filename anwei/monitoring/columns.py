"""Columns of the store as JSON can carry them: no NaN, no NumPy numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from anwei.monitoring.stream.store.protocol import Columns

Sample = tuple[int, float | None, int]  # ts in ms, value, quality


def finite(value: float | None) -> float | None:
    """Return the value, None for NaN (the device sent none) and infinities."""
    return value if value is not None and math.isfinite(value) else None


def samples_by_tag(columns: Columns) -> Iterator[tuple[int, Sample]]:
    """Yield tag and sample of the columns of `store.last`."""
    rows = zip(*(columns[name].tolist() for name in ("tag", "ts", "value", "quality")), strict=True)
    for tag, ts, value, quality in rows:
        yield tag, (ts, finite(value), quality)
