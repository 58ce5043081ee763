"""Sensors in blocks: findings in time, registers that change, files that are torn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from nats.aio.client import Client

from anwei.datafolder import DataFolder
from anwei.methods.drift import AHEAD, ROWS, Limit
from anwei.methods.sensor import Reading, SensorDetector, Windows
from anwei.monitoring.detect import checkpoint
from anwei.monitoring.detect.minutes import MINUTE_MS
from anwei.monitoring.detect.outbox import Outbox
from anwei.monitoring.detect.process import Detector
from anwei.monitoring.detect.similar import similar
from anwei.monitoring.detect.watch import NEEDED, Watch
from anwei.monitoring.stream.register import Register
from tests.oracle import Rule
from tests.stream.plant import Plant

START = 29_000_000
LOG = "log 1"


def register(rules: list[Rule], *, tags: int = 4, important: tuple[int, ...] = ()) -> Register:
    found = Plant(1, tags, rules).register()
    marked = [number in important for number in found.tags.number]
    return msgspec.structs.replace(found, tags=msgspec.structs.replace(found.tags, important=marked))


def feed(
    watch: Watch, tag: int, values: list[float], *, first: int = 0, every: int = 1
) -> list[dict[str, Any]]:
    """Give a row each so many minutes, one after the other as the log would; returns the findings."""
    found: list[dict[str, Any]] = []
    for i, value in enumerate(values, first):
        at = np.array([(START + i * every) * MINUTE_MS])
        rows = watch.take(np.array([tag]), at, np.array([value]), at, np.array([i + 1]))
        for findings in watch.steps(rows):
            found += findings
    return found


def noisy(n: int, seed: int = 1, level: float = 50.0) -> list[float]:
    return np.round(level + np.random.default_rng(seed).normal(scale=0.3, size=n), 2).tolist()


def test_only_tags_with_rules_are_watched_and_the_new_say_how_many_rows_are_missing() -> None:
    watch = Watch()
    watch.use(register([Rule(1, 2, "h", 80.0)]))
    feed(watch, 1, noisy(5))
    feed(watch, 2, noisy(31))
    assert watch.state(1) is None
    state = watch.state(2)
    assert state is not None
    assert (state["rows"], state["missing"]) == (30, NEEDED - 30)  # the last minute is still open
    feed(watch, 2, noisy(200), first=31)
    state = watch.state(2)
    assert state is not None and state["missing"] == 0
    assert [limit["limit"] for limit in state["limits"]] == [80.0]


def test_a_rising_pressure_is_warned_twenty_minutes_ahead_with_reasons() -> None:
    watch = Watch()
    watch.use(register([Rule(1, 1, "hh", 70.0), Rule(2, 1, "h", 66.0)]))
    rise = [50 + 0.25 * i for i in range(100)]
    values = noisy(300) + np.round(np.array(rise) + np.array(noisy(100, 2, 0.0)), 2).tolist()
    found = [one for one in feed(watch, 1, values) if one["kind"] == "drift"]
    reached = {
        "hh": next(i for i, v in enumerate(values) if v >= 70),
        "h": next(i for i, v in enumerate(values) if v >= 66),
    }
    assert {one["key"] for one in found} == {"hh", "h"}
    for key, at in reached.items():
        first = next(one for one in found if one["key"] == key)
        lead = START + at - first["at"] // MINUTE_MS
        assert lead >= 20
        assert abs(first["expected_at"] // MINUTE_MS - START - at) <= 12
        assert first["earliest_at"] < first["expected_at"] < first["latest_at"]
        assert 0.5 < first["probability"] <= 1
        assert "持续上升" in first["reason"]


def test_a_warning_is_judged_when_the_limit_is_reached_or_when_its_time_is_over() -> None:
    watch = Watch()
    watch.use(register([Rule(1, 1, "h", 66.0)]))
    rise = [50 + 0.25 * i for i in range(100)]
    found = feed(watch, 1, noisy(200) + rise + [75.0])
    judged = [one for one in found if one["kind"] == "judged"]
    assert judged and all(one["reached_at"] > one["at"] for one in judged)
    state = watch.state(1)
    assert state is not None
    backtest = state["limits"][0]
    assert (backtest["crossings"], backtest["foretold"], backtest["false"]) == (1, 1, 0)
    assert backtest["lead"] >= 20
    falls_back = feed(watch, 1, noisy(60, 4) + [50 + 0.3 * i for i in range(45)] + noisy(150, 5), first=301)
    ends = [one for one in falls_back if one["kind"] == "judged"]
    assert ends and all(one["reached_at"] == 0 for one in ends)
    state = watch.state(1)
    assert state is not None and state["limits"][0]["false"] == len(ends)


def test_what_proved_false_two_weeks_ago_still_counts() -> None:
    """Four rises that end below the limit, and eleven days later one more: its past does not bear it out."""
    watch = Watch()
    watch.use(register([Rule(1, 1, "h", 66.0)]))
    rise = [50 + 0.3 * i for i in range(45)]
    before = [*noisy(60), *rise, *noisy(90, 2)] * 4
    told = [one for one in feed(watch, 1, before, every=5) if one["kind"] == "drift"]
    assert [(one["backtest"]["lately_true"], one["backtest"]["lately_false"]) for one in told] == [
        (0, 0), (0, 1), (0, 2),
    ]  # fmt: skip
    assert [round(one["backtest"]["most"], 2) for one in told] == [0.67, 0.5, 0.4]
    assert all(one["probability"] <= one["backtest"]["most"] for one in told)
    again = feed(watch, 1, [*noisy(60, 3), *rise], first=len(before) + 3300, every=5)
    assert not [one for one in again if one["kind"] == "drift"]
    state = watch.state(1)
    assert state is not None
    backtest = state["limits"][0]
    assert (backtest["lately_false"], backtest["silent"]) == (4, True)


def test_an_unusual_value_is_found_once_with_numbers_that_say_why() -> None:
    watch = Watch()
    watch.use(register([Rule(1, 1, "h", 500.0)]))
    found = feed(watch, 1, [*noisy(400), 53.0, *noisy(3999, 2), *[99.0] * 30])
    anomalies = [one for one in found if one["kind"] == "anomaly"]
    assert len(anomalies) == 1  # the first came before its days were known
    assert anomalies[0]["value"] == 99.0
    assert anomalies[0]["reason"]
    assert anomalies[0]["at"] == (START + 4400) * MINUTE_MS
    state = watch.state(1)
    assert state is not None and state["anomalies"] == 2


def test_the_number_for_no_value_blinds_no_tag() -> None:
    watch = Watch()
    watch.use(register([Rule(1, 1, "h", 500.0)]))
    calm = noisy(4400)
    calm[1500], calm[2500] = 3.4e38, -1e30
    found = feed(watch, 1, [*calm, *[99.0] * 30])
    assert [one["value"] for one in found if one["kind"] == "anomaly"] == [99.0]
    state = watch.state(1)
    assert state is not None and state["rows"] == 4427 and np.isfinite(state["raw"]).all()


def test_history_of_five_minutes_and_a_live_minute_are_not_one_course() -> None:
    """A tag that swings: what five minutes taught is not held against rows of one, and little is told of it."""
    watch = Watch()
    watch.use(register([Rule(1, 1, "h", 500.0)]))
    minutes = np.cumsum([5] * 1200 + [1] * 2000) + START
    values = 50 + 9 * np.sin(2 * np.pi * minutes / 97) + np.array(noisy(3200, 3, 0.0))
    found: list[dict[str, Any]] = []
    for first in range(0, 3200, 40):
        piece = slice(first, first + 40)
        at = minutes[piece] * MINUTE_MS
        rows = watch.take(np.ones(40, np.int64), at, values[piece], at, np.arange(first, first + 40) + 1)
        found += [one for findings in watch.steps(rows) for one in findings]
        if first == 1240:
            state = watch.state(1)
            assert state is not None and state["missing"] > 0
    state = watch.state(1)
    assert state is not None and state["missing"] == 0 and state["spacing"] == 1
    assert not [one for one in found if one["kind"] == "anomaly" and one["at"] > minutes[1200] * MINUTE_MS]


def test_a_tag_that_is_unusual_daily_is_told_of_when_it_is_worse() -> None:
    watch = Watch()
    watch.use(register([Rule(1, 1, "h", 500.0)]))
    rng = np.random.default_rng(4)
    values = 50 + rng.normal(scale=0.3, size=10 * 720)  # a row each two minutes, ten days
    for day in range(1, 9):
        values[day * 720 + 80 * day] = 55.0
    values[9 * 720 + 300 : 9 * 720 + 320] = 90.0
    found: list[dict[str, Any]] = []
    for i, value in enumerate(values.tolist()):
        at = np.array([(START + 2 * i) * MINUTE_MS])
        rows = watch.take(np.array([1]), at, np.array([value]), at, np.array([i + 1]))
        found += [one for findings in watch.steps(rows) for one in findings]
    told = [(one["at"] // MINUTE_MS - START) // 1440 for one in found if one["kind"] == "anomaly"]
    state = watch.state(1)
    assert state is not None and state["anomalies"] >= 6
    assert len([day for day in told if day < 9]) <= 2 and told[-1] == 9


def test_a_course_over_a_gap_is_no_course() -> None:
    rng = np.random.default_rng(0)
    minutes = np.arange(4 * ROWS + 2 * AHEAD)
    values = 0.1 * minutes + rng.normal(0, 0.001, len(minutes))
    whole = similar(minutes, values, Limit(1e9, upper=True))
    minutes[ROWS // 2 :] += 5000
    minutes[2 * ROWS :] += 5000
    broken = similar(minutes, values, Limit(1e9, upper=True))
    assert whole and len(broken) < len(whole)
    for one in broken:
        end = int(np.searchsorted(minutes, one.at // MINUTE_MS))
        assert minutes[end] - minutes[end - ROWS + 1] == ROWS - 1
        assert minutes[end + AHEAD] - minutes[end] == AHEAD


def test_a_changed_register_keeps_what_was_learned() -> None:
    watch = Watch()
    rules = [Rule(1, 1, "h", 66.0), Rule(2, 2, "h", 66.0)]
    watch.use(register(rules))
    feed(watch, 1, noisy(151))
    feed(watch, 2, noisy(151))
    watch.use(register([Rule(1, 1, "h", 60.0), Rule(3, 3, "l", 5.0)]))
    state = watch.state(1)
    assert state is not None
    assert state["rows"] == 150 and state["limits"][0]["limit"] == 60.0
    assert watch.state(2) is None
    fresh = watch.state(3)
    assert fresh is not None and fresh["rows"] == 0
    watch.use(register(rules))
    again = watch.state(2)
    assert again is not None and again["rows"] == 0  # its slot was another's meanwhile


def test_an_important_tag_gets_the_large_windows_and_its_rows() -> None:
    watch = Watch()
    rules = [Rule(1, 1, "h", 500.0), Rule(2, 2, "h", 500.0)]
    watch.use(register(rules))
    values = noisy(201)
    feed(watch, 1, values)
    watch.use(register(rules, important=(1,)))
    watch.settle()
    state = watch.state(1)
    assert state is not None
    assert state["important"] and state["rows"] == 200 and watch.important == 1
    feed(watch, 1, noisy(50, 9), first=201)
    whole = SensorDetector(Windows())
    for i, value in enumerate([*values, *noisy(50, 9)][:-1]):
        reading = Reading(60.0 * (START + i), value)
        expected = whole.score_one(reading)
        whole.learn_one(reading)
    state = watch.state(1)
    assert state is not None
    assert state["raw"][-1] == pytest.approx(expected.raw, abs=1e-5)


@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
def test_a_restart_goes_on_where_the_files_end(tmp_path: Path, torn: bool) -> None:
    """Rows of the log are read again from the older file's place, none twice, and the scores are the same."""
    plan = register([Rule(1, 1, "h", 66.0), Rule(2, 2, "h", 66.0)])
    values = noisy(420)
    straight = Watch()
    straight.use(plan)
    feed(straight, 1, values)

    watch = Watch()
    watch.use(plan)
    feed(watch, 1, values[:200])
    checkpoint.save(tmp_path, watch.keep(0, LOG, 200))
    feed(watch, 1, values[200:300], first=200)
    checkpoint.save(tmp_path, watch.keep(0, LOG, 300))
    if torn:
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        newest.write_bytes(newest.read_bytes()[:-1000])

    later = Watch()
    for state in checkpoint.load(tmp_path):
        later.load(state, LOG)
    later.use(plan)
    assert later.start() == (200 if torn else 300)
    feed(later, 1, values[150:], first=150)  # the log gives more than is needed
    assert later.state(1) == straight.state(1)


