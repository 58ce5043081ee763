"""Rules as matrices, and their change while alarms are under way."""

from __future__ import annotations

import random

import numpy as np
import pytest

from anwei.monitoring.stream.alarm.evaluate import evaluate
from anwei.monitoring.stream.alarm.rules import H, compile_rules
from anwei.monitoring.stream.alarm.silence import tick
from anwei.monitoring.stream.alarm.state import ACTIVE, State, carry, restore
from tests.oracle import Event, Rule, Sample, events_of
from tests.stream.alarm.streams import Engine, columns, cut, in_order, plain, random_rules, random_samples
from tests.stream.plant import Plant

NOW = 9_000_000
NOTHING = {
    "tag": np.empty(0, np.int32),
    "ts": np.empty(0, np.int64),
    "value": np.empty(0),
    "quality": np.empty(0, np.uint8),
}


def compiled(rules: list[Rule], n_tags: int = 2, **more: object):
    return compile_rules(Plant(1, n_tags, rules, **more).register())


@pytest.mark.parametrize("seed", range(6))
def test_a_restart_in_the_middle_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    rules = random_rules(chance, 8)
    messages = cut(chance, random_samples(chance, 8, 2000), 30)
    engine, found, rows, newest = Engine(rules, 8), [], {}, {}
    good: dict[int, Sample] = {}
    for message in messages:
        found += engine.see([message])
        changes = engine.state.changes(engine.rules)
        engine.state.settle()
        if changes:  # what the store would keep: the last row of each rule
            for row in zip(*changes.values(), strict=True):
                rows[row[0]] = row
            names = list(changes)
        for sample in sorted(message, key=lambda s: (s.ts, -s.quality)):
            if sample.quality != 3 and sample.ts >= newest.get(sample.tag, sample).ts:
                newest[sample.tag] = sample
                if sample.quality == 0:
                    good[sample.tag] = sample
        if chance.random() < 0.2 and rows:
            engine = Engine(rules, 8)
            kept = {name: np.array([row[i] for row in rows.values()]) for i, name in enumerate(names)}
            samples, _ = columns([list(newest.values())])
            last = {"tag": samples.tag, "ts": samples.ts, "value": samples.value, "quality": samples.quality}
            engine.state, ended = restore(engine.rules, kept, last, NOW)
            assert ended == []
            for tag, sample in good.items():  # the stream asks the store's history for these
                column = engine.rules.column_of[tag]
                engine.state.good_ts[column], engine.state.good_value[column] = sample.ts, sample.value
    assert in_order(plain(found)) == in_order(events_of(rules, messages))


def active(rules: list[Rule]) -> Engine:
    """Return an engine in which tag 1 has stood at 85 for 9 s."""
    engine = Engine(rules, 2)
    engine.see([[Sample(1, 1000 * second, 85.0) for second in range(1, 10)]])
    return engine


def test_an_unchanged_rule_keeps_its_episode() -> None:
    engine = active([Rule(1, 1, "h", 80.0)])
    rules = compiled([Rule(1, 1, "h", 80.0), Rule(2, 2, "l", 5.0)], n_tags=3)
    engine.state, ended = carry(engine.rules, engine.state, rules, NOW)
    engine.rules = rules
    assert ended == []
    assert engine.see([[Sample(1, 10_000, 85.0)]]) == []
    assert [(event.kind, event.start) for event in engine.see([[Sample(1, 11_000, 50.0)]])] == [
        ("cleared", 1000)
    ]


def test_a_removed_rule_ends_its_episode_for_good() -> None:
    engine = active([Rule(1, 1, "h", 80.0), Rule(2, 1, "hh", 90.0)])
    engine.state.settle()
    rules = compiled([Rule(2, 1, "hh", 90.0)])
    state, ended = carry(engine.rules, engine.state, rules, NOW)
    assert [(event.rule, event.tag, event.device, event.start, event.kind, event.at) for event in ended] == [
        (1, 1, "d0", 1000, "cleared", NOW)
    ]
    changes = state.changes(rules)
    assert dict(zip(changes["rule"].tolist(), changes["phase"].tolist(), strict=True)) == {1: 0}
    again, ended = restore(engine.rules, changes, NOTHING, NOW)
    assert ended == []
    assert not again.phase.any()


def test_a_rule_gone_while_the_stream_was_down_ends_at_the_start() -> None:
    engine = active([Rule(1, 1, "h", 80.0)])
    state, ended = restore(compiled([]), engine.state.changes(engine.rules), NOTHING, NOW)
    assert [(event.rule, event.kind, event.start, event.at) for event in ended] == [(1, "cleared", 1000, NOW)]
    assert state.changes(compiled([]))["phase"].tolist() == [0]


def test_a_rule_that_watches_another_tag_now_begins_anew() -> None:
    engine = active([Rule(1, 1, "h", 80.0)])
    rules = compiled([Rule(1, 2, "h", 80.0)])
    state, ended = carry(engine.rules, engine.state, rules, NOW)
    assert [(event.rule, event.tag, event.kind) for event in ended] == [(1, 1, "cleared")]
    assert not state.phase.any()


