"""The points as a model: the plainest one, which a list stays with until another is surely better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anwei.methods.ranking.backtest import Truth
from anwei.methods.ranking.earlier import Floats
from anwei.methods.ranking.history import UP, Feature, Matrix
from anwei.methods.ranking.models import Logistic
from anwei.standards.watch import PointRule


class Plain:
    """Log odds that rise with the sum of the points alone; a column's part is its part of the points."""

    def __init__(self, columns: Sequence[Feature], rules: Sequence[PointRule]) -> None:
        known = {rule.feature: rule for rule in rules}
        self.rules = [known.get(one.column) if one.kind == "value" else None for one in columns]
        self.line = Logistic([Feature("value", "points", monotone=UP)])

    def fit(self, rows: Matrix, event: Truth, nuisance: object = None) -> None:
        """Fit to rows (n, columns) and their events; nothing is left out of points."""
        self.line.fit(self._sums(rows), event)
        self.zero = float(self.line.shares(np.zeros((1, 1), np.float32))[0, 0])

    def log_odds(self, rows: Matrix) -> Floats:
        """Return the log odds of an event (n,)."""
        return self.line.log_odds(self._sums(rows))

    def shares(self, rows: Matrix) -> Floats:
        """Return each column's part of the log odds above those of no points (n, columns)."""
        points = self._points(rows)
        sums = points.sum(axis=1, keepdims=True)
        found: Floats = points / np.maximum(sums, 1) * (self.line.shares(sums.astype(np.float32)) - self.zero)
        return found

    def _sums(self, rows: Matrix) -> Matrix:
        found: Matrix = self._points(rows).sum(axis=1, keepdims=True).astype(np.float32)
        return found

    def _points(self, rows: Matrix) -> Floats:
        """Return the points of each cell; of what is not known there are none."""
        found = np.zeros(rows.shape)
        for place, rule in enumerate(self.rules):
            if rule is not None:
                told = np.floor(np.nan_to_num(rows[:, place]).astype(float) / rule.per + 1e-6) * rule.points
                found[:, place] = np.clip(told, 0, rule.most)
        return found
