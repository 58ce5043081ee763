"""Samples in order, and which rules each of them violates or keeps from returning to normal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.rules import BAD, LIMITS, NO_DATA, RATE, SIGN, RuleSet
from anwei.monitoring.stream.alarm.state import State
from anwei.monitoring.stream.samples import Quality, Samples

N_JUDGED = NO_DATA  # the kinds before it are judged by samples
_MINUTE_MS = 60_000


class Ordered(NamedTuple):
    """Samples by column and time, one for each (column, time)."""

    column: NDArray[np.int32]
    ts: NDArray[np.int64]
    value: NDArray[np.float64]
    good: NDArray[np.bool_]
    off_scale: NDArray[np.bool_]  # outside the sensor's range
    first: NDArray[np.intp]  # index at which each column begins
    group: NDArray[np.intp]  # index into `first` of each sample
    newest_good: NDArray[np.intp]  # index of the newest good sample of the column so far, -1 if there is none
    rate: NDArray[np.float64]  # |change| per minute since the good sample before; NaN where none or unwatched


class Judged(NamedTuple):
    """Matrices (kinds judged by samples, samples)."""

    counts: NDArray[np.bool_]  # whether the sample bears on the rule
    violates: NDArray[np.bool_]
    holds: NDArray[np.bool_]  # not back to normal: violated, or inside the deadband


def order(rules: RuleSet, state: State, column: NDArray[np.int32], samples: Samples) -> Ordered:
    """Return the samples, which belong to `column`, in order.

    Of rivals for one (column, time) the best quality wins, then the larger value, as in the store.
    """
    order = np.lexsort((-samples.value, samples.quality, samples.ts, column))
    column, ts = column[order], samples.ts[order]
    new_column = np.concatenate([[True], column[1:] != column[:-1]])
    distinct = new_column | np.concatenate([[True], ts[1:] != ts[:-1]])
    if not distinct.all():
        order, column, ts, new_column = order[distinct], column[distinct], ts[distinct], new_column[distinct]
    value, quality = samples.value[order], samples.quality[order]
    good, off_scale = quality == Quality.GOOD, quality == Quality.OUT_OF_RANGE

    first = np.flatnonzero(new_column)
    group = np.cumsum(new_column) - 1
    index = np.arange(len(column))
    newest_good = np.maximum.accumulate(np.where(good, index, -1))
    newest_good = np.where(newest_good >= first[group], newest_good, -1)
    rate = np.full(len(column), np.nan)
    watched = np.flatnonzero(rules.watches_rate[column] & good)
    if len(watched):
        before = np.where(new_column[watched], -1, newest_good[watched - 1])
        inside = before >= 0
        since = np.where(inside, ts[before], state.good_ts[column[watched]])
        from_value = np.where(inside, value[before], state.good_value[column[watched]])
        rate[watched] = np.abs(value[watched] - from_value) / (ts[watched] - since) * _MINUTE_MS
    return Ordered(column, ts, value, good, off_scale, first, group, newest_good, rate)


def interesting(rules: RuleSet, state: State, samples: Ordered) -> NDArray[np.intp]:
    """Return the samples of columns where anything can happen: a phase under way, or a sample not calm."""
    column, value = samples.column, samples.value
    calm = samples.good & (value > rules.calm_low[column]) & (value < rules.calm_high[column])
    calm &= ~(samples.rate >= rules.leave[RATE, column])
    under_way = state.phase[:N_JUDGED, column[samples.first]].any(axis=0)
    busy = under_way | ~np.logical_and.reduceat(calm, samples.first)
    return np.flatnonzero(busy[samples.group])


def judge(rules: RuleSet, samples: Ordered, chosen: NDArray[np.intp]) -> Judged:
    """Return what the chosen samples mean to each rule of their columns.

    A value outside the sensor's range bears on the limits it is beyond, and then not on the rule for bad
    data: the worst is one alarm, not two. It bears on no other limit, so that it never clears one.
    """
    column, good, rate = samples.column[chosen], samples.good[chosen], samples.rate[chosen]
    measured = np.empty((N_JUDGED, len(chosen)))
    for kind in LIMITS:
        measured[kind] = SIGN[kind] * samples.value[chosen]
    measured[RATE] = rate
    measured[BAD] = ~good
    beyond = measured >= rules.enter[:N_JUDGED, column]
    counts = np.broadcast_to(good, measured.shape).copy()
    counts[RATE] &= ~np.isnan(rate)
    off_scale = beyond[list(LIMITS)] & samples.off_scale[chosen]
    counts[list(LIMITS)] |= off_scale
    counts[BAD] = ~off_scale.any(axis=0)
    violates = counts & beyond
    holds = counts & (measured >= rules.leave[:N_JUDGED, column])
    return Judged(counts, violates, holds)


def decisive(rules: RuleSet, samples: Ordered, chosen: NDArray[np.intp], judged: Judged) -> NDArray[np.intp]:
    """Return which of the chosen samples can move a phase (indices into `chosen`).

    Without delays a sample that means the same as the one before it in its column moves nothing. Of bad data
    only bad samples let the on-delay pass.
    """
    weight = 1 << np.arange(N_JUDGED)
    meaning = (weight @ judged.violates << 2 * N_JUDGED) + (weight @ judged.holds << N_JUDGED)
    meaning += weight @ judged.counts
    column = samples.column[chosen]
    other = np.concatenate([[True], (column[1:] != column[:-1]) | (meaning[1:] != meaning[:-1])])
    return np.flatnonzero(other | rules.delayed[column] | judged.violates[BAD])
