"""A value outside the sensor's range: the worst of all on a limit's own side, and never a return to normal."""

from __future__ import annotations

import pytest

from anwei.monitoring.stream.alarm.silence import tick
from anwei.monitoring.stream.samples import EpisodeEvent
from tests.oracle import NO_VALUE, OUT_OF_RANGE, Rule, Sample
from tests.stream.alarm.streams import Engine

METHANE = [Rule(1, 1, "hh", 1.5, 0.05), Rule(2, 1, "h", 1.0, 0.05), Rule(3, 1, "bad", on_delay_ms=60_000)]


def told(events: list[EpisodeEvent]) -> list[tuple[int, str, int, float | None]]:
    return sorted((event.rule, event.kind, event.start, event.value) for event in events)


def off_scale(second: int, value: float) -> Sample:
    return Sample(1, 1000 * second, value, OUT_OF_RANGE)


def test_more_methane_than_the_sensor_can_show_is_an_alarm_at_once_and_one_alone() -> None:
    engine = Engine(METHANE, 1)
    engine.see([[Sample(1, 1_000, 0.5)]])
    assert told(engine.see([[off_scale(2, 4.2)]])) == [(1, "raised", 2_000, 4.2), (2, "raised", 2_000, 4.2)]
    assert engine.see([[off_scale(second, 4.2)] for second in range(3, 600)]) == [], (
        "no alarm of bad data too"
    )
    assert told(engine.see([[Sample(1, 600_000, 0.5)]])) == [
        (1, "cleared", 2_000, 0.5),
        (2, "cleared", 2_000, 0.5),
    ]


@pytest.mark.parametrize(
    ("kind", "limit", "value", "raised"),
    [
        ("hh", 4.1, 4.1, True),
        ("hh", 4.1, 4.09, False),
        ("h", 4.1, 4.1, True),
        ("h", 4.1, -4.1, False),
        ("l", -0.5, -0.5, True),
        ("l", -0.5, -0.49, False),
        ("ll", -0.5, -0.5, True),
        ("ll", -0.5, 0.5, False),
        ("rate", 1.0, 900.0, False),
    ],
)
def test_only_a_limit_that_it_is_beyond_is_violated(
    kind: str, limit: float, value: float, raised: bool
) -> None:
    engine = Engine([Rule(1, 1, kind, limit)], 1)
    engine.see([[Sample(1, 1_000, 2.0)]])
    assert [event.kind for event in engine.see([[off_scale(2, value)]])] == ["raised"] * raised


@pytest.mark.parametrize("value", [-900.0, 50.0, 79.0, 81.0])
def test_it_never_clears_and_never_begins_to_clear(value: float) -> None:
    engine = Engine([Rule(1, 1, "h", 80.0, 2.0, 0, 2_000)], 1)
    engine.see([[Sample(1, 1_000, 85.0)]])
    assert engine.see([[off_scale(second, value)] for second in range(2, 9)]) == []
    assert engine.see([[Sample(1, 9_000, 50.0)], [Sample(1, 10_999, 50.0)]]) == []
    assert told(engine.see([[Sample(1, 11_000, 50.0)]])) == [(1, "cleared", 1_000, 50.0)]


def test_beyond_the_limit_it_takes_back_a_clearing_that_had_begun() -> None:
    engine = Engine([Rule(1, 1, "h", 80.0, 2.0, 0, 2_000)], 1)
    engine.see([[Sample(1, 1_000, 85.0)], [Sample(1, 2_000, 50.0)]])
    assert engine.see([[off_scale(3, 500.0)], [Sample(1, 4_000, 50.0)], [Sample(1, 5_999, 50.0)]]) == []
    assert told(engine.see([[Sample(1, 6_000, 50.0)]])) == [(1, "cleared", 1_000, 50.0)]


def test_a_delay_passes_while_it_lasts_beyond_the_limit() -> None:
    engine = Engine([Rule(1, 1, "h", 80.0, on_delay_ms=3_000)], 1)
    assert engine.see([[Sample(1, 1_000, 85.0)], [off_scale(2, 500.0)], [off_scale(3, 500.0)]]) == []
    assert told(engine.see([[off_scale(4, 500.0)]])) == [(1, "raised", 1_000, 500.0)]


def test_a_delay_that_ripens_tells_no_value_that_is_inside_the_limit() -> None:
    engine = Engine([Rule(1, 1, "h", 80.0, on_delay_ms=3_000)], 1)
    engine.see([[Sample(1, 1_000, 50.0)], [off_scale(2, 500.0)]], now=2_000)
    assert told(tick(engine.rules, engine.state, 5_000)) == [(1, "raised", 2_000, None)]


@pytest.mark.parametrize(("kind", "value"), [("h", 80.0), ("l", 80.0)])
def test_a_delay_that_ripens_tells_a_value_just_at_the_limit(kind: str, value: float) -> None:
    engine = Engine([Rule(1, 1, kind, 80.0, on_delay_ms=3_000)], 1)
    engine.see([[Sample(1, 2_000, value)]], now=2_000)
    assert told(tick(engine.rules, engine.state, 5_000)) == [(1, "raised", 2_000, 80.0)]


@pytest.mark.parametrize("bad", [Sample(1, 0, float("nan"), NO_VALUE), Sample(1, 0, -0.4, OUT_OF_RANGE)])
def test_bad_data_that_lasts_longer_than_its_delay_is_an_alarm(bad: Sample) -> None:
    def at(ms: int) -> list[Sample]:
        return [Sample(1, ms, bad.value, bad.quality)]

    engine = Engine(METHANE, 1)
    engine.see([[Sample(1, 1_000, 0.5)]])
    assert engine.see([at(2_000), at(61_999), [Sample(1, 62_000, 0.5)]]) == [], "a good sample in time"
    assert engine.see([at(63_000), at(122_999)]) == []
    assert told(engine.see([at(123_000)])) == [(3, "raised", 63_000, bad.value if bad.value < 0 else None)]
    assert engine.see([[off_scale(124, 0.9)]]) == [], "still bad data"
    assert told(engine.see([[off_scale(125, 4.2)]])) == [
        (1, "raised", 125_000, 4.2),
        (2, "raised", 125_000, 4.2),
    ]
    assert told(engine.see([[Sample(1, 126_000, 0.5)]])) == [
        (1, "cleared", 125_000, 0.5),
        (2, "cleared", 125_000, 0.5),
        (3, "cleared", 63_000, 0.5),
    ]


def test_bad_data_is_judged_the_same_in_one_message_as_in_many() -> None:
    samples = [Sample(1, 1000 * second, -1.0, OUT_OF_RANGE) for second in range(1, 100)]
    for messages in ([samples], [[sample] for sample in samples]):
        assert told(Engine(METHANE, 1).see(messages)) == [(3, "raised", 1_000, -1.0)]
