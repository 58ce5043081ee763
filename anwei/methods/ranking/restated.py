"""Columns that restate the label of the entity's row before, as "days lost in the last quarter" does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.methods.ranking.earlier import Floats, Integers

AGREE = 0.98  # of the pairs of rows, and of those with an event
LEAST_PAIRS = 100


def is_restated(entity: Integers, time: Floats, label: Floats, column: Floats) -> bool:
    """Say whether a column is the label of its entity's row before: it tells what became of that row."""
    order, follows = _following(entity, time)
    told, said = label[order][:-1], column[order][1:]
    follows = follows & np.isfinite(told) & np.isfinite(said)
    before, now = told[follows], said[follows]
    if len(before) < LEAST_PAIRS or np.unique(before).size < 2:
        return False
    event = before > 0
    return bool((now == before).mean() >= AGREE and (now[event] == before[event]).mean() >= AGREE)


def restored(entity: Integers, time: Floats, label: Floats, column: Floats) -> Floats:
    """Return the labels with those filled in that the next row of the same entity restates."""
    order, follows = _following(entity, time)
    told, said = label[order], np.r_[column[order][1:], np.nan]
    fill = np.r_[follows, False] & ~np.isfinite(told) & np.isfinite(said)
    told[fill] = said[fill]
    found = np.empty_like(label)
    found[order] = told
    return found


def _following(entity: Integers, time: Floats) -> tuple[Integers, NDArray[np.bool_]]:
    """Return rows by entity and time, and which neighbours are one entity's, at different times."""
    order = np.lexsort((time, entity))
    of, at = entity[order], time[order]
    return order, (of[1:] == of[:-1]) & (at[1:] > at[:-1])
