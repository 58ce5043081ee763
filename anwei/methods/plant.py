"""Many sensors of one plant: do they still move together as they do when all is well?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LAGS = 2  # rows that a row is predicted from
RIDGE = 100.0  # of the prediction
SHRINK_INNOVATION, SHRINK_VECTOR = 0.05, 0.02  # towards the diagonal
RUN_IN = 20  # rows before an average that started at nought is usual
SLOW, FAST = 0.1, 0.3  # weights of the newest row
BLOCK = 240  # rows, about: of the normal data left out at a time to find the limit
WARM = 60  # rows of a left-out block before it counts
USUAL, LIMIT = 0.99, 0.993  # quantiles of the statistics of normal rows
LEAST_BLOCKS, MOST_FOLDS = 2, 20  # a fold: the blocks left out together


class TooFew(ValueError):
    """There are not enough normal rows; `needed` of them would do."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"{needed} normal rows are needed")
        self.needed = needed


class PlantFinding(NamedTuple):
    """What a row of a plant is: its statistic over its limit (1: at it); each tag's share, largest first."""

    ratio: float
    alarm: bool
    parts: dict[str, float]


@dataclass
class Model:
    """How the tags of a plant move when all is well: level, prediction from the rows before, covariances."""

    mean: Array  # (n,)
    scale: Array  # (n,)
    weights: Array  # (n, n*LAGS)
    innovation: Array  # inverse covariance (n, n)
    vector_mean: Array  # (n*(LAGS+1),)
    vector: Array  # inverse covariance of the averaged rows (n*(LAGS+1),)*2

    @classmethod
    def of(cls, blocks: Sequence[Array]) -> Model:
        """Return the model of blocks of normal rows; rows of different blocks do not follow each other."""
        rows = np.concatenate(blocks)
        mean, scale = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        pairs = [_lagged((block - mean) / scale) for block in blocks]
        now, before = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
        gram = before.T @ before + RIDGE * np.eye(before.shape[1])
        weights = np.linalg.solve(gram, before.T @ now).T
        averaged = np.concatenate([_averaged(np.hstack(pair))[RUN_IN:] for pair in pairs])
        return cls(
            mean,
            scale,
            weights,
            _inverse(np.cov((now - before @ weights.T).T), SHRINK_INNOVATION),
            averaged.mean(axis=0),
            _inverse(np.cov(averaged.T), SHRINK_VECTOR),
        )


def _lagged(rows: Array) -> tuple[Array, Array]:
    """Return each row that has LAGS rows before it, and those, nearest first, side by side."""
    n = len(rows)
    return rows[LAGS:], np.hstack([rows[LAGS - lag : n - lag] for lag in range(1, LAGS + 1)])


def _averaged(rows: Array) -> Array:
    """Return the exponentially weighted averages of rows, started at nought."""
    from scipy.signal import lfilter  # it loads for a moment, and few commands ask for it

    found: Array = lfilter([SLOW], [1.0, SLOW - 1.0], rows, axis=0)
    return found


def _inverse(covariance: Array, shrink: float) -> Array:
    """Return the inverse of a covariance drawn towards its diagonal; all its directions are kept."""
    covariance = np.atleast_2d(covariance)
    diagonal = np.diag(np.diag(covariance) + 1e-9)
    return np.asarray(np.linalg.inv((1 - shrink) * covariance + shrink * diagonal), np.float64)
