"""Fewer points that still show every spike: each bucket's minimum and maximum at their own times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxDownsampler

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.order import take

_minmax = MinMaxDownsampler()  # type: ignore[no-untyped-call]


def downsample(samples: Samples, points: int) -> Samples:
    """Return at most `points` rows (at least 4) of one tag's ordered rows.

    Doubtful rows get up to a quarter of the points for themselves: an absurd value must neither vanish nor
    push the true extreme out of its bucket.
    """
    points = max(points, 4)
    if len(samples) <= points:
        return samples
    good = np.flatnonzero((samples.quality == Quality.GOOD) & ~np.isnan(samples.value))
    doubtful = np.setdiff1d(np.arange(len(samples)), good, assume_unique=True)
    chosen = [_spread(doubtful, min(points // 4, points - 2 if len(good) else points))]
    room = points - len(chosen[0])
    chosen.append(good if len(good) <= room else good[_extremes(samples, good, room)])
    return take(samples, np.sort(np.concatenate(chosen)))


def _spread(rows: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return at most `count` of the rows, evenly, the first and last among them."""
    if len(rows) <= count:
        return rows
    return rows[np.linspace(0, len(rows) - 1, count).astype(np.intp)]


def _extremes(samples: Samples, good: NDArray[np.intp], room: int) -> NDArray[np.intp]:
    ts = samples.ts[good]
    picked: NDArray[np.intp] = _minmax.downsample(ts, samples.value[good], n_out=room // 2 * 2)
    return np.unique(picked)
