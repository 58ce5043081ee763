"""The models of a ranking: a logistic regression, and boosted trees, which never fall where risk must rise.

scikit-learn and SciPy are loaded here alone: they cost seconds and 200 MiB, which no web process pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from anwei.methods.ranking.backtest import Truth
from anwei.methods.ranking.columns import Column
from anwei.methods.ranking.earlier import Floats
from anwei.methods.ranking.history import DOWN, UP, Feature, Matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array as Sparse

STRENGTH = 0.02  # of the logistic regression (C): weak signals, many correlated columns
MOST_LEARNED = 150_000  # rows of the logistic regression, the last of them
TREES = {
    "max_leaf_nodes": 15,
    "learning_rate": 0.05,
    "l2_regularization": 10.0,
    "max_features": 0.4,
    "early_stopping": False,
    "random_state": 0,
}
FEW_TREES, MANY_TREES, FEW_ROWS = 100, 250, 50_000
LEAST_IN_LEAF, MOST_IN_LEAF, LEAVES = 20, 300, 1000  # rows: one in LEAVES of the training rows between these


def one_thread() -> AbstractContextManager[object]:
    """Return what keeps the libraries to one thread: equal figures everywhere, no waiting for others."""
    import sklearn.ensemble  # noqa: F401  (what is loaded later would not be limited)
    from threadpoolctl import threadpool_limits

    found: AbstractContextManager[object] = threadpool_limits(limits=1)
    return found


def indicators(columns: Sequence[Column]) -> Sparse:
    """Return a column for each different cell of each column: 1 in its rows."""
    from scipy.sparse import csr_array, hstack

    parts = []
    for cells in columns:
        different, place = np.unique(np.asarray(cells), return_inverse=True)
        at = (np.arange(len(place)), place.ravel())
        parts.append(csr_array((np.ones(len(place)), at), (len(place), len(different))))
    return hstack(parts, format="csr")


class Model(Protocol):
    """What gives rows log odds, and each feature its part of them."""

    def fit(self, rows: Matrix, event: Truth, nuisance: Sparse | None = None) -> None:
        """Fit to rows (n, features), in the order of time, and their events."""

    def log_odds(self, rows: Matrix) -> Floats:
        """Return the log odds of an event (n,)."""

    def shares(self, rows: Matrix) -> Floats:
        """Return each feature's part of the log odds (n, features); all rows have the same rest."""


class Logistic:
    """Logistic regression on standardised features, none against its direction; a missing value adds nothing.

    `nuisance` columns are fitted and left out of the score: what they explain is explained away.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self.directions = [feature.monotone for feature in features]
        self.never = np.array([feature.kind == "since" for feature in features])

    def fit(self, rows: Matrix, event: Truth, nuisance: Sparse | None = None) -> None:
        """Fit to rows (n, features), in the order of time, and their events."""
        from scipy.optimize import minimize

        rows, event = rows[-MOST_LEARNED:], event[-MOST_LEARNED:]
        drawn_in = _drawn_in(rows)
        is_there = np.isfinite(drawn_in)
        n_there = np.maximum(is_there.sum(axis=0), 1)
        self.mean = np.where(is_there, drawn_in, 0).sum(axis=0) / n_there
        spread = np.sqrt((np.where(is_there, drawn_in - self.mean, 0) ** 2).sum(axis=0) / n_there)
        self.scale = np.where(spread > 1e-9, spread, np.inf)
        longest = np.max(np.where(is_there, drawn_in, -np.inf), axis=0, initial=0)
        self.missing = np.where(self.never, (longest - self.mean) / self.scale, 0)
        columns = self._standard(rows)
        beside: Any = np.empty((len(rows), 0)) if nuisance is None else nuisance[-MOST_LEARNED:]
        n, n_beside = rows.shape[1], beside.shape[1]
        bounds = [_BOUNDS[direction] for direction in self.directions] + [(None, None)] * (n_beside + 1)
        start = np.zeros(n + n_beside + 1)
        start[-1] = np.log(event.mean() / (1 - event.mean()))
        sign = np.where(event, 1.0, -1.0)

        def loss(weights: Floats) -> tuple[float, Floats]:
            margin = sign * (columns @ weights[:n] + beside @ weights[n:-1] + weights[-1])
            pull = -sign / (1 + np.exp(np.clip(margin, -50, 50)))
            value = np.logaddexp(0, -margin).sum() + (weights[:-1] ** 2).sum() / (2 * STRENGTH)
            slope = np.r_[columns.T @ pull, beside.T @ pull, pull.sum()]
            slope[:-1] += weights[:-1] / STRENGTH
            return float(value) / len(sign), slope / len(sign)

        found: Any = minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300, "ftol": 1e-10}
        )
        self.weights: Floats = found.x[:n]
        self.base = float(found.x[-1])
        if n_beside:
            self.base += float(beside.mean(axis=0) @ found.x[n:-1])

    def shares(self, rows: Matrix) -> Floats:
        """Return each feature's part of the log odds (n, features); with `base` they add up to them."""
        return self._standard(rows) * self.weights

    def log_odds(self, rows: Matrix) -> Floats:
        """Return the log odds of an event (n,)."""
        found: Floats = self._standard(rows) @ self.weights + self.base
        return found

    def _standard(self, rows: Matrix) -> Floats:
        drawn_in = _drawn_in(rows)
        return np.where(np.isfinite(drawn_in), (drawn_in - self.mean) / self.scale, self.missing)


