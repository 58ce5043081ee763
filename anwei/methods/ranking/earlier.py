"""What was known before: sums over strictly earlier rows of a kind, and the order to walk rows in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def earlier(code: Integers, time: Floats, weight: Floats, until: Floats) -> Floats:
    """Return for each row the sum of `weight` over rows of its code whose time is before its `until`."""
    times, place = np.unique(np.r_[time, until], return_inverse=True)
    own, asked = place[: len(time)], place[len(time) :]
    key = code * len(times) + own
    order = np.argsort(key, kind="stable")
    total = np.r_[0.0, np.cumsum(weight[order])]
    end = np.searchsorted(key[order], code * len(times) + asked)
    begin = np.searchsorted(key[order], code * len(times))
    found: Floats = total[end] - total[begin]
    return found


def ranks(entity: Integers, time: Floats, until: Floats) -> tuple[Integers, Integers]:
    """Return how many different times of its entity lie before each row's time, and before its `until`."""
    order = np.lexsort((time, entity))
    of, at = entity[order], time[order]
    is_new = np.r_[True, (of[1:] != of[:-1]) | (at[1:] != at[:-1])]
    first = np.empty(len(of))
    first[order] = is_new
    return (
        earlier(entity, time, first, time).round().astype(np.int64),
        earlier(entity, time, first, until).round().astype(np.int64),
    )


def walk(entity: Integers, time: Floats, until: Floats) -> Iterator[tuple[Integers, Integers]]:
    """Yield rows to tell and then rows to learn from, so that each is told what its entity's past taught.

    What is learned at one step is of one time an entity; a row is told before its `until` comes.
    """
    own, asked = ranks(entity, time, until)
    by_own, by_asked = np.argsort(own, kind="stable"), np.argsort(asked, kind="stable")
    n = int(own.max()) + 2
    steps = np.arange(n + 1)
    learn = np.searchsorted(own[by_own], steps)
    tell = np.searchsorted(asked[by_asked], steps)
    for step in range(n):
        yield by_asked[tell[step] : tell[step + 1]], by_own[learn[step] : learn[step + 1]]
