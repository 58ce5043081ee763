"""What the columns of a table are, learned from its training rows, and their values as features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anwei.methods.ranking.earlier import Floats, Integers, earlier
from anwei.methods.ranking.history import DOWN, EITHER, UP, Feature

Column = Floats | Sequence[str]
Table = Mapping[
    str, Column
]  # columns of equal length: numbers, NaN where missing, or words, "" where missing

MOST_CATEGORIES = 30  # that have a column of their own; those of a column with more count by their past alone
LEAST_ROWS = 20  # of a category with a column of its own
MANY_ROWS = 50  # a category, on average: then its rate needs PSEUDO rows of the usual rate, else FEW_PSEUDO
PSEUDO, FEW_PSEUDO = 20, 3
SOME = 0.01  # of the rows missing, from which "missing" is a feature
GROUPS = 5  # of equal size, whose rates must rise or fall all the way in both halves of the rows
GREATEST = 1e30  # value of a feature: what single precision holds, with room for sums
CODE_DIGITS = 3  # whole numbers that all have as many digits, at least these, and repeat: codes, not amounts


@dataclass(frozen=True)
class Known:
    """Times, events (0, 1, NaN where not known), and until when each row is told of events."""

    time: Floats
    event: Floats
    until: Floats

    def rate(self, code: Integers, pseudo: float, usual: Floats | None = None) -> Floats:
        """Return each row's rate of its code, `pseudo` rows of the usual rate mixed in."""
        is_told = np.isfinite(self.event)
        n = earlier(code, self.time, is_told.astype(float), self.until)
        events = earlier(code, self.time, np.nan_to_num(self.event), self.until)
        found: Floats = (events + pseudo * (self.usual() if usual is None else usual)) / (n + pseudo)
        return found

    def usual(self) -> Floats:
        """Return the rate of all rows told of before each row."""
        one = np.zeros(len(self.time), np.int64)
        n = earlier(one, self.time, np.isfinite(self.event).astype(float), self.until)
        found: Floats = (earlier(one, self.time, np.nan_to_num(self.event), self.until) + 0.5) / (n + 1)
        return found


def coded(cells: Column) -> Integers:
    """Return each cell's number, from 0."""
    cells = np.asarray(cells)
    return np.unique(cells, return_inverse=True)[1].ravel().astype(np.int64)


class Amount:
    """A column of numbers: its value, whether it is missing, and the past rate of a code."""

    def __init__(self, name: str, numbers: Floats, event: Floats, time: Floats) -> None:
        """Learn from training rows."""
        self.name = name
        found = numbers[np.isfinite(numbers)]
        missing = 1 - len(found) / len(numbers)
        self.tells_missing = SOME <= missing <= 1 - SOME
        self.direction = _direction(numbers, event, time)
        self.is_code = _is_code(found)
        self.pseudo = _pseudo(found)

    def features(self) -> list[Feature]:
        """Return the features, in the order of `values`."""
        return [
            Feature("value", self.name, monotone=self.direction),
            *([Feature("missing", self.name)] if self.tells_missing else []),
            *([Feature("rate", self.name, monotone=UP)] if self.is_code else []),
        ]

    def values(self, column: Column, known: Known) -> list[Floats]:
        """Return the columns of features."""
        numbers = np.asarray(column, float)
        missing = ~np.isfinite(numbers)
        found = [np.clip(numbers, -GREATEST, GREATEST)]
        if self.tells_missing:
            found.append(missing.astype(float))
        if self.is_code:
            found.append(known.rate(coded(np.nan_to_num(numbers, nan=-1.0)), self.pseudo))
        return found


class Category:
    """A column of words: the past rate of each word, and the frequent ones by name."""

    def __init__(self, name: str, words: Sequence[str]) -> None:
        """Learn from training rows."""
        self.name = name
        counts = Counter(words)
        self.pseudo = _pseudo(np.asarray(words))
        self.own = [word for word, n in sorted(counts.items()) if n >= LEAST_ROWS]
        if len(counts) > MOST_CATEGORIES:
            self.own = []

    def features(self) -> list[Feature]:
        """Return the features, in the order of `values`."""
        return [
            Feature("rate", self.name, monotone=UP),
            *(Feature("is", self.name, category=word) for word in self.own),
        ]

    def values(self, column: Column, known: Known) -> list[Floats]:
        """Return the columns of features."""
        words = np.asarray(column)
        return [known.rate(coded(words), self.pseudo), *((words == word).astype(float) for word in self.own)]


def _pseudo(cells: np.ndarray) -> float:
    return PSEUDO if len(cells) >= MANY_ROWS * len(np.unique(cells)) else FEW_PSEUDO


def _is_code(numbers: Floats) -> bool:
    """Say whether numbers name something, as postcodes do: as many digits each, and repeated."""
    if not len(numbers) or numbers.min() < 10 ** (CODE_DIGITS - 1) or (numbers % 1).any():
        return False
    return bool(len(str(int(numbers.min()))) == len(str(int(numbers.max())))) and (
        2 < len(np.unique(numbers)) <= len(numbers) / LEAST_ROWS
    )


def _direction(numbers: Floats, event: Floats, time: Floats) -> int:
    """Return in which way the rate of events goes with a number, if in one, early and late."""
    told = np.isfinite(numbers) & np.isfinite(event)
    found = set()
    middle = np.median(time[told]) if told.any() else 0.0
    for half in (told & (time <= middle), told & (time > middle)):
        if half.sum() < GROUPS * LEAST_ROWS:
            return EITHER
        bounds = np.unique(np.quantile(numbers[half], np.linspace(0, 1, GROUPS + 1)[1:-1]))
        group = np.searchsorted(bounds, numbers[half], side="left")
        n = np.bincount(group, minlength=GROUPS)
        rates = (np.bincount(group, event[half], minlength=GROUPS) / np.maximum(n, 1))[n > 0]
        steps = np.diff(rates)
        if len(steps) < 2 or not ((steps > 0).all() or (steps < 0).all()):
            return EITHER
        found.add(UP if steps[0] > 0 else DOWN)
    return found.pop() if len(found) == 1 else EITHER