def test_a_tag_that_moved_between_two_files_is_taken_once(tmp_path: Path) -> None:
    rules = [Rule(1, 1, "h", 500.0)]
    watch = Watch()
    watch.use(register(rules))
    feed(watch, 1, noisy(150))
    checkpoint.save(tmp_path, watch.keep(0, LOG, 150))
    watch.use(register(rules, important=(1,)))
    watch.settle()
    checkpoint.save(tmp_path, watch.keep(1, LOG, 150))
    later = Watch()
    for state in checkpoint.load(tmp_path):
        later.load(state, LOG)
    later.use(register(rules, important=(1,)))
    later.settle()
    state = later.state(1)
    assert (later.tags, later.important) == (1, 1)
    assert state is not None and state["rows"] == 149


def test_a_stop_before_all_is_taken_up_writes_nothing(tmp_path: Path) -> None:
    """A file written then would say that nothing of the log was read, and all of it would be read again."""
    detector = Detector(Client(), DataFolder(tmp_path))
    detector.watch.use(register([Rule(1, 1, "h", 66.0)]))
    detector.write_some(1.0)
    detector.close()
    assert not list(tmp_path.rglob("*.[01]"))


def test_files_that_are_no_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "00000.0").write_bytes(b"nothing")
    (tmp_path / "00000.1").write_bytes(b"")
    assert list(checkpoint.load(tmp_path)) == []


