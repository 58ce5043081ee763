"""A trend as one line: where a value went within a window, without losing its spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.models import AlarmRule

WIDTH, HEIGHT, MARGIN = 92, 28, 2
N_BUCKETS = 60
GAP = 0.1  # of the window: what came more seldom than that is not one line; 6 minutes of an hour
LOW_KINDS = frozenset({AlarmRule.Kind.L, AlarmRule.Kind.LL})


@dataclass(frozen=True)
class Sparkline:
    """An SVG path in a box of WIDTH x HEIGHT; `limit_y` is the height of the limit, None without one."""

    path: str
    limit_y: float | None


def extreme_of(kind: str) -> str:
    """Return the aggregate that shows how near the limit came: of a low limit the minimum."""
    return "minimum" if kind in LOW_KINDS else "maximum"


def sparkline(
    at: NDArray[np.int64], values: NDArray[np.float64], *, start: int, end: int, limit: float | None
) -> Sparkline:
    """Draw (ms, value) points of [start, end) in the order of time; a gap breaks the line."""
    known = np.isfinite(values)
    at, values = at[known], values[known]
    if not len(at):
        return Sparkline("", None)
    floor, top = _bounds([*values.tolist(), *([] if limit is None else [limit])])
    x = (at - start) / (end - start) * WIDTH
    y = [_height(value, floor, top) for value in values.tolist()]
    breaks = np.concatenate([[True], np.diff(at) > GAP * (end - start)])
    path = "".join(
        f"{'M' if begins else 'L'}{left:.1f} {height:.1f}"
        for begins, left, height in zip(breaks.tolist(), x.tolist(), y, strict=True)
    )
    return Sparkline(path, None if limit is None else round(_height(limit, floor, top), 1))


def _bounds(values: list[float]) -> tuple[float, float]:
    floor, top = min(values), max(values)
    return (floor, top) if top > floor else (floor - 1, top + 1)


def _height(value: float, floor: float, top: float) -> float:
    return HEIGHT - MARGIN - (value - floor) / (top - floor) * (HEIGHT - 2 * MARGIN)
