"""The learned model: monotone trees or a regression on months x enterprises, calibrated, with contributions.

Rows are the months the county has; a row is an event where something happened within the weeks after it. A
model learns only from rows whose weeks were over, as they were known, at the moment it is for. Which of the
methods is taken and the calibration rest on later months than it learned from, what it may colour on these
and on other enterprises. The points themselves are the plainest method: another takes their place where it is
surely better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from anwei.analytics.colours import Colours, Held, colours_of
from anwei.analytics.plain_model import Plain
from anwei.analytics.tables import Cells, Table, harmed_rows, harms_between
from anwei.methods.ranking.backtest import area, area_gained
from anwei.methods.ranking.history import Feature as Column
from anwei.methods.ranking.models import Boosting, Calibration, Logistic, Model, Together, one_thread
from anwei.sites.features import feature
from anwei.standards.watch import WatchRules

Floats = NDArray[np.float32]
Truth = NDArray[np.bool_]
LATER = 1 / 3  # of the months, the last: on them methods are compared, and calibrated
LEAST_EVENTS, LEAST_LATER = 20, 5  # rows with an event to learn from, and later ones to compare on
WORTH = 0.01  # of the area under the curve, below which the plainer method is taken
SURELY = 1.645  # standard errors by which a method's area exceeds that of points, to take their place
LEAST_OF_CODE = 20  # rows of a code that has a column of its own


@dataclass(frozen=True)
class Training:
    """The rows that were over at a moment: months, whether something happened, how many events there were."""

    tables: list[Table]
    events: list[Truth]
    n_events: int

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return sum(len(table.keys) for table in self.tables)


def training(tables: Sequence[Table], rules: WatchRules, by: datetime) -> Training:
    """Return the months whose weeks were over by a moment, with what was known of them by then."""
    span = timedelta(weeks=rules.figures["weeks"])
    over = [table for table in tables if table.at + span <= by and table.keys]
    if not over:
        return Training([], [], 0)
    harms = harms_between(over[0].at, over[-1].at + span, by, rules.harms)
    events = [np.array(harmed_rows(table, harms, table.at + span)) for table in over]
    return Training(over, events, sum(len(found) for found in harms.values()))


class Encoding:
    """Which columns the features of some tables make: amounts as they are, codes one column each."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.columns: list[Column] = []
        self.features: list[str] = []
        for name in tables[-1].columns:
            known = feature(name)
            if known is not None and known.category:
                cells = [cell for table in tables for cell in table.columns[name] if cell is not None]
                for code in sorted({str(cell) for cell in cells}):
                    if sum(str(cell) == code for cell in cells) >= LEAST_OF_CODE:
                        self._add(name, Column("is", name, category=code))
            elif known is not None:
                self._add(name, Column("value", name, monotone=known.direction))

    def _add(self, name: str, column: Column) -> None:
        self.columns.append(column)
        self.features.append(name)

    def rows(self, table: Table) -> Floats:
        """Return the matrix of a table (rows, columns), NaN where a value is not known."""
        cells = [self._cells(column, table.columns.get(column.column)) for column in self.columns]
        return np.array(cells, np.float32).reshape(len(self.columns), len(table.keys)).T

    @staticmethod
    def _cells(column: Column, cells: Cells | None) -> list[float]:
        if cells is None:
            return []
        if column.kind == "is":
            return [float(str(cell) == column.category) for cell in cells]
        return [np.nan if cell is None else float(cell) for cell in cells]


@dataclass(frozen=True)
class Learned:
    """A fitted model with its calibration; `base` is the rate of events in the months that this stands on."""

    encoding: Encoding
    model: Model
    calibration: Calibration
    method: str
    base: float
    mean: NDArray[np.float64]
    colours: Colours

    def probabilities(self, table: Table) -> list[float]:
        """Return the probability of each row of a table; none of none, of which no model says anything."""
        if not table.keys:
            return []
        with one_thread():
            odds = self.model.log_odds(self.encoding.rows(table))
        return [float(one) for one in self.calibration.probability(odds)]

    def shares(self, table: Table, rows: Sequence[int]) -> list[dict[str, float]]:
        """Return what each feature adds to the log odds of some rows, beside the mean of its training.

        They are those of the probability that is told: as calibrated.
        """
        if not rows:
            return []
        matrix = self.encoding.rows(table)[list(rows)]
        told = self.calibration.slope * (np.asarray(self.model.shares(matrix)) - self.mean)
        found: list[dict[str, float]] = []
        for line in told:
            sums: dict[str, float] = {}
            for name, share in zip(self.encoding.features, line, strict=True):
                sums[name] = sums.get(name, 0.0) + float(share)
            found.append(sums)
        return found


def learn(rows: Training, rules: WatchRules) -> Learned | None:
    """Return a model of the rows; None where there are too few events to learn from (样本不足)."""
    n_with = sum(int(events.sum()) for events in rows.events)
    if rows.n_events < rules.figures["fewest"] or n_with < LEAST_EVENTS:
        return None
    if rows.n_rows - n_with < LEAST_EVENTS:
        return None
    encoding = Encoding(rows.tables)
    with one_thread():
        method, calibration, held = _compared(encoding, rows, rules)
        matrix, events = _stacked(encoding, rows.tables, rows.events)
        model = _made(method, encoding, rules)
        _fit(model, matrix, events)
        mean = np.asarray(model.shares(matrix), float).mean(axis=0)
    base = float(events.mean()) if held.base is None else held.base
    return Learned(encoding, model, calibration, method, base, mean, colours_of(rules, held, base))


