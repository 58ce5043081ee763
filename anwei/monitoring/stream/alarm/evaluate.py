"""A batch of samples against the rules."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.classify import Judged, Ordered, decisive, interesting, judge, order
from anwei.monitoring.stream.alarm.phases import step
from anwei.monitoring.stream.alarm.rules import RuleSet
from anwei.monitoring.stream.alarm.silence import spoke
from anwei.monitoring.stream.alarm.state import State
from anwei.monitoring.stream.samples import EpisodeEvent, Quality, Samples


class Outcome(NamedTuple):
    """What a batch meant; `late` samples are not newer than the newest of their tag, and moved nothing."""

    events: list[EpisodeEvent]
    late: Samples


def evaluate(rules: RuleSet, state: State, samples: Samples, now: int) -> Outcome:
    """Judge the samples, move `state` in place, and return the events.

    `now` (ms, server clock) only tells when tags were heard, by samples that are judged: a clock that runs
    back or ahead is a silence, because nothing watches that tag. Limits and delays go by the times of the
    samples. However a stream is cut into batches, the events are the same, as long as disorder stays inside a
    batch. Samples stamped in the future and tags without a column are passed over.
    """
    column = rules.columns(samples.tag)
    known = column >= 0
    if not known.any():
        return Outcome([], Samples.empty())
    usable = known & (samples.quality != Quality.FUTURE)
    newer = samples.ts > state.last[column]
    fresh = usable & newer
    events = spoke(rules, state, column[fresh], samples.ts[fresh], now)
    if fresh.any():
        ordered = order(rules, state, column[fresh], select(samples, fresh))
        events += judge_ordered(rules, state, ordered)
    late = usable & ~newer
    return Outcome(events, select(samples, late))


def judge_ordered(rules: RuleSet, state: State, samples: Ordered) -> list[EpisodeEvent]:
    """Judge samples newer than all before, and remember the newest of each column."""
    events: list[EpisodeEvent] = []
    chosen = interesting(rules, state, samples)
    if len(chosen):
        judged = judge(rules, samples, chosen)
        kept = decisive(rules, samples, chosen, judged)
        for turn in _rounds(samples.column[chosen[kept]]):
            at = kept[turn]
            part = Judged(judged.counts[:, at], judged.violates[:, at], judged.holds[:, at])
            events += step(rules, state, samples, chosen[at], part)
    final = np.append(samples.first[1:], len(samples.column)) - 1
    column = samples.column[final]
    state.last[column] = samples.ts[final]
    newest = samples.newest_good[final]
    good = newest >= 0
    state.good_ts[column[good]] = samples.ts[newest[good]]
    state.good_value[column[good]] = samples.value[newest[good]]
    return events


def _rounds(column: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    """Split samples ordered by column into rounds: the first of each column, the second of each, ..."""
    index = np.arange(len(column))
    begins = np.concatenate([[True], column[1:] != column[:-1]])
    rank = index - np.maximum.accumulate(np.where(begins, index, 0))
    by_rank = np.argsort(rank, kind="stable")
    return np.split(by_rank, np.cumsum(np.bincount(rank))[:-1])


def select(samples: Samples, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Samples:
    """Return the samples that a mask or positions choose."""
    return Samples(samples.tag[chosen], samples.ts[chosen], samples.value[chosen], samples.quality[chosen])