_BOUNDS = {UP: (0.0, None), DOWN: (None, 0.0), 0: (None, None)}


class Boosting:
    """Gradient boosted trees with a direction for each feature."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.directions = [feature.monotone for feature in features]

    def fit(self, rows: Matrix, event: Truth, nuisance: Sparse | None = None) -> None:
        """Fit to rows (n, features) and their events. Raises ValueError with a nuisance."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        if nuisance is not None:
            raise ValueError("trees cannot leave out what a column explains")
        self.empty = ~np.isfinite(rows).any(axis=0)
        in_leaf = int(np.clip(len(rows) / LEAVES, LEAST_IN_LEAF, MOST_IN_LEAF))
        n_trees = FEW_TREES if len(rows) < FEW_ROWS else MANY_TREES
        self.model: Any = HistGradientBoostingClassifier(
            monotonic_cst=self.directions, min_samples_leaf=in_leaf, max_iter=n_trees, **TREES
        ).fit(self._without_empty(rows), event)
        trees = [each[0].nodes for each in self.model._predictors]  # the library has no public way to them
        self.trees = [(nodes, _expected(nodes)) for nodes in trees]

    def log_odds(self, rows: Matrix) -> Floats:
        """Return the log odds of an event."""
        found: Floats = self.model.decision_function(self._without_empty(rows))
        return found

    def _without_empty(self, rows: Matrix) -> Matrix:
        """Return rows with 0 in features that no training row had: the library cannot bin them."""
        return np.where(self.empty, np.float32(0), rows)

    def shares(self, rows: Matrix) -> Floats:
        """Return each column's part of the log odds (n, features); the rest is the same for all rows.

        Along each path the change of the expected value belongs to the column that was asked (Saabas 2014).
        """
        found = np.zeros(rows.shape)
        rows, index = self._without_empty(rows), np.arange(len(rows))
        for nodes, values in self.trees:
            at = np.zeros(len(rows), np.int64)
            asking = index[nodes["is_leaf"][at] == 0]
            while len(asking):
                here = nodes[at[asking]]
                column = here["feature_idx"]
                value = rows[asking, column]
                goes_left = np.where(
                    np.isnan(value), here["missing_go_to_left"] == 1, value <= here["num_threshold"]
                )
                below = np.where(goes_left, here["left"], here["right"]).astype(np.int64)
                found[asking, column] += values[below] - values[at[asking]]
                at[asking] = below
                asking = asking[nodes["is_leaf"][below] == 0]
        return found


class Together:
    """The mean of models' log odds."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = list(models)

    def fit(self, rows: Matrix, event: Truth, nuisance: Sparse | None = None) -> None:
        """Fit each."""
        for model in self.models:
            model.fit(rows, event, nuisance)

    def log_odds(self, rows: Matrix) -> Floats:
        """Return the log odds of an event (n,)."""
        found: Floats = np.mean([model.log_odds(rows) for model in self.models], axis=0)
        return found

    def shares(self, rows: Matrix) -> Floats:
        """Return each feature's part of the log odds (n, features)."""
        found: Floats = np.mean([model.shares(rows) for model in self.models], axis=0)
        return found


class Calibration:
    """Log odds stretched and shifted to what later rows showed (Platt 1999); before `fit` as they are."""

    slope, shift = 1.0, 0.0

    def fit(self, odds: Floats, event: Truth) -> None:
        """Fit to the log odds that a model gave to rows it had not seen."""
        from scipy.optimize import minimize

        sign = np.where(event, 1.0, -1.0)
        found: Any = minimize(
            lambda line: np.logaddexp(0, -sign * (line[0] * odds + line[1])).mean(),
            (1.0, 0.0),
            method="L-BFGS-B",
            bounds=((0.1, 3.0), (None, None)),
        )
        self.slope, self.shift = (float(value) for value in found.x)

    def probability(self, odds: Floats) -> Floats:
        """Return the probability of an event; the order of rows stays."""
        found: Floats = 1 / (1 + np.exp(-(self.slope * odds + self.shift)))
        return found


def _drawn_in(rows: Matrix) -> Floats:
    """Return values with long tails drawn in: sign(x) log(1 + |x|)."""
    values = rows.astype(float)
    found: Floats = np.sign(values) * np.log1p(np.abs(values))
    return found


def _expected(nodes: Any) -> Floats:
    """Return the value of each node: of a leaf its own, else the mean of those below by their rows."""
    values: Floats = nodes["value"].astype(float)
    count = nodes["count"].astype(float)
    for i in range(len(nodes) - 1, -1, -1):  # children stand behind their parent
        if not nodes["is_leaf"][i]:
            left, right = nodes["left"][i], nodes["right"][i]
            values[i] = (values[left] * count[left] + values[right] * count[right]) / (
                count[left] + count[right]
            )
    return values
