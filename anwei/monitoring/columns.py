"""Columns of the store as JSON and people read them: no NaN, no NumPy numbers, no milliseconds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from anwei.monitoring.stream.store.protocol import Columns

Sample = tuple[int, float | None, int]  # ts in ms, value, quality


def moment(ms: int) -> datetime:
    """Return milliseconds since 1970 UTC as an aware datetime."""
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)


def finite(value: float | None) -> float | None:
    """Return the value, None for NaN (the device sent none) and infinities."""
    return value if value is not None and math.isfinite(value) else None


def samples_by_tag(columns: Columns) -> Iterator[tuple[int, Sample]]:
    """Yield tag and sample of the columns of `store.last`."""
    rows = zip(*(columns[name].tolist() for name in ("tag", "ts", "value", "quality")), strict=True)
    for tag, ts, value, quality in rows:
        yield tag, (ts, finite(value), quality)
