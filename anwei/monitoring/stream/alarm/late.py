"""Samples that came too late move nothing; an alarm they tell of is recorded as closed, once an excursion.

Late samples are judged among their neighbours, as if all had come in order. Which of them can mean anything
is seen without the neighbours: one beyond a limit or without a good value, or one back to normal inside an
episode found before. A rate of change is not judged: between samples of a gap that is being filled, in
whatever order, it is the rate of nothing that was measured.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.evaluate import evaluate
from anwei.monitoring.stream.alarm.rules import BAD, LIMITS, SIGN, RuleSet
from anwei.monitoring.stream.alarm.state import ACTIVE, State
from anwei.monitoring.stream.samples import EpisodeEvent, Quality, Samples

JUDGED_LATE = (*LIMITS, BAD)
MAX_KNOWN = 100  # episodes remembered of a tag


class Episode(NamedTuple):
    """An episode of a rule in samples judged by themselves."""

    kind: int
    raised: EpisodeEvent
    cleared: EpisodeEvent  # at the last sample, if it is not over there
    over: bool


class Known:
    """Where episodes lie that were found among late samples: a further sample in them changes little."""

    def __init__(self) -> None:
        self._of_tag: dict[int, list[tuple[int, int, int]]] = {}  # kind, start, end

    def remember(self, tag: int, found: list[Episode], first: int, last: int) -> None:
        """Put what was found of a tag from `first` to `last` in the place of what was known there."""
        apart = [span for span in self._of_tag.get(tag, []) if span[2] <= first or span[1] > last]
        spans = [(one.kind, one.raised.start, one.cleared.at) for one in found]
        self._of_tag[tag] = [*apart, *spans][-MAX_KNOWN:]

    def doubtful(self, rules: RuleSet, state: State, late: Samples) -> NDArray[np.bool_]:
        """Say of each late sample whether it may tell of an alarm, or of the end of one.

        Inside the alarm that is active now nothing can: it is never told again, and never cleared.
        """
        at = np.ix_(np.array(JUDGED_LATE), rules.columns(late.tag))
        good = late.quality == Quality.GOOD
        measured = SIGN[at[0]] * late.value
        measured[-1] = ~good
        telling = measured >= rules.enter[at]
        telling[:-1] &= good | (late.quality == Quality.OUT_OF_RANGE)
        telling[-1] &= ~telling[:-1].any(axis=0)  # beyond a limit and off the scale: one alarm, not two
        returns = good & (measured < rules.leave[at])
        for position in np.flatnonzero(np.isin(late.tag, list(self._of_tag))).tolist():
            ts = int(late.ts[position])
            for kind, start, end in self._of_tag[int(late.tag[position])]:
                if start <= ts < end:
                    row = JUDGED_LATE.index(kind)
                    telling[row, position] = returns[row, position]
        telling &= (state.phase[at] < ACTIVE) | (late.ts < state.start[at])
        found: NDArray[np.bool_] = telling.any(axis=0)
        return found


def quiet(rules: RuleSet, column: int, samples: Samples) -> NDArray[np.bool_]:
    """Say after which of a tag's samples, in order of time, all that is judged here is certainly normal."""
    if not len(samples):
        return np.zeros(0, np.bool_)
    calm: NDArray[np.bool_] = samples.quality == Quality.GOOD
    calm &= (samples.value > rules.calm_low[column]) & (samples.value < rules.calm_high[column])
    since = np.maximum.accumulate(np.where(calm, -1, np.arange(len(calm)))) + 1  # where the calm began
    since = np.minimum(since, len(calm) - 1)
    off_delay = rules.off_delay[list(JUDGED_LATE), column].max()
    calm &= samples.ts - samples.ts[since] >= off_delay
    return calm


def episodes(rules: RuleSet, tag: int, samples: Samples) -> list[Episode]:
    """Return the episodes of a tag's rules but RATE in its samples, judged by themselves and marked late."""
    rules = rules.only(tag)
    state = State.new(rules)
    kind_of = {int(rules.rule[kind, 0]): kind for kind in JUDGED_LATE if rules.rule[kind, 0]}
    raised: dict[int, EpisodeEvent] = {}
    found = []
    for event in evaluate(rules, state, samples, 0).events:
        if event.rule in kind_of and event.kind == "raised":
            raised[event.rule] = replace(event, late=True)
        elif event.rule in kind_of:
            start = raised.pop(event.rule)
            found.append(Episode(kind_of[event.rule], start, replace(event, late=True), over=True))
    last = None if np.isnan(state.good_value[0]) else float(state.good_value[0])
    for rule, event in raised.items():
        end = replace(event, kind="cleared", at=int(state.last[0]), value=last)
        found.append(Episode(kind_of[rule], event, end, over=False))
    return found
