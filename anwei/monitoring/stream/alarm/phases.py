"""One step of the alarm phases: at most one sample of a column at a time, all rules at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.classify import N_JUDGED, Judged, Ordered
from anwei.monitoring.stream.alarm.events import episode_events, flat_index
from anwei.monitoring.stream.alarm.rules import RATE, RuleSet
from anwei.monitoring.stream.alarm.state import ACTIVE, CLEARING, NORMAL, PENDING, State
from anwei.monitoring.stream.samples import EpisodeEvent


def step(
    rules: RuleSet, state: State, samples: Ordered, chosen: NDArray[np.intp], judged: Judged
) -> list[EpisodeEvent]:
    """Move the phases by the chosen samples (of distinct columns) and return what was raised and cleared."""
    column = samples.column[chosen]
    under_way = state.phase[:N_JUDGED, column] != NORMAL
    kind, which = np.nonzero(judged.counts & (under_way | judged.violates))
    if not len(kind):
        return []
    violates, holds = judged.violates[kind, which], judged.holds[kind, which]
    at = (kind, column[which].astype(np.intp))
    ts = samples.ts[chosen][which]
    before = state.phase[at]
    phase, start, turn = before.copy(), state.start[at], state.turn[at]

    opens = (phase == NORMAL) & violates
    phase[opens] = PENDING
    start[opens] = ts[opens]
    phase[(phase == PENDING) & ~violates] = NORMAL
    raised = (phase == PENDING) & (ts - start >= rules.on_delay[at])
    phase[raised] = ACTIVE

    leaves = (phase == ACTIVE) & ~holds
    phase[leaves] = CLEARING
    turn[leaves] = ts[leaves]
    phase[(phase == CLEARING) & holds] = ACTIVE
    cleared = (phase == CLEARING) & (ts - turn >= rules.off_delay[at])
    phase[cleared] = NORMAL

    moved = phase != before
    if not moved.any():
        return []
    state.phase[at], state.start[at], state.turn[at] = phase, start, turn
    state.changed.append(flat_index(rules, *at)[moved])
    told = raised | cleared
    measured = np.where(kind == RATE, samples.rate[chosen][which], samples.value[chosen][which])
    where = (at[0][told], at[1][told])
    return episode_events(
        rules, where, start=start[told], raised=raised[told], at=ts[told], value=measured[told]
    )
