"""What of late samples may matter, and which episodes lie in samples judged by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from anwei.monitoring.stream.alarm.late import MAX_KNOWN, Episode, Known, episodes, quiet
from anwei.monitoring.stream.samples import EpisodeEvent
from tests.oracle import GOOD, NO_VALUE, OUT_OF_RANGE, Rule, Sample
from tests.stream.alarm.streams import Engine, columns

RULES = [Rule(1, 1, "h", 80.0, 2.0), Rule(2, 2, "l", 20.0, 2.0), Rule(3, 2, "rate", 1.0), Rule(4, 2, "bad")]
H = 1


def span(start: int, end: int, kind: int = H) -> Episode:
    raised = EpisodeEvent(1, 1, "d0", start, "raised", start, 90.0, 80.0, late=True)
    return Episode(kind, raised, EpisodeEvent(1, 1, "d0", start, "cleared", end, 50.0, 80.0, late=True), True)


def doubtful(known: Known, *samples: Sample, live: tuple[Sample, ...] = ()) -> list[bool]:
    engine = Engine(RULES, 2)
    engine.see([list(live)] if live else [])
    late, _ = columns([samples])
    return known.doubtful(engine.rules, engine.state, late).tolist()


@pytest.mark.parametrize(
    ("tag", "value", "quality", "telling"),
    [
        (1, 80.0, GOOD, True),
        (1, 79.9, GOOD, False),
        (1, 80.0, OUT_OF_RANGE, True),
        (1, 80.0, NO_VALUE, False),
        (2, 20.0, GOOD, True),
        (2, 20.1, GOOD, False),
        (2, 500.0, GOOD, False),
    ],
)
def test_a_late_sample_beyond_a_limit_may_tell_of_an_alarm(
    tag: int, value: float, quality: int, telling: bool
) -> None:
    assert doubtful(Known(), Sample(tag, 5, value, quality)) == [telling]


@pytest.mark.parametrize(
    ("ts", "value", "quality", "telling"),
    [
        (9, 90.0, GOOD, True),
        (10, 90.0, GOOD, False),
        (19, 90.0, GOOD, False),
        (20, 90.0, GOOD, True),
        (15, 78.0, GOOD, False),
        (15, 77.9, GOOD, True),
        (15, 77.9, OUT_OF_RANGE, False),
        (10, 50.0, GOOD, True),
        (9, 50.0, GOOD, False),
        (19, 50.0, GOOD, True),
        (20, 50.0, GOOD, False),
    ],
)
def test_inside_a_known_episode_only_its_end_is_news(
    ts: int, value: float, quality: int, telling: bool
) -> None:
    known = Known()
    known.remember(1, [span(10, 20)], 0, 30)
    assert doubtful(known, Sample(1, ts, value, quality)) == [telling]
    assert doubtful(known, Sample(2, ts, 50.0)) == [False]


def test_what_is_found_anew_takes_the_place_of_what_was_known_there() -> None:
    known = Known()
    known.remember(1, [span(10, 20), span(40, 50)], 0, 60)
    known.remember(1, [span(25, 30)], 20, 39)  # beside both
    inside = [Sample(1, ts, 90.0) for ts in (15, 27, 45)]
    assert doubtful(known, *inside) == [False] * 3
    known.remember(1, [], 19, 40)
    assert doubtful(known, *inside) == [True] * 3


def test_of_very_many_episodes_the_last_are_known() -> None:
    known = Known()
    known.remember(1, [span(10 * n, 10 * n + 5) for n in range(1, MAX_KNOWN + 2)], 0, 100_000)
    assert doubtful(known, Sample(1, 12, 90.0), Sample(1, 22, 90.0)) == [True, False]


@pytest.mark.parametrize(("ts", "value", "telling"), [(9, 90.0, True), (10, 90.0, False), (11, 50.0, False)])
def test_nothing_late_is_told_inside_the_live_alarm(ts: int, value: float, telling: bool) -> None:
    assert doubtful(Known(), Sample(1, ts, value), live=(Sample(1, 10, 90.0), Sample(1, 20, 90.0))) == [
        telling
    ]


def test_after_an_alarm_has_cleared_its_time_may_tell_again() -> None:
    assert doubtful(Known(), Sample(1, 15, 90.0), live=(Sample(1, 10, 90.0), Sample(1, 20, 50.0))) == [True]


@pytest.mark.parametrize(("off_delay", "expected"), [(0, "01100101"), (1, "00100000"), (2, "00000000")])
def test_quiet_is_after_a_calm_as_long_as_the_off_delay(off_delay: int, expected: str) -> None:
    engine = Engine([Rule(1, 1, "h", 80.0, 2.0, 0, off_delay), Rule(2, 1, "l", 20.0, 2.0)], 1)
    values = [78.0, 77.9, 50.0, 22.0, 90.0, 22.1, 50.0, 50.0]
    samples, _ = columns([[Sample(1, ts, value, 2 * (ts == 6)) for ts, value in enumerate(values)]])
    assert "".join(map(str, quiet(engine.rules, 0, samples).astype(int).tolist())) == expected
    assert quiet(engine.rules, 0, columns([[]])[0]).tolist() == []


def test_episodes_of_limits_are_found_whole_or_closed_at_the_last_sample() -> None:
    engine = Engine(RULES, 2)
    samples, _ = columns(
        [[Sample(2, ts, value) for ts, value in [(1, 50.0), (2, 19.0), (3, 50.0), (4, 10.0), (5, 11.0)]]]
    )
    found = episodes(engine.rules, 2, samples)
    assert [
        (one.kind, one.raised.start, one.cleared.start, one.cleared.at, one.cleared.value, one.over)
        for one in found
    ] == [(2, 2, 2, 3, 50.0, True), (2, 4, 4, 5, 11.0, False)]
    assert {
        (event.rule, event.tag, event.device, event.limit, event.late) for one in found for event in one[1:3]
    } == {(2, 2, "d0", 20.0, True)}
    off_scale, _ = columns([[Sample(1, 1, 99.0, OUT_OF_RANGE)]])
    assert [one.cleared.value for one in episodes(engine.rules, 1, off_scale)] == [None]


def test_the_rules_of_one_tag_alone_are_those_of_the_register() -> None:
    whole = Engine(RULES, 2).rules
    alone = whole.only(2)
    assert (alone.codes, alone.tag.tolist(), alone.columns(np.array([1, 2], np.int32)).tolist()) == (
        ["d0"],
        [2],
        [-1, 0],
    )
    assert (alone.parent.tolist(), alone.level.tolist()) == ([-1], [0])
    for name in ("rule", "limit", "enter", "leave", "on_delay", "off_delay"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[:, 1:2])
    for name in ("period", "registered", "calm_low", "calm_high", "watches_rate", "delayed"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[1:2])