def test_a_moved_limit_is_judged_by_the_next_sample() -> None:
    engine = active([Rule(1, 1, "h", 80.0)])
    rules = compiled([Rule(1, 1, "h", 88.0)])
    engine.state, ended = carry(engine.rules, engine.state, rules, NOW)
    engine.rules = rules
    assert ended == []
    assert [event.kind for event in engine.see([[Sample(1, 10_000, 85.0)]])] == ["cleared"]


def test_a_pending_delay_starts_over_when_its_limit_moves() -> None:
    engine = active([Rule(1, 1, "h", 80.0, on_delay_ms=60_000)])
    for limit, kept in ((80.0, True), (70.0, False)):
        rules = compiled([Rule(1, 1, "h", limit, on_delay_ms=60_000)])
        state, _ = carry(engine.rules, engine.state, rules, NOW)
        assert bool(state.phase[H].any()) is kept


def test_what_was_said_last_is_carried_to_where_a_tag_is_now() -> None:
    engine = active([Rule(1, 1, "rate", 60.0)])
    rules = compile_rules(Plant(2, 3, [Rule(1, 1, "rate", 60.0)]).register())
    engine.state, _ = carry(engine.rules, engine.state, rules, NOW)
    engine.rules = rules
    assert [event.value for event in engine.see([[Sample(1, 10_000, 95.0)]])] == [600.0]


def test_nothing_known_is_nothing_done() -> None:
    rules = compiled([], n_tags=1)
    samples, _ = columns([[Sample(77, 1, 1.0)]])
    outcome = evaluate(rules, State.new(rules), samples, NOW)
    assert (outcome.events, len(outcome.late)) == ([], 0)


def test_after_a_restart_a_rate_is_measured_from_the_last_good_sample() -> None:
    rules = compiled([Rule(1, 1, "rate", 60.0), Rule(2, 2, "rate", 60.0)])
    last, _ = columns([[Sample(1, 60_000, 10.0), Sample(2, 60_000, 10.0, 2)]])
    kept = {"tag": last.tag, "ts": last.ts, "value": last.value, "quality": last.quality}
    state, _ = restore(rules, {}, kept, NOW)
    samples, _ = columns([[Sample(1, 120_000, 90.0), Sample(2, 120_000, 90.0)]])
    assert [(event.rule, event.value) for event in evaluate(rules, state, samples, NOW).events] == [(1, 80.0)]
    again, _ = columns([[Sample(1, 120_000, 90.0), Sample(2, 60_000, 10.0)]])
    assert len(evaluate(rules, state, again, NOW).late) == 2


def test_after_a_restart_what_is_stored_is_late() -> None:
    rules = compiled([Rule(1, 1, "h", 80.0)])
    last, _ = columns([[Sample(1, 60_000, 10.0), Sample(2, 50_000, 10.0, 2), Sample(9, 1, 1.0)]])
    kept = {"tag": last.tag, "ts": last.ts, "value": last.value, "quality": last.quality}
    state, _ = restore(rules, {}, kept, NOW)
    samples, _ = columns([[Sample(1, 60_000, 90.0), Sample(2, 50_000, 90.0), Sample(2, 50_001, 90.0)]])
    outcome = evaluate(rules, state, samples, NOW)
    assert (outcome.events, outcome.late.ts.tolist()) == ([], [60_000, 50_000])


def test_every_phase_is_taken_up_where_it_stood() -> None:
    rules = [
        Rule(1, 1, "h", 80.0, 2.0, 5000, 5000),
        Rule(2, 2, "l", 20.0, 2.0, 0, 5000),
        Rule(3, 2, "ll", 10.0),
    ]
    engine = Engine(rules, 2)
    engine.see([[Sample(1, 1_000, 85.0), Sample(2, 1_000, 15.0)], [Sample(2, 2_000, 50.0)]])
    last, _ = columns([[Sample(1, 1_000, 85.0), Sample(2, 2_000, 50.0)]])
    kept = {"tag": last.tag, "ts": last.ts, "value": last.value, "quality": last.quality}
    engine.state, ended = restore(engine.rules, engine.state.changes(engine.rules), kept, NOW)
    assert ended == []
    events = engine.see([[Sample(1, 6_000, 85.0), Sample(2, 6_999, 50.0)], [Sample(2, 7_000, 50.0)]])
    assert in_order(plain(events)) == [Event(1, 1_000, "raised", 6_000), Event(2, 1_000, "cleared", 7_000)]


def test_changes_not_yet_stored_survive_new_rules() -> None:
    engine = active([Rule(1, 1, "h", 80.0)])
    rules = compiled([Rule(1, 1, "h", 80.0), Rule(7, 2, "h", 80.0)])
    state, _ = carry(engine.rules, engine.state, rules, NOW)
    changes = state.changes(rules)
    assert (changes["rule"].tolist(), changes["phase"].tolist()) == ([1], [ACTIVE])
    state.settle()
    assert state.changes(rules) is None


