"""Events of episodes from columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.rules import Integers, RuleSet
from anwei.monitoring.stream.samples import EpisodeEvent

Where = tuple[NDArray[np.intp], NDArray[np.intp]]  # kinds and columns


def flat_index(rules: RuleSet, kind: NDArray[np.intp], column: NDArray[np.intp]) -> Integers:
    """Return where (kind, column) stands in a flattened matrix of the rules' shape."""
    return np.ravel_multi_index((kind, column), rules.rule.shape)


def episode_events(
    rules: RuleSet,
    where: Where,
    *,
    start: Integers,
    raised: NDArray[np.bool_],
    at: Integers,
    value: NDArray[np.float64],
) -> list[EpisodeEvent]:
    """Return one event for each (kind, column): raised or else cleared; NaN stands for no value."""
    kind, column = where
    return [
        EpisodeEvent(
            rule=int(rules.rule[k, c]),
            tag=int(rules.tag[c]),
            device=rules.codes[c],
            start=begin,
            kind="raised" if is_raised else "cleared",
            at=moment,
            value=_number(seen),
            limit=_number(float(rules.limit[k, c])),
        )
        for k, c, begin, is_raised, moment, seen in zip(
            kind.tolist(),
            column.tolist(),
            start.tolist(),
            raised.tolist(),
            at.tolist(),
            value.tolist(),
            strict=True,
        )
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
