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
    order = np.argsort(scores, kind="stable")
    _values, place, n = np.unique(scores[order], return_inverse=True, return_counts=True)
    rank = (np.cumsum(n) - (n - 1) / 2)[place]
    n_events = int(event.sum())
    n_others = len(event) - n_events
    return float((rank[event[order]].sum() - n_events * (n_events + 1) / 2) / (n_events * n_others))


def recall_at(scores: Floats, event: Truth, share: float = TOP) -> float:
    """Return the share of the events that stand in the top `share` of the scores."""
    top = np.argsort(-scores, kind="stable")[: int(share * len(scores))]
    return float(event[top].sum() / event.sum())