def test_a_silent_device_stays_silent_under_new_rules_and_a_heard_one_heard() -> None:
    second = 1_000
    rules = compile_rules(Plant(3, 1, silence=True).register())
    state = State.new(rules)
    samples, _ = columns([[Sample(1, 1, 1.0), Sample(2, 1, 1.0), Sample(3, 1, 1.0)]])
    evaluate(rules, state, samples, NOW)
    one, _ = columns([[Sample(2, 2, 1.0)]])
    evaluate(rules, state, one, NOW + 5 * second)
    assert [event.device for event in tick(rules, state, NOW + 8 * second)] == ["d0", "d2"]
    more = compile_rules(Plant(4, 2, silence=True).register())
    state, ended = carry(rules, state, more, NOW + 5 * second)
    assert ended == []
    assert tick(more, state, NOW + 12 * second - 1) == []
    assert [event.device for event in tick(more, state, NOW + 12 * second)] == ["d1", "d3"]
    fewer = compile_rules(Plant(1, 2, silence=True).register())
    state, ended = carry(more, state, fewer, NOW)
    assert sorted(event.rule for event in ended) == [1_000_002, 1_000_003, 1_000_004]
    assert {(event.kind, event.at, event.tag) for event in ended} == {("cleared", NOW, 0)}
    assert {event.device for event in ended} == {""}  # which is no longer known


def test_a_device_is_silent_since_it_spoke_not_since_the_rules_changed() -> None:
    rules = compile_rules(Plant(2, 1, silence=True).register())
    state = State.new(rules)
    samples, _ = columns([[Sample(1, 1, 1.0), Sample(2, 1, 1.0)]])
    evaluate(rules, state, samples, NOW)
    more = compile_rules(Plant(2, 3, silence=True).register())
    state, _ = carry(rules, state, more, NOW + 5_000)
    assert tick(more, state, NOW + 6_999) == []
    assert [(event.device, event.start) for event in tick(more, state, NOW + 7_000)] == [
        ("d0", NOW),
        ("d1", NOW),
    ]


def test_a_tag_remembers_its_last_sample_when_a_device_is_gone() -> None:
    rules = compile_rules(Plant(2, 1).register())
    state = State.new(rules)
    samples, _ = columns([[Sample(1, 1_000, 1.0), Sample(2, 1_000, 1.0)]])
    evaluate(rules, state, samples, NOW)
    fewer = compile_rules(Plant(1, 2).register())
    state, _ = carry(rules, state, fewer, NOW)
    assert state.last.tolist()[:2] == [1_000, 1_000]
    assert state.good_value.tolist()[:2] == [1.0, 1.0]


def test_a_delay_ripens_just_when_two_periods_and_the_delay_are_over() -> None:
    for delay, ripe_after in ((1_000, 2_000), (4_000, 4_000)):
        for kind, value, limit in (("h", 85.0, 80.0), ("bad", None, None)):
            engine = Engine([Rule(1, 1, kind, limit, on_delay_ms=delay)], 1)
            engine.see([[Sample(1, NOW, 85.0, 0 if kind == "h" else 2)]], now=NOW)
            assert tick(engine.rules, engine.state, NOW + ripe_after - 1) == []
            [event] = tick(engine.rules, engine.state, NOW + ripe_after)
            assert (event.kind, event.start, event.at) == ("raised", NOW, NOW + delay)
            assert (event.tag, event.device, event.value, event.limit) == (1, "d0", value, limit)
            assert engine.state.changes(engine.rules)["phase"].tolist() == [ACTIVE]
            assert tick(engine.rules, engine.state, NOW + ripe_after + 1) == []


def test_a_delay_as_long_as_silence_does_not_ripen_any_more() -> None:
    for delay, raised in ((6_999, 1), (7_000, 0)):
        engine = Engine([Rule(1, 1, "h", 80.0, on_delay_ms=delay)], 1)
        engine.see([[Sample(1, NOW, 85.0)]], now=NOW)
        assert len(tick(engine.rules, engine.state, NOW + delay)) == raised


def test_what_ripened_of_a_limit_carries_its_value_and_of_bad_quality_none() -> None:
    rules = [Rule(1, 1, "bad", on_delay_ms=3_000), Rule(2, 6, "h", 80.0, on_delay_ms=3_000)]
    engine = Engine(rules, 6)
    engine.see([[Sample(1, NOW - 1, 7.0)], [Sample(1, NOW, 9.0, 2), Sample(6, NOW, 85.0)]], now=NOW)
    events = tick(engine.rules, engine.state, NOW + 3_000)
    assert sorted((event.rule, event.value) for event in events) == [(1, None), (2, 85.0)]


def test_rows_of_a_change_are_whole_numbers() -> None:
    engine = active([Rule(1, 1, "h", 80.0)])
    rows = engine.state.changes(engine.rules)
    assert {name: column.tolist() for name, column in rows.items()} == {
        "rule": [1],
        "tag": [1],
        "kind": [H],
        "phase": [ACTIVE],
        "start": [1_000],
        "turn": [0],
    }
    assert {column.dtype for column in rows.values()} == {np.dtype(np.int64)}