def test_another_log_begins_at_its_first_message_and_no_row_comes_twice(tmp_path: Path) -> None:
    plan = register([Rule(1, 1, "h", 66.0)])
    watch = Watch()
    watch.use(plan)
    feed(watch, 1, noisy(100))
    checkpoint.save(tmp_path, watch.keep(0, LOG, 100))
    later = Watch()
    for state in checkpoint.load(tmp_path):
        later.load(state, "log 2")
    later.use(plan)
    assert later.start() == 0
    feed(later, 1, noisy(100))
    state = later.state(1)
    assert state is not None and state["rows"] == 99


def test_the_outbox_numbers_each_finding_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "findings.sqlite3")
    one = {"kind": "drift", "tag": 1, "at": 5, "key": "h", "value": 1.0}
    outbox.put([one, {**one, "key": "hh"}])
    outbox.put([{**one, "value": 2.0}, {**one, "kind": "anomaly", "key": ""}])
    outbox.close()
    rows = Outbox(tmp_path / "findings.sqlite3").after(0, 10)
    assert [(row["kind"], row["key"], row["value"]) for _, row in rows] == [
        ("drift", "h", 1.0), ("drift", "hh", 1.0), ("anomaly", "", 1.0),
    ]  # fmt: skip
    assert sorted(number for number, _ in rows) == [number for number, _ in rows]
    assert Outbox(tmp_path / "findings.sqlite3").after(rows[0][0], 1) == [rows[1]]
