"""What each entity's own past says at each of its rows: from strictly earlier rows alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.methods.ranking.earlier import Floats, Integers, walk

DECAYS = (0.75, 0.9, 0.97)  # a record back
LAST = (1, 2, 4, 8, 12, 20)  # records
UP, DOWN, EITHER = 1, -1, 0  # which way more of a feature may move the risk

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Feature:
    """One column of features: of which column it speaks, in which way, and which way it may move the risk.

    `kind`: value, missing, is (a category), rate, text; of the past n, events, share, since, gap, age,
    mean, before; recent, size, frequency and level with weight `much` a record back; last (`much` records).
    `whole`: it speaks of all entities' past, not of one's.
    """

    kind: str
    column: str
    much: float = 0.0
    monotone: int = EITHER
    category: str = ""
    whole: bool = False


def past_features(column: str, *, whole: bool = False) -> list[Feature]:
    """Return the features that `past` gives of a column of events, in its order."""
    return [
        Feature("n", column, whole=whole),
        Feature("events", column, 0, UP, whole=whole),
        Feature("share", column, 0, UP, whole=whole),
        *(Feature("recent", column, decay, UP, whole=whole) for decay in DECAYS),
        *(Feature("size", column, decay, UP, whole=whole) for decay in DECAYS),
        *(Feature("frequency", column, decay, UP, whole=whole) for decay in DECAYS),
        *(Feature("last", column, n, UP, whole=whole) for n in LAST),
        Feature("since", column, 0, DOWN, whole=whole),
        Feature("gap", column, whole=whole),
        Feature("age", column, whole=whole),
        Feature("before", column, 0, UP, whole=whole),
        Feature("mean", column, 0, UP, whole=whole),
    ]


def past(entity: Integers, time: Floats, value: Floats, until: Floats, usual: Floats) -> Matrix:
    """Return the features (rows, len(past_features(...))) of each row from its entity's earlier rows.

    `entity` counts from 0, `value` is NaN where not known, an event a value above 0. A row knows what
    lies before its `until` (at most its own time); `usual` is the rate that stands for an unknown one.
    """
    known = np.isfinite(value)
    event = np.where(known, np.nan_to_num(value) > 0, False).astype(float)
    size = np.where(known, np.log1p(np.maximum(np.nan_to_num(value), 0)), 0.0)
    state = _Events(int(entity.max()) + 1)
    return _walked(
        (entity, time, until),
        len(past_features("")),
        lambda rows: state.told(entity[rows], time[rows], usual[rows]),
        lambda rows: state.learn(entity[rows], time[rows], event[rows], size[rows]),
        known,
    )


def level_features(column: str, *, whole: bool = False) -> list[Feature]:
    """Return the features that `levels` gives of a column of amounts, in its order."""
    return [Feature("before", column, whole=whole)] + [
        Feature("level", column, decay, whole=whole) for decay in DECAYS
    ]


def levels(entity: Integers, time: Floats, value: Floats, until: Floats) -> Matrix:
    """Return the last and the decayed mean values of each row's entity before its `until`, tails drawn in."""
    known = np.isfinite(value)
    drawn_in = np.sign(np.nan_to_num(value)) * np.log1p(np.abs(np.nan_to_num(value)))
    state = _Levels(int(entity.max()) + 1)
    return _walked(
        (entity, time, until),
        len(level_features("")),
        lambda rows: state.told(entity[rows]),
        lambda rows: state.learn(entity[rows], drawn_in[rows]),
        known,
    )


def _walked(
    keys: tuple[Integers, Floats, Floats],
    width: int,
    tell: Callable[[Integers], Floats],
    learn: Callable[[Integers], None],
    known: NDArray[np.bool_],
) -> Matrix:
    found = np.empty((len(known), width), np.float32)
    for told, learned in walk(*keys):
        if len(told):
            found[told] = tell(told)
        if len(learned := learned[known[learned]]):
            learn(learned)
    return found


class _Events:
    """What is known of each entity's events so far."""

    def __init__(self, n: int) -> None:
        self.n, self.events, self.total, self.before = (np.zeros(n) for _ in range(4))
        self.recent, self.size, self.weight = (np.zeros((len(DECAYS), n)) for _ in range(3))
        self.ring = np.zeros((max(LAST), n))  # events of the last records, the newest first
        self.first, self.last, self.last_event = (np.full(n, np.nan) for _ in range(3))

    def told(self, entity: Integers, time: Floats, usual: Floats) -> Floats:
        n = self.n[entity]
        lately = np.cumsum(self.ring[:, entity], axis=0)
        columns = [n, self.events[entity], (self.events[entity] + usual) / (n + 1)]
        columns += list(self.recent[:, entity]) + list(self.size[:, entity])
        columns += list((self.recent[:, entity] + usual) / (self.weight[:, entity] + 1))
        columns += [lately[rows - 1] for rows in LAST]
        columns += [time - self.last_event[entity], time - self.last[entity], time - self.first[entity]]
        columns += [self.before[entity], self.total[entity] / np.maximum(n, 1)]
        return np.array(columns).T

    def learn(self, entity: Integers, time: Floats, event: Floats, size: Floats) -> None:
        """Take rows in; several of one entity are of one time."""
        one, first, place = np.unique(entity, return_index=True, return_inverse=True)
        n = np.bincount(place).astype(float)
        events, sizes, at = np.bincount(place, event), np.bincount(place, size), time[first]
        self.n[one] += n
        self.events[one] += events
        self.total[one] += sizes
        for i, decay in enumerate(DECAYS):
            self.recent[i, one] = self.recent[i, one] * decay + events
            self.size[i, one] = self.size[i, one] * decay + sizes
            self.weight[i, one] = self.weight[i, one] * decay + n
        self.ring[1:, one] = self.ring[:-1, one]
        self.ring[0, one] = events
        self.first[one] = np.where(np.isnan(self.first[one]), at, self.first[one])
        self.last[one] = at
        self.last_event[one] = np.where(events > 0, at, self.last_event[one])
        self.before[one] = sizes


class _Levels:
    """The last and the decayed mean value of each entity so far."""

    def __init__(self, n: int) -> None:
        self.before = np.full(n, np.nan)
        self.total, self.weight = (np.zeros((len(DECAYS), n)) for _ in range(2))

    def told(self, entity: Integers) -> Floats:
        with np.errstate(invalid="ignore"):
            means = self.total[:, entity] / self.weight[:, entity]
        return np.vstack([self.before[entity], means]).T

    def learn(self, entity: Integers, value: Floats) -> None:
        one, place = np.unique(entity, return_inverse=True)
        mean = np.bincount(place, value) / np.bincount(place)
        self.before[one] = mean
        for i, decay in enumerate(DECAYS):
            self.total[i, one] = self.total[i, one] * decay + mean
            self.weight[i, one] = self.weight[i, one] * decay + 1
