"""When a batch may be judged at once, and when message by message."""

from __future__ import annotations

import pytest

from anwei.monitoring.stream.alarm.arrival import evaluate_messages, goes_back
from tests.oracle import Rule, Sample
from tests.stream.alarm.streams import Engine, columns


def at(tag: int, ts: int) -> Sample:
    return Sample(tag, ts, 50.0)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [[at(1, 1)]],
        [[at(1, 2), at(1, 1)]],  # inside a message samples are put in order
        [[at(1, 2)], [at(2, 1)]],  # each tag has a time of its own
        [[at(1, 1), at(2, 1)], [at(1, 2), at(2, 2)]],
        [[at(1, 1)], [at(1, 3), at(1, 2)]],
    ],
)
def test_messages_that_only_go_forward_are_judged_at_once(messages: list[list[Sample]]) -> None:
    engine = Engine([Rule(1, 1, "h", 80.0)], 2)
    samples, message = columns(messages)
    assert not goes_back(samples, message)
    parts = [part for part, _ in evaluate_messages(engine.rules, engine.state, samples, message, 0)]
    assert [len(part) for part in parts] == [len(samples)]


@pytest.mark.parametrize(
    "messages",
    [
        [[at(1, 2)], [at(1, 1)]],
        [[at(1, 1)], [at(1, 1)]],  # not newer is late
        [[at(1, 2)], [at(1, 1), at(1, 3)]],
        [[at(1, 1), at(1, 3)], [at(1, 2)]],
        [[at(1, 1)], [at(1, 5)], [at(1, 5)]],
    ],
)
def test_a_tag_that_goes_back_is_judged_message_by_message(messages: list[list[Sample]]) -> None:
    engine = Engine([Rule(1, 1, "h", 80.0)], 2)
    samples, message = columns(messages)
    assert goes_back(samples, message)
    parts = [part for part, _ in evaluate_messages(engine.rules, engine.state, samples, message, 0)]
    assert [part.ts.tolist() for part in parts] == [[sample.ts for sample in one] for one in messages]
