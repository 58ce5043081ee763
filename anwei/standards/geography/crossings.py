"""Where a closed ring crosses itself: by boxes around ever shorter pieces, few edges are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.standards.geography.points import Point
from anwei.standards.geography.regions import Ring

MOST_PAIRS = 2_000_000  # of edges whose boxes meet, within a second; a border has a few for each edge

_Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


class TooTangled(ValueError):
    """Too many edges of a ring lie across one another to compare them all."""


def crossing(ring: Ring) -> Point | None:
    """Return a corner by which a closed ring crosses itself, None where it does not.

    Edges that only touch, as surveyed borders do at a pinch or a doubled position, do not cross. Raises
    TooTangled where more than MOST_PAIRS pairs of edges would have to be compared.
    """
    start, end = ring[:-1], ring[1:]
    first, second = _near(_levels(np.hstack([np.minimum(start, end), np.maximum(start, end)])))
    apart = second - first > 1
    first, second = first[apart], second[apart]
    a, b, c, d = start[first], end[first], start[second], end[second]
    crossed = (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
    if not crossed.any():
        return None
    meets = c[crossed][np.lexsort((second[crossed], first[crossed]))[0]]
    return Point(float(meets[0]), float(meets[1]))


def _levels(boxes: Ring) -> list[Ring]:
    """Return the boxes (west, south, east, north) of all edges, of each two that follow, of each four ..."""
    levels = [boxes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        if len(below) % 2:
            below = np.concatenate([below, below[-1:]])
        one, other = below[::2], below[1::2]
        levels.append(np.hstack([np.minimum(one[:, :2], other[:, :2]), np.maximum(one[:, 2:], other[:, 2:])]))
    return levels


def _near(levels: list[Ring]) -> _Pairs:
    """Return the pairs of edges, each once, the earlier first, whose boxes meet."""
    first = second = np.zeros(1, dtype=np.int64)
    for boxes in levels[-2::-1]:
        first = np.concatenate([2 * first, 2 * first, 2 * first + 1, 2 * first + 1])
        second = np.concatenate([2 * second, 2 * second + 1, 2 * second, 2 * second + 1])
        there = (first <= second) & (second < len(boxes))
        first, second = first[there], second[there]
        one, other = boxes[first], boxes[second]
        meet = ((one[:, :2] <= other[:, 2:]) & (one[:, 2:] >= other[:, :2])).all(axis=1)
        first, second = first[meet], second[meet]
        if len(first) > MOST_PAIRS:
            raise TooTangled(f"{len(first)} > {MOST_PAIRS}")
    return first, second


def _side(a: Ring, b: Ring, c: Ring) -> Ring:
    """Return on which side of the line from a to b each c lies: positive on the left, 0 on it."""
    side: Ring = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
    return side
