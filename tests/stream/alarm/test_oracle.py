"""The engine finds exactly the episodes of the oracle, however the stream is cut."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import GOOD, NO_VALUE, OUT_OF_RANGE, Event, Rule, Sample, events_of
from tests.stream.alarm.streams import Engine, cut, in_order, plain, random_rules, random_samples

N_TAGS = 12


@pytest.mark.parametrize("seed", range(24))
def test_random_streams_equal_the_oracle(seed: int) -> None:
    chance = random.Random(seed)
    rules = random_rules(chance, N_TAGS)
    messages = cut(chance, random_samples(chance, N_TAGS + 1, 3000), 400)  # one tag is unknown
    engine = Engine(rules, N_TAGS)
    found = plain([event for message in messages for event in engine.see([message])])
    expected = events_of(rules, messages)
    assert in_order(found) == in_order(expected)
    assert len(expected) > 300


@pytest.mark.parametrize("seed", range(8))
def test_batches_of_many_messages_give_what_the_messages_give(seed: int) -> None:
    chance = random.Random(1000 + seed)
    rules = random_rules(chance, N_TAGS)
    samples = random_samples(chance, N_TAGS, 1500)
    for position in range(10, len(samples) - 5, 50):  # some go back in time from message to message
        samples[position], samples[position + 4] = samples[position + 4], samples[position]
    messages = cut(chance, samples, 12)
    engine, found, position = Engine(rules, N_TAGS), [], 0
    while position < len(messages):
        size = chance.randrange(1, 60)
        found += plain(engine.see(messages[position : position + size]))
        position += size
    assert in_order(found) == in_order(events_of(rules, messages))
    assert sum(map(len, engine.late)) > 0


def test_an_episode_begins_and_ends_once() -> None:
    chance = random.Random(7)
    rules = random_rules(chance, N_TAGS)
    engine = Engine(rules, N_TAGS)
    events = engine.see(cut(chance, random_samples(chance, N_TAGS, 4000), 50))
    by_rule = defaultdict(list)
    for event in events:
        by_rule[event.rule].append(event)
    for of_rule in by_rule.values():
        kinds = [event.kind for event in of_rule]
        assert kinds == (["raised", "cleared"] * len(kinds))[: len(kinds)]
        for raised, cleared in zip(of_rule[::2], of_rule[1::2], strict=False):
            assert raised.start == cleared.start <= raised.at <= cleared.at
    keys = [(event.rule, event.start) for event in events if event.kind == "raised"]
    assert len(keys) == len(set(keys))


VALUES = st.sampled_from(
    [50.0, 77.9, 78.0, 79.9, 80.0, 80.1, 89.9, 90.0, 91.0, 22.0, 22.1, 20.0, 19.9, 10.0, 9.0]
)
STEPS = st.tuples(
    VALUES,
    st.sampled_from([1, 999, 1000, 2000, 5000]),
    st.sampled_from([GOOD] * 6 + [NO_VALUE, OUT_OF_RANGE]),
)


@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=40),
    delays=st.tuples(st.sampled_from([0, 1000, 2000]), st.sampled_from([0, 1000, 3000])),
    deadband=st.sampled_from([0.0, 2.0]),
    cuts=st.sets(st.integers(1, 39)),
)
def test_every_short_stream_equals_the_oracle(
    steps: list[tuple[float, int, int]], delays: tuple[int, int], deadband: float, cuts: set[int]
) -> None:
    limits = {"hh": 90.0, "h": 80.0, "l": 20.0, "ll": 10.0, "rate": 900.0, "bad": None}
    rules = [
        Rule(number, 1, kind, limit, deadband, *delays)
        for number, (kind, limit) in enumerate(limits.items(), start=1)
    ]
    ts, samples = 10_000, []
    for value, step, quality in steps:
        ts += step
        samples.append(Sample(1, ts, float("nan") if quality == NO_VALUE else value, quality))
    bounds = [0, *sorted(c for c in cuts if c < len(samples)), len(samples)]
    messages = [samples[a:b] for a, b in itertools.pairwise(bounds)]
    engine = Engine(rules, 1)
    found = [event for message in messages for event in engine.see([message])]
    assert in_order(plain(found)) == in_order(events_of(rules, messages))


def test_a_spike_of_one_sample_raises_high_and_high_high() -> None:
    rules = [Rule(1, 1, "hh", 90.0, 2.0), Rule(2, 1, "h", 80.0, 2.0)]
    engine = Engine(rules, 1)
    samples = [Sample(1, 1000 * k, 93.0 if k == 500 else 50.0) for k in range(1, 1001)]
    assert in_order(plain(engine.see([samples]))) == [
        Event(1, 500_000, "raised", 500_000),
        Event(1, 500_000, "cleared", 501_000),
        Event(2, 500_000, "raised", 500_000),
        Event(2, 500_000, "cleared", 501_000),
    ]


def test_events_carry_what_was_seen_and_where() -> None:
    rules = [
        Rule(1, 1, "l", 20.0, 1.0),
        Rule(2, 2, "rate", 60.0),
        Rule(3, 3, "bad"),
    ]
    engine = Engine(rules, 3)
    samples = [Sample(1, 1000, 50.0), Sample(2, 1000, 0.0), Sample(3, 1000, 1.0)]
    assert engine.see([samples]) == []
    nan = float("nan")
    raised = engine.see([[Sample(1, 2000, 19.0), Sample(2, 3000, 5.0), Sample(3, 2000, nan, NO_VALUE)]])
    seen = {
        event.rule: (event.tag, event.device, event.kind, event.value, event.limit, event.late)
        for event in raised
    }
    assert seen == {
        1: (1, "d0", "raised", 19.0, 20.0, False),
        2: (2, "d0", "raised", 150.0, 60.0, False),  # 5 in 2 s
        3: (3, "d0", "raised", None, None, False),
    }


def test_samples_of_bad_quality_leave_limits_alone() -> None:
    engine = Engine([Rule(1, 1, "h", 80.0)], 1)
    assert [event.kind for event in engine.see([[Sample(1, 1000, 85.0)]])] == ["raised"]
    assert (
        engine.see([[Sample(1, 2000, float("nan"), NO_VALUE)], [Sample(1, 3000, -900.0, OUT_OF_RANGE)]]) == []
    )
    assert [event.kind for event in engine.see([[Sample(1, 4000, 50.0)]])] == ["cleared"]
