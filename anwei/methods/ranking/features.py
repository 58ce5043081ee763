"""A table as numbers: each row's own columns and the past of its entity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anwei.methods.ranking.columns import Amount, Category, Column, Known, Table, coded
from anwei.methods.ranking.earlier import Floats, earlier
from anwei.methods.ranking.history import (
    Matrix,
    level_features,
    levels,
    past,
    past_features,
)
from anwei.methods.ranking.restated import is_restated, restored
from anwei.methods.ranking.text import Text, is_text

MOST_LEVELS = 8  # columns whose own past is told besides the label's: those that go most with the label
BLOCKS = 24  # of time in the training rows, in each of which labels are as they were told at its beginning
SELDOM = 0.1  # of the rows have a past: below, the past of all entities together is told too
GROWING = ("n", "events", "age", "gap")  # of one entity alone, these say only how late it is
MOST_STEPS = 20_000  # different times of all entities together


class Features:
    """Learns from training rows what the columns are; gives every row the same features.

    A column in `outcomes` is known only after its row, as the label is: its past alone is told.
    """

    def __init__(self, label: str, entity: str, time: str, outcomes: Sequence[str]) -> None:
        self.label, self.entity, self.time, self.outcomes = label, entity, time, list(outcomes)

    def learn(self, table: Table, leave_out: Sequence[str]) -> None:
        """Learn from training rows; columns to leave out are not looked at."""
        time, event = numbers(table[self.time]), _events(table[self.label])
        self.end = float(time.max())
        self.block = max((self.end - float(time.min())) / BLOCKS, np.spacing(self.end))
        beside = {self.label, self.entity, self.time, *self.outcomes, *leave_out}
        names = [name for name in table if name not in beside]
        amounts = {name: numbers(table[name]) for name in names if is_numeric(table[name])}
        self.own: list[Amount | Category | Text] = [
            Amount(name, amounts[name], event, time)
            if name in amounts
            else Category(name, [str(cell) for cell in table[name]])
            for name in names
        ]
        self.own += [Text(name) for name in names if name not in amounts and is_text(list(table[name]))]
        entity = coded(table[self.entity])
        label = numbers(table[self.label])
        self.restated = [name for name in amounts if is_restated(entity, time, label, amounts[name])]
        told = np.isfinite(event)
        n_before = earlier(entity, time, told.astype(float), time)
        self.is_seldom = bool((n_before > 0).mean() < SELDOM and len(np.unique(time)) <= MOST_STEPS)
        self.levels = _telling(amounts, event)
        self.later = [name for name in self.outcomes if name in table and is_numeric(table[name])]
        self.features = [feature for one in self.own for feature in one.features()]
        is_alone = len(np.unique(entity)) == 1
        every = past_features(self.label)
        self.kept = [
            np.array([not (feature.kind in GROWING and is_one) for feature in every])
            for is_one in ((is_alone, True) if self.is_seldom else (is_alone,))
        ]
        for whole, kept in enumerate(self.kept):
            own = past_features(self.label, whole=bool(whole))
            self.features += [feature for feature, keep in zip(own, kept, strict=True) if keep]
            for name in [*self.levels, *self.later]:
                self.features += level_features(name, whole=bool(whole))

    def of(self, table: Table) -> Matrix:
        """Return the features of rows, training rows among them with their labels, the others with NaN."""
        time, label = numbers(table[self.time]), numbers(table[self.label])
        until = self._until(time)
        known = Known(time, _events(label), until)
        parts = [values for one in self.own for values in one.values(table[one.name], known)]
        entity = coded(table[self.entity])
        filled = label
        for name in self.restated:
            filled = restored(entity, time, filled, numbers(table[name]))
        own = (entity, filled, time if self.restated else until)
        everybody = (np.zeros_like(entity), label, until)  # a later row of one tells others nothing yet
        found = [np.column_stack(parts).astype(np.float32)] if parts else []
        for (code, told, told_until), kept in zip((own, everybody), self.kept, strict=False):
            found.append(past(code, time, told, told_until, known.usual())[:, kept])
            found += [levels(code, time, numbers(table[name]), time) for name in self.levels]
            found += [levels(code, time, numbers(table[name]), until) for name in self.later]
        return np.hstack(found)

    def _until(self, time: Floats) -> Floats:
        """Return until when (exclusive) each row knows labels: the beginning of its block of time.

        Rows after the training rows know all labels; so training rows must learn to do with old ones too.
        """
        begins = self.end - (np.floor((self.end - time) / self.block) + 1) * self.block
        found: Floats = np.where(time > self.end, time, np.minimum(np.nextafter(begins, np.inf), time))
        return found


def numbers(column: Column) -> Floats:
    """Return a column of numbers as such."""
    return np.asarray(column, float)


def is_numeric(column: Column) -> bool:
    """Say whether a column holds numbers."""
    return isinstance(column, np.ndarray) and column.dtype.kind in "fiub"


def _events(label: Column) -> Floats:
    values = numbers(label)
    return np.where(np.isfinite(values), (np.nan_to_num(values) > 0).astype(float), np.nan)


def _telling(amounts: dict[str, Floats], event: Floats) -> list[str]:
    """Return the columns of amounts that go most with the label in the training rows."""
    told = np.isfinite(event)
    found = []
    for name, column in amounts.items():
        if np.unique(column[np.isfinite(column)]).size <= 2:
            continue
        drawn_in = np.sign(np.nan_to_num(column)) * np.log1p(np.abs(np.nan_to_num(column)))
        if drawn_in[told].std() > 0 and event[told].std() > 0:
            found.append((-abs(float(np.corrcoef(drawn_in[told], event[told])[0, 1])), name))
    return [name for _strength, name in sorted(found)[:MOST_LEVELS]]