def _compared(encoding: Encoding, rows: Training, rules: WatchRules) -> tuple[str, Calibration, Held]:
    """Return the method that did best on the later months, its calibration there, and what it said there."""
    n = len(rows.tables)
    cut = n - max(1, round(n * LATER))
    after = range(cut, n)
    span = timedelta(weeks=rules.figures["weeks"])
    before = [i for i in range(cut) if rows.tables[i].at + span <= rows.tables[cut].at] if cut else []
    if _fewer(rows, before) < LEAST_EVENTS or _fewer(rows, after) < LEAST_LATER:
        return "points", Calibration(), Held()
    matrix, events = _stacked(encoding, [rows.tables[i] for i in before], [rows.events[i] for i in before])
    later, truth = _stacked(encoding, [rows.tables[i] for i in after], [rows.events[i] for i in after])
    odds = {}
    for method in ("points", "logistic", "boosting"):
        model = _made(method, encoding, rules)
        _fit(model, matrix, events)
        odds[method] = model.log_odds(later)
    odds["both"] = (odds["logistic"] + odds["boosting"]) / 2
    apart = _apart([rows.tables[i] for i in after], span)
    keys = np.concatenate([rows.tables[i].keys for i in after])
    held = replace(_held(odds, truth, apart, keys), base=float(truth.mean()))
    return *_chosen(odds, truth, apart), held


def _chosen(odds: dict[str, NDArray[np.float64]], truth: Truth, apart: Truth) -> tuple[str, Calibration]:
    """Return the method that some rows speak for, and its calibration on them."""
    best, calibration = best_method(odds, truth, apart), Calibration()
    calibration.fit(odds[best], truth)
    return best, calibration


def _held(odds: dict[str, NDArray[np.float64]], truth: Truth, apart: Truth, keys: NDArray[np.int64]) -> Held:
    """Return what would have been said of each row by what was chosen and calibrated on other enterprises.

    Each half of the enterprises is told of by the other half (cross-fitting): what is chosen because it did
    well on some rows is no evidence there.
    """
    said, place = np.zeros(len(truth)), np.unique(keys, return_inverse=True)[1]
    for half in (0, 1):
        own = place % 2 == half
        if _fewest(truth[~own]) < LEAST_LATER:
            return Held()
        method, calibration = _chosen(
            {one: told[~own] for one, told in odds.items()}, truth[~own], apart[~own]
        )
        said[own] = calibration.probability(odds[method][own])
    return Held(said[apart], truth[apart], keys[apart])


def _fewer(rows: Training, months: Sequence[int]) -> int:
    """Return how many rows of some months have an event, or how many have none: the fewer of both."""
    return _fewest(np.concatenate([rows.events[i] for i in months])) if months else 0


def _fewest(truth: Truth) -> int:
    n_events = int(truth.sum())
    return min(n_events, len(truth) - n_events)


def _apart(tables: Sequence[Table], span: timedelta) -> Truth:
    """Return which rows of some months belong to those whose weeks do not overlap, the last one first."""
    found, first = [], None
    for table in reversed(tables):
        is_apart = first is None or table.at + span <= first
        first = table.at if is_apart else first
        found.append(np.full(len(table.keys), is_apart))
    return np.concatenate(found[::-1])


def best_method(odds: dict[str, NDArray[np.float64]], truth: Truth, apart: Truth) -> str:
    """Return the best of the learned methods where it is surely better than points, else the points."""
    if _fewest(truth[apart]) < LEAST_LATER:
        return "points"
    areas = {method: area(found, truth) for method, found in odds.items() if method != "points"}
    best = max(areas, key=areas.__getitem__)
    if areas["logistic"] >= areas[best] - WORTH:
        best = "logistic"
    gained, error = area_gained(odds[best][apart], odds["points"][apart], truth[apart])
    return best if gained > SURELY * error else "points"


def _fit(model: Model, matrix: Floats, events: Truth) -> None:
    """Fit; a column of which nothing was known counts as nothing, which the trees cannot bin otherwise."""
    unknown = np.isnan(matrix).all(axis=0)
    model.fit(np.where(unknown, np.float32(0), matrix), events)


def _made(method: str, encoding: Encoding, rules: WatchRules) -> Model:
    if method == "points":
        return Plain(encoding.columns, rules.points)
    if method == "both":
        return Together([Logistic(encoding.columns), Boosting(encoding.columns)])
    return Boosting(encoding.columns) if method == "boosting" else Logistic(encoding.columns)


def _stacked(encoding: Encoding, tables: Sequence[Table], events: Sequence[Truth]) -> tuple[Floats, Truth]:
    return np.vstack([encoding.rows(table) for table in tables]), np.concatenate(events)
