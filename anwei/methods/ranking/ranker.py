"""Rank rows by the risk of an event: the better of two models on later rows than they learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from anwei.methods.ranking.backtest import Backtest, Truth, area, backtest
from anwei.methods.ranking.columns import Column, Table
from anwei.methods.ranking.earlier import Floats, Integers
from anwei.methods.ranking.features import Features, is_numeric, numbers
from anwei.methods.ranking.history import Feature, Matrix
from anwei.methods.ranking.models import (
    Boosting,
    Calibration,
    Logistic,
    Model,
    Together,
    indicators,
    one_thread,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array as Sparse

CUTS = (0.7, 0.8, 0.9)  # of the training rows by time: learn before, compare on the tenth after
MANY = 100_000  # rows, from which one cut is enough
MOST_COMPARED = 150_000  # rows learned from for the comparison
WORTH = 0.002  # of the area under the curve, below which the plainer model is taken
FEW = 1_000  # events compared on, below which chance says what is best: the mean of both errs less often
LEAST_LATER = 5  # events, and rows without, after a cut
LEAST_EVENTS = 20  # and rows without: with fewer nothing is learned
SUSPECT = 0.98  # area under the curve of one column alone
MARKS = 101  # of each feature's spread in the training rows


class TooFewEvents(ValueError):
    """Too few events, or others, to learn from: `n` events and `others` there are, `least` it takes."""

    def __init__(self, n: int, others: int) -> None:
        super().__init__(f"{n} events, {others} others")
        self.n, self.others, self.least = n, others, LEAST_EVENTS


@dataclass(frozen=True)
class Scores:
    """The scores of rows: probability (n,), and what each feature adds to its log odds (n, features)."""

    probability: Floats
    contributions: Matrix
    values: Matrix
    features: list[Feature]


class Ranker:
    """Logistic regression, boosted trees or the mean of their log odds, whichever did better on later rows.

    With few events to compare on it is the mean: which is better would be chance.
    `outcomes` are columns known only after their row (their past is used), `nuisance` columns are fitted and
    left out of the score. What it learned, its training rows among it, pickles.
    """

    def __init__(self, *, outcomes: Sequence[str] = (), nuisance: Sequence[str] = ()) -> None:
        self.outcomes, self.nuisance = list(outcomes), list(nuisance)
        self.backtests: list[Backtest] = []

    def fit(self, table: Table, label: str, entity: str, time: str) -> Ranker:
        """Learn from rows whose label is known (an event: above 0; NaN: not known). Raises TooFewEvents."""
        self.table = dict(table)
        known = np.isfinite(numbers(table[label]))
        events = int((numbers(table[label])[known] > 0).sum())
        others = int(known.sum()) - events
        if min(events, others) < LEAST_EVENTS:
            raise TooFewEvents(events, others)
        self.columns = Features(label, entity, time, self.outcomes)
        self.columns.learn(table, self.nuisance)
        matrix = self.columns.of(table)
        order = np.flatnonzero(known)[np.argsort(numbers(table[time])[known], kind="stable")]
        rows, event, at = matrix[order], numbers(table[label])[order] > 0, numbers(table[time])[order]
        beside: Sparse | None = None
        if self.nuisance:
            beside = indicators([table[name] for name in self.nuisance])[order]
        self.suspects = [
            feature.column
            for i, feature in enumerate(self.features)
            if feature.kind in ("value", "is") and _tells(rows[:, i], event)
        ]
        self.marks = [_marks(column) for column in matrix.T]
        with one_thread():
            self.model, self.calibration = self._chosen(rows, event, at, beside)
            self.model.fit(rows, event, beside)
        return self

    @property
    def features(self) -> list[Feature]:
        """Return what the contributions of scores are of."""
        return self.columns.features

    def score(self, table: Table) -> Scores:
        """Return the scores of rows; of each from its own columns and strictly earlier rows alone.

        The label column and the outcomes of these rows are not looked at.
        """
        n = len(table[self.columns.time])
        if not n:
            empty = np.empty((0, len(self.features)), np.float32)
            return Scores(np.empty(0), empty, empty, self.features)
        blank = {self.columns.label, *self.outcomes}
        both = {
            name: _joined(column, None if name in blank else table.get(name), n)
            for name, column in self.table.items()
        }
        rows = self.columns.of(both)[-n:]
        with one_thread():
            odds = self.model.log_odds(rows)
        return Scores(
            self.calibration.probability(odds),
            (self.calibration.slope * self.model.shares(rows)).astype(np.float32),
            rows,
            self.features,
        )

    def place(self, feature: int, value: float) -> tuple[float, float]:
        """Return the shares of the training rows that have less, and more, of a feature."""
        marks = self.marks[feature]
        if not len(marks) or not np.isfinite(value):
            return 0.0, 0.0
        return float((marks < value).mean()), float((marks > value).mean())

    def _chosen(
        self, rows: Matrix, event: Truth, time: Floats, beside: Sparse | None
    ) -> tuple[Model, Calibration]:
        """Return the model that does best on later rows, unfitted, and the calibration of it there."""
        kinds: dict[str, Callable[[], Model]] = {"logistic": partial(Logistic, self.features)}
        if beside is None:
            kinds["boosting"] = partial(Boosting, self.features)
        held: dict[str, list[tuple[Floats, Truth]]] = {name: [] for name in (*kinds, "both")}
        for before, after in _cuts(event, time):
            for name, kind in kinds.items():
                model = kind()
                model.fit(rows[before], event[before], None if beside is None else beside[before])
                held[name].append((model.log_odds(rows[after]), event[after]))
            held["both"].append((np.mean([held[name][-1][0] for name in kinds], axis=0), event[after]))
        if not held["logistic"]:
            return Logistic(self.features), Calibration()
        self.backtests = [
            backtest(name, held[name]) for name in (*kinds, *(["both"] if beside is None else []))
        ]
        found = {one.name: one.area for one in self.backtests}
        best = max(found, key=found.__getitem__)
        if "both" in found and self.backtests[0].n_events < FEW:
            best = "both"
        elif found["logistic"] >= found[best] - WORTH:
            best = "logistic"
        calibration = Calibration()
        calibration.fit(*(np.concatenate(part) for part in zip(*held[best], strict=True)))
        made: dict[str, Callable[[], Model]] = {
            **kinds,
            "both": lambda: Together([kind() for kind in kinds.values()]),
        }
        return made[best](), calibration


def _marks(values: Matrix) -> Matrix:
    """Return the spread of a feature: its quantiles at equal steps; empty where it is always missing."""
    told = values[np.isfinite(values)]
    return np.quantile(told, np.linspace(0, 1, MARKS)).astype(np.float32) if len(told) else told


def _tells(values: Matrix, event: Truth) -> bool:
    """Say whether one column alone all but tells the label."""
    told = np.isfinite(values)
    if min(event[told].sum(), (~event[told]).sum()) < LEAST_EVENTS:
        return False
    return abs(area(values[told].astype(float), event[told]) - 0.5) > SUSPECT - 0.5


def _cuts(event: Truth, time: Floats) -> list[tuple[Integers, Integers]]:
    """Return rows to learn from and the rows after them, cut between times; rows come in order of time."""
    cuts = CUTS if len(time) < MANY else CUTS[1:2]
    width = (1 - cuts[0]) / len(cuts)
    found = []
    for cut in cuts:
        begin, end = np.quantile(time, (cut, min(cut + width, 1)))
        before = np.flatnonzero(time <= begin)[-MOST_COMPARED:]
        after = np.flatnonzero((time > begin) & (time <= end))
        least = (LEAST_EVENTS, LEAST_LATER)
        if all(
            min(event[rows].sum(), (~event[rows]).sum()) >= n
            for rows, n in zip((before, after), least, strict=True)
        ):
            found.append((before, after))
    return found


def _joined(known: Column, new: Column | None, n: int) -> Column:
    if is_numeric(known):
        found: Floats = np.r_[numbers(known), np.full(n, np.nan) if new is None else numbers(new)]
        return found
    return [*known, *([""] * n if new is None else new)]
