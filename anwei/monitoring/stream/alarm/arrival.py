"""Judging message by message, at the cost of a batch.

What an alarm is must not depend on how the log was cut into batches. So a sample that is not newer than one
of its tag in an earlier message is late, and only inside a message samples are put in order. As long as no
tag goes back in time from message to message, one evaluation of the whole batch gives just that; when one
does, the batch is judged message by message.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.evaluate import Outcome, evaluate, select
from anwei.monitoring.stream.alarm.rules import RuleSet
from anwei.monitoring.stream.alarm.state import State
from anwei.monitoring.stream.samples import Samples


def evaluate_messages(
    rules: RuleSet, state: State, samples: Samples, message: NDArray[np.int32], now: int
) -> Iterator[tuple[Samples, Outcome]]:
    """Judge samples in the order of the log; yield each part with what it meant.

    `message` (rising) tells which message each sample came in. Lazy: a part is judged when it is asked for.
    """
    if not goes_back(samples, message):
        yield samples, evaluate(rules, state, samples, now)
        return
    bounds = np.flatnonzero(np.diff(message)) + 1
    for begin, end in pairwise([0, *bounds.tolist(), len(samples)]):
        part = select(samples, np.arange(begin, end))
        yield part, evaluate(rules, state, part, now)


def goes_back(samples: Samples, message: NDArray[np.int32]) -> bool:
    """Return whether some tag has a sample not newer than one of an earlier message."""
    ts = samples.ts
    if len(ts) < 2 or message[0] == message[-1]:
        return False
    tag = samples.tag
    if np.bincount(tag).max() == 1:
        return False
    by_time = np.lexsort((message, ts, tag))
    same = tag[by_time][1:] == tag[by_time][:-1]
    told, later = message[by_time][:-1], message[by_time][1:]
    equal_time = ts[by_time][1:] == ts[by_time][:-1]
    return bool((same & ((later < told) | (equal_time & (later != told)))).any())
