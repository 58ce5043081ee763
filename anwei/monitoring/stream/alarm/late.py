"""Samples that came too late: they move nothing, but an alarm they tell of is recorded as closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anwei.monitoring.stream.alarm.evaluate import evaluate, select
from anwei.monitoring.stream.alarm.rules import LIMITS, SIGN, RuleSet
from anwei.monitoring.stream.alarm.state import ACTIVE, State
from anwei.monitoring.stream.samples import EpisodeEvent, Quality, Samples


def suspects(rules: RuleSet, late: Samples) -> Samples:
    """Return all late samples of those tags that have one beyond a limit."""
    if not len(late):
        return late
    column = rules.columns(late.tag)
    beyond = np.zeros(len(late), np.bool_)
    for kind in LIMITS:
        beyond |= SIGN[kind] * late.value >= rules.enter[kind, column]
    beyond &= late.quality == Quality.GOOD
    return select(late, np.isin(late.tag, late.tag[beyond]))


def late_episodes(rules: RuleSet, state: State, late: Samples, now: int) -> list[EpisodeEvent]:
    """Return the episodes of limit rules in late samples that have not been stored before.

    Each is raised and cleared at once and marked late. One still under way at the last of the samples is
    closed there; one inside the episode that is active now is that episode, and not told again.
    """
    if not len(late):
        return []
    apart = State.new(rules)
    told = evaluate(rules, apart, late, now).events
    limit_rules = set(rules.rule[list(LIMITS)].ravel().tolist())
    told = [event for event in told if event.rule in limit_rules]
    for kind, column in np.argwhere(apart.phase[list(LIMITS)] >= ACTIVE):
        told.append(
            EpisodeEvent(
                rule=int(rules.rule[kind, column]),
                tag=int(rules.tag[column]),
                device=rules.codes[column],
                start=int(apart.start[kind, column]),
                kind="cleared",
                at=int(apart.last[column]),
                value=float(apart.good_value[column]),
                limit=float(rules.limit[kind, column]),
            )
        )
    known = _active_starts(rules, state)
    return [
        replace(event, late=True)
        for event in told
        if event.start < known.get(event.rule, np.iinfo(np.int64).max)
    ]


def _active_starts(rules: RuleSet, state: State) -> dict[int, int]:
    """Return the start of the active episode of each rule that has one."""
    active = map(tuple, np.argwhere(state.phase >= ACTIVE))
    return {int(rules.rule[at]): int(state.start[at]) for at in active}
