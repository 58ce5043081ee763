"""Normal rows of a plant made fit to learn from: gross errors out, gaps held, tags without a say left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.methods.plausible import LARGEST

Array = NDArray[np.float64]

MOST_MISSING = 0.5  # of a tag's rows: with more it is left out
FAR = 10.0  # deviations from the median: a value counts as no farther, in normal rows as in scored ones
IMPOSSIBLE = 100.0  # deviations: a normal value beyond is an error of the measurement and is none
SPREADS = (
    (0.25, 0.75, 1.349),
    (0.05, 0.95, 3.29),
    (0.01, 0.99, 4.65),
)  # quantiles, as far apart in deviations


class NothingMoves(ValueError):
    """No tag changes in the normal rows, or all are mostly without a value."""


@dataclass(frozen=True)
class NormalRows:
    """`runs` without gaps, of the tags `kept`; those left out, and how many values of each were errors."""

    runs: list[Array]
    kept: NDArray[np.int64]
    missing: NDArray[np.int64]
    still: NDArray[np.int64]
    n_errors: NDArray[np.int64]  # by tag, of all
    least: Array  # of each tag that is kept, what it counts as
    most: Array


def normal_rows(runs: Sequence[Array]) -> NormalRows:
    """Return what can be learned from runs of rows (rows, tags). Raises NothingMoves.

    A deviation is the greatest of three that the outer rows do not make, so that neither one gross error
    (-9999) nor the long tail of an honest tag decides it. A missing value is the one before it in its run.
    """
    rows = np.concatenate(runs)
    rows = np.where(np.abs(rows) <= LARGEST, rows, np.nan)
    is_missing = np.isnan(rows).mean(axis=0) > MOST_MISSING
    if is_missing.all():
        raise NothingMoves
    there = rows[:, ~is_missing]
    centre, deviation = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    centre[~is_missing] = np.nanmedian(there, axis=0)
    for low, high, apart in SPREADS:
        least, most = np.nanquantile(there, (low, high), axis=0)
        deviation[~is_missing] = np.maximum(deviation[~is_missing], (most - least) / apart)
    kept = np.flatnonzero(deviation > 0)
    if not len(kept):
        raise NothingMoves
    is_error = np.abs(rows - centre) > np.where(deviation > 0, IMPOSSIBLE * deviation, np.inf)
    least, most = (centre + sign * FAR * deviation for sign in (-1, 1))
    rows = np.where(is_error, np.nan, np.clip(rows, least, most))
    ends = np.cumsum([len(run) for run in runs])[:-1]
    return NormalRows(
        [_held(run[:, kept], centre[kept]) for run in np.split(rows, ends)],
        kept,
        np.flatnonzero(is_missing),
        np.flatnonzero(~is_missing & (deviation == 0)),
        is_error.sum(axis=0),
        least[kept],
        most[kept],
    )


def _held(run: Array, centre: Array) -> Array:
    """Return a run with the last value where one is missing: before the first the first, or `centre`."""
    known = np.isfinite(run)
    last = np.maximum.accumulate(np.where(known, np.arange(len(run))[:, None], -1), axis=0)
    held = np.take_along_axis(run, np.where(last < 0, known.argmax(axis=0), last), axis=0)
    found: Array = np.where(np.isfinite(held), held, centre)
    return found
