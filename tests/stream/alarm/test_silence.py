"""Silence is an alarm, one a device; a pending delay ripens without a sample."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np

from anwei.monitoring.stream.alarm.evaluate import evaluate
from anwei.monitoring.stream.alarm.rules import RuleSet, compile_rules
from anwei.monitoring.stream.alarm.silence import begin_anew, tick
from anwei.monitoring.stream.alarm.state import FIRST_WORD_MS, State
from anwei.monitoring.stream.samples import EpisodeEvent, Quality, Samples
from tests.oracle import Rule
from tests.stream.plant import Plant

SECOND = 1_000
START = 1_764_000_000_000


class Clock:
    """A plant that speaks second by second, with the engine's clock pass each second."""

    def __init__(self, plant: Plant) -> None:
        self.rules: RuleSet = compile_rules(plant.register())
        self.state = State.new(self.rules)
        begin_anew(self.state, START)
        self.now = START

    def second(self, tags: Iterable[int], value: float = 50.0) -> list[EpisodeEvent]:
        self.now += SECOND
        tag = np.array(list(tags), np.int32)
        samples = Samples(
            tag, np.full(len(tag), self.now), np.full(len(tag), value), np.zeros(len(tag), np.uint8)
        )
        events = evaluate(self.rules, self.state, samples, self.now).events
        return events + tick(self.rules, self.state, self.now)

    def seconds(self, count: int, tags: Iterable[int], value: float = 50.0) -> list[EpisodeEvent]:
        tags = list(tags)
        return [event for _ in range(count) for event in self.second(tags, value)]


def test_each_of_200_silenced_tags_is_raised_in_time_and_no_other() -> None:
    chance = random.Random(3)
    plant = Plant(1, 1000, [Rule(number, number, "no_data") for number in range(1, 1001)])
    clock, everybody = Clock(plant), range(1, 1001)
    assert clock.seconds(5, everybody) == []
    silenced = set(chance.sample(everybody, 200))
    silent_since = clock.now
    events = clock.seconds(30, set(everybody) - silenced)
    assert {event.tag for event in events} == silenced
    assert len(events) == 200
    assert {event.kind for event in events} == {"raised"}
    for event in events:
        assert event.start == silent_since
        assert event.at - silent_since <= 2 * plant.period_ms + 10 * SECOND
        assert event.at - silent_since > 2 * plant.period_ms
    back = clock.seconds(2, everybody)
    assert {(event.tag, event.kind) for event in back} == {(tag, "cleared") for tag in silenced}
    assert all(event.start == silent_since for event in back)


def test_a_silent_device_is_one_alarm_and_its_tags_are_none() -> None:
    rules = [Rule(number, number, "no_data") for number in range(1, 21)]
    clock = Clock(Plant(2, 10, rules, silence=True))
    clock.seconds(3, range(1, 21))
    events = clock.seconds(60, range(1, 11))
    assert [(event.rule, event.tag, event.device, event.kind) for event in events] == [
        (1_000_002, 0, "d1", "raised")
    ]
    events = clock.seconds(5, range(1, 21))
    assert [(event.rule, event.kind, event.at) for event in events] == [
        (1_000_002, "cleared", clock.now - 4 * SECOND)
    ]


def test_a_tag_still_silent_when_its_device_is_back_is_raised_after_its_full_time() -> None:
    rules = [Rule(number, number, "no_data") for number in range(1, 4)]
    clock = Clock(Plant(1, 3, rules, silence=True))
    clock.seconds(3, [1, 2, 3])
    clock.seconds(30, [])
    back_at = clock.now + SECOND
    events = clock.seconds(30, [1, 2])
    assert [(event.rule, event.kind) for event in events] == [(1_000_001, "cleared"), (3, "raised")]
    assert events[1].start == back_at
    assert 2 * SECOND < events[1].at - back_at <= 12 * SECOND


def test_a_silent_gateway_hides_its_members() -> None:
    rules = [Rule(number, number, "no_data") for number in range(1, 9)]
    plant = Plant(4, 2, rules, silence=True, gateways={1: 0, 2: 0})
    clock = Clock(plant)
    clock.seconds(3, range(1, 9))
    events = clock.seconds(30, [7, 8])  # only d3, which is not under the gateway
    assert [(event.device, event.tag, event.kind) for event in events] == [("d0", 0, "raised")]
    events = clock.seconds(30, [3, 4, 7, 8])  # d1 speaks through the gateway; d2 does not
    assert sorted((event.device, event.tag, event.kind) for event in events) == [
        ("d0", 0, "cleared"),
        ("d0", 1, "raised"),  # the gateway is heard, its own tags are not
        ("d0", 2, "raised"),
        ("d2", 0, "raised"),
    ]


