"""The detector of a plant: four averaged distances beside their limits, and the tags that make them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Self

import numpy as np

from anwei.methods.plant import (
    BLOCK,
    FAST,
    LAGS,
    LEAST_BLOCKS,
    LIMIT,
    MOST_FOLDS,
    SLOW,
    USUAL,
    WARM,
    Array,
    Model,
    PlantFinding,
    TooFew,
)
from anwei.methods.plant_normal import NormalRows, normal_rows
from anwei.methods.plausible import LARGEST


class _State:
    """What is remembered between rows under one model: the last rows and the averages.

    No array is changed in place, so that a shallow copy is a state of its own.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        n = len(model.mean)
        self.before = np.zeros((0, n))  # standardised, nearest first
        self.slow = self.fast = 1.0  # averages of the innovation's distance
        self.averaged = np.zeros(n * (LAGS + 1))
        self.vector = 1.0  # average of the averaged rows' distance
        self.shares = np.ones(n)  # average of each tag's conditional residual

    def step(self, row: Array) -> Array | None:
        """Take one row in and return its statistics, None while there are too few rows before it.

        A missing value (NaN) is what the rows before it and the other tags of its row make likeliest, so that
        the others still speak.
        """
        model = self.model
        z = (row - model.mean) / model.scale
        found = None
        if len(self.before) < LAGS:
            z = np.where(np.isfinite(z), z, 0.0)
        else:
            before = self.before.ravel()
            expected = model.weights @ before
            residual = _filled(z - expected, model.innovation)
            z = expected + residual
            weighted = model.innovation @ residual
            distance = float(residual @ weighted) / len(z)
            self.slow += SLOW * (distance - self.slow)
            self.fast += FAST * (distance - self.fast)
            self.averaged = self.averaged + SLOW * (np.concatenate([z, before]) - self.averaged)
            off = self.averaged - model.vector_mean
            self.vector += FAST * (float(off @ model.vector @ off) / len(off) - self.vector)
            self.shares = self.shares + FAST * (weighted**2 / np.diag(model.innovation) - self.shares)
            found = np.array([self.slow, self.fast, self.vector])
        self.before = np.vstack([z[None], self.before])[:LAGS]
        return found


def _filled(residual: Array, precision: Array) -> Array:
    """Return innovations with those missing at their mean under the others of the row."""
    missing = ~np.isfinite(residual)
    if not missing.any():
        return residual
    filled = np.where(missing, 0.0, residual)
    pull = (precision @ filled)[missing]
    filled[missing] = -np.linalg.solve(precision[np.ix_(missing, missing)], pull)
    return filled


class PlantDetector:
    """Alarm when the tags of a plant stop moving together, with the tags that contribute most.

    Innovations of a ridge vector autoregression and averaged rows, each by their distance under the whole
    covariance (no direction dropped, where controllers hide a fault), averaged over rows; limits from normal
    rows that the model had not seen (docs/analytics.md, "many sensors"). Causal: a row's score uses rows up
    to it. A missing value is what the rows before it and the other tags make likeliest; a row without any
    value scores as the one before it.
    """

    def __init__(self, names: Sequence[str], margin: float = 1.0) -> None:
        self.all_names, self.margin = list(names), margin
        self.names: list[str] = []  # of the tags that have a say
        self.n_normal = 0

    def calibrate(self, runs: Sequence[Array]) -> Self:
        """Learn from runs of rows (rows, tags) when all was well. Raises TooFew, NothingMoves.

        Tags that say nothing there are left out, gaps and gross errors mended (`normal`).
        Every block is scored by a model that has not seen it; the limit is the quantile of those scores, so
        it is rather too strict than too loose. `margin` multiplies it.
        """
        self.normal: NormalRows = normal_rows(runs)
        self.names = [self.all_names[tag] for tag in self.normal.kept]
        runs = self.normal.runs
        blocks = [block for run in runs for block in np.array_split(run, max(1, round(len(run) / BLOCK)))]
        blocks = [block for block in blocks if len(block) > WARM + LAGS]
        if len(blocks) < LEAST_BLOCKS:
            raise TooFew(LEAST_BLOCKS * BLOCK)
        statistics, shares = [], []
        n_folds = min(len(blocks), MOST_FOLDS)
        for fold in range(n_folds):
            model = Model.of([block for i, block in enumerate(blocks) if i % n_folds != fold])
            for block in blocks[fold::n_folds]:
                state = _State(model)
                for at, row in enumerate(block):
                    found = state.step(row)
                    if found is not None and at >= WARM:
                        statistics.append(found)
                        shares.append(state.shares.copy())
        self.usual = np.quantile(statistics, USUAL, axis=0)
        self.limit = float(np.quantile((np.array(statistics) / self.usual).max(axis=1), LIMIT)) * self.margin
        self.usual_shares = np.quantile(shares, USUAL, axis=0)
        self.n_normal = sum(map(len, runs))
        self.state = _State(Model.of(list(runs)))
        self.last = PlantFinding(0.0, False, {})
        return self

    def score_one(self, row: Array) -> PlantFinding:
        """Return what a row is beside the rows learned; nothing changes."""
        return self._found(copy.copy(self.state), row)

    def learn_one(self, row: Array) -> None:
        """Take one row in."""
        self.last = self._found(self.state, row)

    def step(self, row: Array) -> PlantFinding:
        """Score a row and take it in."""
        self.learn_one(row)
        return self.last

    def _found(self, state: _State, row: Array) -> PlantFinding:
        row = row[self.normal.kept]
        row = np.where(np.abs(row) <= LARGEST, row, np.nan)
        row = np.clip(row, self.normal.least, self.normal.most)
        if not np.isfinite(row).any():
            return self.last
        statistics = state.step(row)
        if statistics is None:
            return PlantFinding(0.0, False, {})
        ratio = float((statistics / self.usual).max()) / self.limit
        order = np.argsort(state.shares / self.usual_shares)[::-1]
        parts = {self.names[i]: float(state.shares[i] / self.usual_shares[i]) for i in order}
        return PlantFinding(ratio, ratio >= 1, parts)
