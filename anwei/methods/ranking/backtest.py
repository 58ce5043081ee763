"""How well scores order rows: area under the curve, recall of the top, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.methods.ranking.earlier import Floats

TOP = 0.1
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Backtest:
    """How a model did on later rows than it learned from."""

    name: str
    area: float
    recall: float  # in the top tenth
    n: int
    n_events: int


def backtest(name: str, parts: list[tuple[Floats, Truth]]) -> Backtest:
    """Return how scores did, the mean over parts weighed by their events."""
    events = np.array([truth.sum() for _scores, truth in parts])
    return Backtest(
        name,
        float(np.average([area(*part) for part in parts], weights=events)),
        float(np.average([recall_at(*part) for part in parts], weights=events)),
        sum(len(truth) for _scores, truth in parts),
        int(events.sum()),
    )


def area(scores: Floats, event: Truth) -> float:
    """Return the area under the ROC curve: the share of pairs in the right order, ties one half."""
    n_events = int(event.sum())
    n_others = len(event) - n_events
    return float((_ranks(scores)[event].sum() - n_events * (n_events + 1) / 2) / (n_events * n_others))


def area_gained(one: Floats, other: Floats, event: Truth) -> tuple[float, float]:
    """Return by how much the area of one score exceeds another's on the same rows, and its standard error.

    By DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988, 837-845); at least two events and two others.
    """
    first, second = _passed(one, event), _passed(other, event)
    of_events, of_others = (a - b for a, b in zip(first, second, strict=True))
    variance = of_events.var(ddof=1) / len(of_events) + of_others.var(ddof=1) / len(of_others)
    return float(of_events.mean()), float(np.sqrt(variance))


def _passed(scores: Floats, event: Truth) -> tuple[Floats, Floats]:
    """Return for each event the share of others below it, and for each other that of the events above it."""
    rank = _ranks(scores)
    n_events = int(event.sum())
    below = (rank[event] - _ranks(scores[event])) / (len(event) - n_events)
    above = 1 - (rank[~event] - _ranks(scores[~event])) / n_events
    return below, above


def _ranks(scores: Floats) -> Floats:
    """Return the place of each score from the lowest, 1; equal ones share the mean of theirs."""
    _values, place, n = np.unique(scores, return_inverse=True, return_counts=True)
    found: Floats = (np.cumsum(n) - (n - 1) / 2)[place]
    return found


def recall_at(scores: Floats, event: Truth, share: float = TOP) -> float:
    """Return the share of the events that stand in the top `share` of the scores."""
    top = np.argsort(-scores, kind="stable")[: int(share * len(scores))]
    return float(event[top].sum() / event.sum())