def test_silence_is_counted_from_when_the_log_had_been_read() -> None:
    rules = compile_rules(Plant(1, 1, silence=True).register())
    state = State.new(rules)
    ready = START + 3_600 * SECOND
    begin_anew(state, ready)
    assert tick(rules, state, ready + 7 * SECOND - 1) == []
    assert [(event.kind, event.start) for event in tick(rules, state, ready + 7 * SECOND)] == [
        ("raised", ready)
    ]
    assert tick(rules, state, ready + 13 * SECOND) == []


def test_silence_is_still_found_when_the_clock_was_set_back() -> None:
    clock = Clock(Plant(1, 1, silence=True))
    clock.seconds(3, [1])
    clock.now -= 3_600 * SECOND
    begin_anew(clock.state, clock.now)
    assert clock.seconds(FIRST_WORD_MS // SECOND, []) == []
    assert len(clock.seconds(10, [])) == 1


def test_a_new_device_is_not_silent_while_its_history_is_loaded() -> None:
    rules = [Rule(1, 1, "no_data")]
    clock = Clock(Plant(1, 2, rules, silence=True, registered_at=START))
    for _ in range(60):
        clock.now += SECOND
        history = Samples(
            np.array([1], np.int32),
            np.array([clock.now - 3_600 * SECOND]),
            np.zeros(1),
            np.zeros(1, np.uint8),
        )
        assert evaluate(clock.rules, clock.state, history, clock.now).events == []
        assert tick(clock.rules, clock.state, clock.now + 20 * SECOND) == []
    assert clock.second([1, 2]) == []
    events = clock.seconds(20, [])  # from its first word of today on it is watched as any other
    assert [(event.device, event.tag, event.kind) for event in events] == [("d0", 0, "raised")]


def test_history_ends_at_the_registration_and_after_ten_minutes() -> None:
    for ts, now, heard in (
        (START - 1, START + FIRST_WORD_MS - 1, False),
        (START, START + FIRST_WORD_MS - 1, True),
        (START - 1, START + FIRST_WORD_MS + 1, True),
    ):
        clock = Clock(Plant(1, 1, registered_at=START))
        sample = Samples(np.array([1], np.int32), np.array([ts]), np.zeros(1), np.zeros(1, np.uint8))
        evaluate(clock.rules, clock.state, sample, now)
        expected = now if heard else START + FIRST_WORD_MS
        assert clock.state.arrived.tolist() == [expected, expected]


def test_a_new_device_that_never_speaks_is_silent_after_ten_minutes() -> None:
    clock = Clock(Plant(1, 1, silence=True, registered_at=START))
    assert clock.seconds(FIRST_WORD_MS // SECOND + 6, []) == []
    assert [(event.kind, event.start) for event in clock.second([])] == [("raised", START + FIRST_WORD_MS)]


def one(ts: int, tag: int = 1) -> Samples:
    return Samples(np.array([tag], np.int32), np.array([ts]), np.zeros(1), np.zeros(1, np.uint8))


def test_a_backlog_in_order_is_a_sign_of_life_once_the_device_is_no_longer_new() -> None:
    clock = Clock(Plant(1, 1, silence=True, registered_at=START))
    clock.now += FIRST_WORD_MS
    for second in range(30):
        clock.now += SECOND
        evaluate(clock.rules, clock.state, one(START - 30 * SECOND + second), clock.now)
        assert tick(clock.rules, clock.state, clock.now) == []


def test_a_clock_that_runs_back_or_stands_still_is_a_silence() -> None:
    for back in (3_600 * SECOND, SECOND, 0):
        clock = Clock(Plant(1, 1, silence=True))
        clock.seconds(3, [1])
        last, events = clock.now, []
        for second in range(60):
            clock.now += SECOND
            ts = min(last - back + second * SECOND, last)
            events += evaluate(clock.rules, clock.state, one(ts), clock.now).events
            events += tick(clock.rules, clock.state, clock.now)
        assert [(event.device, event.kind, event.start) for event in events] == [("d0", "raised", last)]
        assert events[0].at == last + 7 * SECOND
        assert [event.kind for event in clock.second([1])] == ["cleared"]


def test_a_backlog_beside_fresh_samples_is_no_silence_and_hides_none() -> None:
    clock = Clock(Plant(2, 1, silence=True))
    clock.seconds(3, [1, 2])
    for second in range(60):
        assert [event.device for event in clock.second([1])] == ["d1"] * (second == 6)
        for tag in (1, 2):
            late = one(START - 3_600 * SECOND + second * SECOND, tag)
            assert evaluate(clock.rules, clock.state, late, clock.now).events == []


def test_a_late_sample_of_one_tag_is_no_sign_of_life_of_that_tag_alone() -> None:
    clock = Clock(Plant(1, 2, [Rule(1, 2, "no_data")], silence=True))
    clock.seconds(3, [1, 2])
    events = []
    for _ in range(30):
        events += clock.second([1])
        events += evaluate(clock.rules, clock.state, one(START, 2), clock.now).events
    assert [(event.rule, event.kind) for event in events] == [(1, "raised")]


def test_a_revoked_device_is_not_expected_to_speak() -> None:
    clock = Clock(Plant(2, 1, [Rule(1, 1, "h", 80.0), Rule(2, 2, "h", 80.0)], silence=True, revoked={0}))
    assert [event.device for event in clock.second([1, 2], 85.0)] == ["d1"]
    assert [event.device for event in clock.seconds(20, [])] == ["d1"]


def test_a_rule_without_data_waits_its_own_delay_on_top() -> None:
    clock = Clock(Plant(1, 1, [Rule(1, 1, "no_data", on_delay_ms=20 * SECOND)]))
    clock.seconds(2, [1])
    events = clock.seconds(40, [])
    assert [event.at - event.start for event in events] == [27 * SECOND]


def test_silence_clears_no_limit_alarm() -> None:
    clock = Clock(Plant(1, 1, [Rule(1, 1, "h", 80.0)], silence=True))
    assert [event.kind for event in clock.second([1], 85.0)] == ["raised"]
    events = clock.seconds(100, [])
    assert [(event.rule, event.kind) for event in events] == [(1_000_001, "raised")]
    events = clock.second([1], 85.0)
    assert [(event.rule, event.kind) for event in events] == [(1_000_001, "cleared")]
    events = clock.second([1], 50.0)
    assert [(event.rule, event.kind) for event in events] == [(1, "cleared")]


def test_a_delay_ripens_when_samples_are_overdue_and_the_tag_still_speaks() -> None:
    clock = Clock(Plant(1, 1, [Rule(1, 1, "h", 80.0, on_delay_ms=4 * SECOND)]))
    began = clock.now + SECOND
    assert clock.second([1], 85.0) == []
    events = clock.seconds(10, [])
    assert [(event.kind, event.start, event.at, event.value, event.limit) for event in events] == [
        ("raised", began, began + 4 * SECOND, 85.0, 80.0)
    ]


def test_a_delay_longer_than_silence_does_not_ripen() -> None:
    clock = Clock(Plant(1, 1, [Rule(1, 1, "h", 80.0, on_delay_ms=30 * SECOND)]))
    clock.second([1], 85.0)
    assert clock.seconds(60, []) == []


def test_a_delay_does_not_ripen_while_samples_come() -> None:
    clock = Clock(
        Plant(
            1, 2, [Rule(1, 1, "bad", on_delay_ms=3 * SECOND), Rule(2, 2, "h", 80.0, on_delay_ms=3 * SECOND)]
        )
    )
    clock.second([1, 2], 85.0)
    events = clock.second([2], 50.0) + clock.seconds(10, [])
    assert events == []


def test_a_clock_that_runs_ahead_is_a_silence_as_one_that_runs_back() -> None:
    """What is stamped in the future is judged by no rule: the tag is watched by nobody, and says so."""
    clock = Clock(Plant(1, 1, [Rule(1, 1, "no_data")]))
    clock.seconds(3, [1])
    heard, events = clock.now, []
    for _ in range(30):
        clock.now += SECOND
        ahead = np.full(1, clock.now + 600 * SECOND)
        samples = Samples(
            np.array([1], np.int32), ahead, np.full(1, 50.0), np.full(1, Quality.FUTURE, np.uint8)
        )
        events += evaluate(clock.rules, clock.state, samples, clock.now).events
        events += tick(clock.rules, clock.state, clock.now)
    assert [(event.kind, event.start) for event in events] == [("raised", heard)]
    assert [event.kind for event in clock.seconds(2, [1])] == ["cleared"]
