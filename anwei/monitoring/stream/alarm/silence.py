"""What happens without samples: silence is an alarm, and a pending delay ripens.

A tag or device is silent when nothing newer of it has arrived for two of its periods and a little grace, by
the server's clock; samples older than its newest say nothing of the present. While a device is silent its
tags are not alarmed, while a gateway is silent its members are not: one silence is one alarm. It is over when
the device speaks again.

A new device has ten minutes to speak for the first time. Until then, samples from before its registration are
its history being loaded, and no sign of life.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.events import episode_events, flat_index
from anwei.monitoring.stream.alarm.rules import LIMITS, NO_DATA, SIGN, Integers, RuleSet
from anwei.monitoring.stream.alarm.state import ACTIVE, FIRST_WORD_MS, NORMAL, PENDING, State
from anwei.monitoring.stream.samples import EpisodeEvent

SILENCE_GRACE_MS = 5_000  # after two periods; the promise is to show a silence within 2 periods + 10 s


def spoke(
    rules: RuleSet, state: State, column: NDArray[np.int32], ts: Integers, now: int
) -> list[EpisodeEvent]:
    """Note that tags, and with them their devices and gateways, were heard; end their silence.

    `ts` (ms) are the times of their samples.
    """
    history = (ts < rules.registered[column]) & (now < rules.registered[column] + FIRST_WORD_MS)
    if history.any():
        column = column[~history]
    if not len(column):
        return []
    back: list[NDArray[np.int32]] = []
    heard = column
    while len(heard):
        state.arrived[heard] = now
        back.append(heard[state.phase[NO_DATA, heard] == ACTIVE])
        heard = rules.parent[heard]
        heard = heard[heard >= 0]
    ended = np.unique(np.concatenate(back)).astype(np.intp)
    if not len(ended):
        return []
    _begin_anew_below(rules, state, ended, now)
    return _set(rules, state, ended, phase=NORMAL, start=state.start[NO_DATA, ended], now=now)


def begin_anew(state: State, now: int) -> None:
    """Count every silence from `now` (ms) at the earliest: what was said before may not have been heard."""
    np.clip(state.arrived, now, now + FIRST_WORD_MS, out=state.arrived)


def tick(rules: RuleSet, state: State, now: int) -> list[EpisodeEvent]:
    """Return what the passing of time raised; to be called each second.

    `now` (ms, server clock) is the time up to which everything that arrived has been evaluated.
    """
    heard = state.arrived
    silent = now - heard >= 2 * rules.period + SILENCE_GRACE_MS
    return [*_ripen(rules, state, now, heard, silent), *_silences(rules, state, now, heard)]


def _silences(rules: RuleSet, state: State, now: int, heard: Integers) -> list[EpisodeEvent]:
    patience = 2 * rules.period + SILENCE_GRACE_MS + rules.on_delay[NO_DATA]
    due = (rules.rule[NO_DATA] > 0) & (now - heard >= patience)
    if not due.any():
        return []
    hidden = np.zeros(len(due), np.bool_)  # below something that is silent
    events: list[EpisodeEvent] = []
    for level in np.unique(rules.level):
        here = rules.level == level
        if level:
            above = rules.parent[here]
            hidden[here] = hidden[above] | (state.phase[NO_DATA, above] == ACTIVE)
        new = np.flatnonzero(here & due & ~hidden & (state.phase[NO_DATA] == NORMAL))
        events += _set(rules, state, new, phase=ACTIVE, start=heard[new], now=now)
    return events


def _begin_anew_below(rules: RuleSet, state: State, ended: NDArray[np.intp], now: int) -> None:
    """Give everything below a device that speaks again its full time to speak, too."""
    below = ended
    while len(below):
        below = np.flatnonzero(np.isin(rules.parent, below))
        state.arrived[below] = np.maximum(state.arrived[below], now)


def _ripen(
    rules: RuleSet, state: State, now: int, heard: Integers, silent: NDArray[np.bool_]
) -> list[EpisodeEvent]:
    """Raise pending alarms whose delay is over although no further sample came to say so.

    Only when a sample that could have decided is overdue by two periods, and only while the tag still counts
    as speaking: after that it is the silence that is alarmed.
    """
    kind, column = np.nonzero(state.phase[:NO_DATA] == PENDING)
    overdue = (now - heard[column] >= 2 * rules.period[column]) & ~silent[column]
    ripe = overdue & (now - state.start[kind, column] >= rules.on_delay[kind, column])
    if not ripe.any():
        return []
    at = (kind[ripe], column[ripe])
    state.phase[at] = ACTIVE
    state.changed.append(flat_index(rules, *at))
    over = state.start[at] + rules.on_delay[at]
    value = state.good_value[at[1]]
    is_seen = np.isin(at[0], LIMITS) & (
        SIGN[at[0]] * value >= rules.enter[at]
    )  # what began it may be off scale
    value = np.where(is_seen, value, np.nan)
    raised = np.full(len(over), True)
    return episode_events(rules, at, start=state.start[at], raised=raised, at=over, value=value)


def _set(
    rules: RuleSet, state: State, column: NDArray[np.intp], *, phase: int, start: Integers, now: int
) -> list[EpisodeEvent]:
    """Put the silence of columns into `phase` and return the events that say so."""
    at = (np.full(len(column), NO_DATA), column)
    state.phase[at] = phase
    state.start[at] = start
    state.changed.append(flat_index(rules, *at))
    raised = np.full(len(column), phase == ACTIVE)
    nothing = np.full(len(column), np.nan)
    return episode_events(rules, at, start=start, raised=raised, at=np.full(len(column), now), value=nothing)
