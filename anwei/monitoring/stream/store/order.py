"""The one order of stored rows: by tag and time, each (tag, time) once.

Which of two rows with the same (tag, time) wins must not depend on which came first, or a replay in
another order would end in another store: the better quality wins, then the larger value, a number before NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Samples


def take(samples: Samples, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Samples:
    """Return the rows picked by positions, mask or slice."""
    return Samples(samples.tag[rows], samples.ts[rows], samples.value[rows], samples.quality[rows])


def is_ordered(samples: Samples) -> bool:
    """Say whether the rows are already sorted by (tag, ts) and unique."""
    tag, ts = samples.tag, samples.ts
    rising = (tag[1:] > tag[:-1]) | ((tag[1:] == tag[:-1]) & (ts[1:] > ts[:-1]))
    return bool(rising.all())


def sort_unique(samples: Samples) -> Samples:
    """Return the rows sorted by (tag, ts), each pair once.

    Sorts stably by tag first: rows mostly arrive in time order, so that is all most tags need; only tags
    with disorder or duplicates are sorted in full.
    """
    if is_ordered(samples):
        return samples
    samples = take(samples, np.argsort(samples.tag, kind="stable"))
    same_tag = samples.tag[1:] == samples.tag[:-1]
    unruly = same_tag & (samples.ts[1:] <= samples.ts[:-1])
    if not unruly.any():
        return samples
    positions = np.flatnonzero(np.isin(samples.tag, np.unique(samples.tag[1:][unruly])))
    part = take(samples, positions)
    ranked = positions[np.lexsort((-part.value, part.quality, part.ts, part.tag))]
    rows = np.arange(len(samples))
    rows[positions] = ranked
    samples = take(samples, rows)
    first = np.ones(len(samples), np.bool_)
    first[1:] = (samples.tag[1:] != samples.tag[:-1]) | (samples.ts[1:] != samples.ts[:-1])
    return take(samples, first)
