"""Late data through the intake: the episodes of a run in order, once each, and the live alarm untouched."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from anwei.monitoring.stream.consume import Entry
from anwei.monitoring.stream.intake import Intake
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.oracle import OUT_OF_RANGE, Event, Rule, Sample, events_in_order, n_late
from tests.stream.plant import Plant

START = 1_790_000_000_000
RULES = [Rule(1, 1, "h", 80.0, 2.0)]


class Door:
    """One device with one tag `T0`; messages go in as the log gives them, rows and events come out."""

    def __init__(self, folder: Path, rules: Sequence[Rule] = RULES, **plant: Any) -> None:
        self.folder = folder
        self.plant = Plant(1, 1, list(rules), decimals=1, **plant)
        self.store = EmbeddedStore(folder, background=False)
        self.intake = Intake(self.store, "log", self.plant.register(), now=START)
        self.events: list[dict[str, Any]] = []
        self.messages: list[list[Sample]] = []

    def take(self, *messages: Sequence[tuple[float, float]]) -> None:
        """Take messages of (second, value) in one look at the log; then tell what is to be told."""
        entries = []
        for message in messages:
            low = -1e9 if self.plant.low is None else self.plant.low
            high = 1e9 if self.plant.high is None else self.plant.high
            self.messages.append(
                [
                    Sample(1, ms(second), value, 0 if low <= value <= high else OUT_OF_RANGE)
                    for second, value in message
                ]
            )
            rows = [{"ts": ms(second), "values": {"T0": value}} for second, value in message]
            sequence = len(self.messages)
            stamped = START + 100_000_000 + sequence
            entries.append(Entry(sequence, "ingest.d0", stamped, msgspec.json.encode(rows), 0))
        self.intake.take(entries, self.intake.decode(entries))

    def each(self, samples: Iterable[tuple[float, float]]) -> None:
        """Take samples one a message, each committed."""
        for sample in samples:
            self.take([sample])
            self.commit()

    def commit(self) -> None:
        self.events += [event for _, event in self.intake.commit()]

    def restart(self) -> None:
        self.store.close()
        self.store = EmbeddedStore(self.folder, background=False)
        self.intake = Intake(self.store, "log", self.plant.register(), now=START)

    def told(self) -> list[tuple[float, float | None, bool]]:
        """Return start, end and lateness of all episodes, as they stand after all that was told."""
        self.commit()
        found: dict[tuple[int, int], tuple[float, float | None, bool]] = {}
        for event in self.events:
            key = (event["rule"], event["start"])
            if event["kind"] == "raised":
                assert key not in found, "told twice"
                found[key] = (second_of(event["start"]), None, event["late"])
            else:
                start, end, late = found[key]
                assert end is None or (late and event["late"]), "only a late end may be put right"
                found[key] = (start, second_of(event["at"]), late)
        return sorted(found.values(), key=lambda one: one[0])

    def late_count(self) -> int:
        rows = [row for row in self.store.reject_counts(0) if row["reason"] == "late"]
        assert {row["device"] for row in rows} <= {"d0"}
        return sum(row["count"] for row in rows)


def ms(second: float) -> int:
    return START + round(second * 1000)


def second_of(at: int) -> float:
    return (at - START) / 1000


@pytest.fixture
def door(tmp_path: Path) -> Iterable[Door]:
    door = Door(tmp_path)
    yield door
    door.store.close()


def steady(seconds: Iterable[float], value: float) -> list[tuple[float, float]]:
    return [(second, value) for second in seconds]


def test_ten_minutes_sent_after_the_present_are_one_episode(door: Door) -> None:
    door.each([(0, 50.0), (700, 50.0), *steady(range(1, 601), 95.0)])
    assert door.told() == [(1, 700, True)]
    assert door.late_count() == 600
    assert door.store.rejects(0, 10) == [], "counted, without a row"


def test_the_end_is_put_right_when_the_backlog_comes_to_it(door: Door) -> None:
    backlog = [*steady(range(1, 11), 95.0), *steady(range(11, 21), 50.0), *steady(range(21, 31), 95.0)]
    door.each([(0, 50.0), (700, 50.0), *backlog, (31, 50.0)])
    assert door.told() == [(1, 11, True), (21, 31, True)]


def test_the_same_backlog_again_tells_nothing(door: Door) -> None:
    backlog = [*steady(range(1, 11), 95.0), (11, 50.0)]
    for _ in range(2):
        door.each([(0, 50.0), (700, 50.0), *backlog])
    assert door.told() == [(1, 11, True)]
    assert door.late_count() == n_late(door.messages) == 24


@pytest.mark.parametrize("second", [1.5, 2, 4.5])
def test_a_late_sample_inside_a_closed_episode_is_that_episode(door: Door, second: float) -> None:
    door.each([*steady((0, 1, 3, 4), 95.0), (5, 50.0), (second, 95.0)])
    assert door.told() == [(0, 5, False)]


@pytest.mark.parametrize(
    ("second", "value", "n"), [(-0.5, 95.0, 1), (5.5, 95.0, 2), (6, 95.0, 2), (5.5, 78.0, 1)]
)
def test_a_late_sample_beside_a_closed_episode(door: Door, second: float, value: float, n: int) -> None:
    door.each([(-1, 50.0), *steady((0, 1, 3, 4), 95.0), (5, 50.0), (7, 50.0), (second, value)])
    assert [late for _, _, late in door.told()] == [False, True][:n]


def test_a_late_sample_before_an_episode_with_a_normal_one_between_is_another(door: Door) -> None:
    door.each([(0, 50.0), (2, 50.0), (3, 95.0), (4, 50.0), (1, 95.0)])
    assert door.told() == [(1, 2, True), (3, 4, False)]


def test_newest_first_is_one_episode_too(door: Door) -> None:
    door.each([(0, 50.0), (700, 50.0), *steady(range(600, 0, -1), 95.0)])
    assert door.told() == [(600, 700, True)]


def test_a_clock_an_hour_back_tells_one_episode_and_leaves_the_live_one_alone(door: Door) -> None:
    door.each([*steady(range(3600, 3610), 95.0), *steady(range(60), 95.0), *steady(range(60, 70), 50.0)])
    assert door.told() == [(0, 60, True), (3600, None, False)]
    door.each([(3610, 50.0)])
    assert door.told() == [(0, 60, True), (3600, 3610, False)]


@pytest.mark.parametrize("value", [50.0, 78.1, 95.0])
def test_late_samples_after_the_start_of_the_live_alarm_tell_nothing(door: Door, value: float) -> None:
    door.each([(0, 50.0), (1, 95.0), (9, 95.0), *steady((1, 2, 3), value)])
    assert door.told() == [(1, None, False)]


def test_what_leads_up_to_the_live_alarm_is_that_alarm(door: Door) -> None:
    door.each([(0, 50.0), (700, 95.0), *steady(range(1, 11), 95.0)])
    assert door.told() == [(700, None, False)]
    door.each(steady(range(11, 20), 50.0))  # but it did not lead up to it
    assert door.told() == [(1, 11, True), (700, None, False)]


def test_a_worse_value_for_a_stored_time_is_an_episode(door: Door) -> None:
    door.each([(0, 50.0), (1, 50.0), (1, 95.0), (1, 95.0), (2, 50.0), (1, 60.0)])
    assert door.told() == [(1, 1, True)]


def test_a_worse_value_where_an_episode_ended_is_that_episode(door: Door) -> None:
    door.each([(0, 95.0), (1, 50.0), (2, 50.0), (1, 95.0)])
    assert door.told() == [(0, 1, False)]


def test_an_end_inside_the_deadband_moves_on_with_late_data(door: Door) -> None:
    door.each([(0, 50.0), (5, 79.0), (4, 95.0)])
    assert door.told() == [(4, 5, True)]
    door.each([(6, 79.0), (5.5, 95.0)])
    assert door.told() == [(4, 6, True)]


def test_the_end_of_a_live_alarm_stands(door: Door) -> None:
    door.each([(0, 50.0), (1, 95.0), (3, 95.0), (5, 50.0), (2, 95.0), (4, 50.0)])
    assert door.told() == [(1, 5, False)]


def test_a_delay_that_passes_over_several_messages_is_an_episode(tmp_path: Path) -> None:
    door = Door(tmp_path, [Rule(1, 1, "h", 80.0, on_delay_ms=5_000, off_delay_ms=3_000)])
    door.each([(0, 50.0), (700, 50.0), *steady(range(1, 6), 95.0)])
    assert door.told() == [], "five seconds are not over"
    door.each([*steady(range(6, 20), 95.0), *steady(range(20, 30), 50.0)])
    assert door.told() == [(1, 23, True)]
    assert [event["at"] for event in door.events if event["kind"] == "raised"] == [ms(6)]
    door.store.close()


def test_what_leads_up_to_a_pending_delay_is_left_to_the_live_alarm(tmp_path: Path) -> None:
    door = Door(tmp_path, [Rule(1, 1, "h", 80.0, on_delay_ms=5_000)])
    door.each([(0, 50.0), (10, 95.0), (12, 95.0), (5, 95.0)])
    assert door.told() == []
    door.each([(15, 95.0)])
    assert door.told() == [(10, None, False)]
    door.store.close()


def test_a_late_value_off_the_scale_is_an_episode(tmp_path: Path) -> None:
    door = Door(tmp_path, low=0.0, high=90.0)
    door.each([(0, 50.0), (700, 50.0), *steady((1, 2), 95.0), (3, -5.0), (4, 50.0), (9, -5.0)])
    assert door.told() == [(1, 4, True)]
    door.store.close()


def test_a_long_alarm_is_not_told_again_from_its_middle(door: Door) -> None:
    door.take([*steady(range(5_000), 95.0), (5_000, 50.0)])
    door.each([(2_500.5, 95.0), (2_501.5, 95.0)])
    assert door.told() == [(0, 5_000, False)]


def test_neighbours_are_found_across_a_long_gap(door: Door) -> None:
    door.each([(0, 95.0), (80_000, 50.0), (40_000, 95.0)])
    assert door.told() == [(0, 80_000, False)]


def test_what_waits_for_its_commit_is_a_neighbour_and_told(door: Door) -> None:
    door.take([(0, 50.0)], [(700, 50.0)], *([sample] for sample in steady(range(1, 11), 95.0)), [(11, 50.0)])
    door.take([(5, 95.0)], [(5.5, 95.0)])
    assert door.told() == [(1, 11, True)]


def test_a_message_with_old_and_new_samples(door: Door) -> None:
    door.each([(0, 50.0), (10, 50.0)])
    door.take([*steady(range(5, 10), 95.0), *steady(range(11, 15), 95.0), (15, 50.0)])
    assert door.told() == [(5, 10, True), (11, 15, False)]


def test_a_restart_in_a_backlog_tells_nothing_again(door: Door) -> None:
    door.each([(0, 50.0), (700, 50.0), *steady(range(1, 5), 95.0)])
    door.restart()
    door.each([*steady(range(3, 10), 95.0), (10, 50.0)])
    assert [(start, late) for start, _, late in door.told()] == [(1, True)]


def test_a_changed_register_tells_nothing_again(door: Door) -> None:
    door.each([(0, 50.0), (700, 50.0), *steady(range(1, 5), 95.0)])
    door.intake.use(door.plant.register(), now=START)
    door.each(steady(range(3, 10), 95.0))
    assert door.told() == [(1, 700, True)]


def test_a_new_rule_judges_late_data_by_itself(door: Door) -> None:
    door.each([(0, 50.0), (700, 50.0), (1, 95.0), (2, 95.0)])
    door.intake.use(Plant(1, 1, [Rule(2, 1, "h", 80.0, 2.0)], decimals=1).register(), now=START)
    door.each([(3, 95.0)])
    assert door.told() == [(1, 700, True)] * 2


def test_a_full_outbox_is_read_to_its_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anwei.monitoring.stream.late._PAGE", 2)
    door.each([(0, 50.0), *((second, 95.0 - 45.0 * (second % 2)) for second in range(2, 20))])
    door.each(steady([second + 0.5 for second in range(2, 18, 2)], 95.0))
    assert [late for _, _, late in door.told()] == [False] * 9


def test_a_clock_that_ran_back_is_a_silence_and_its_samples_are_stored_and_counted(tmp_path: Path) -> None:
    door = Door(tmp_path, silence=True)
    door.each(steady(range(3), 50.0))
    heard = door.intake.read_to
    door.each(steady(range(-3600, -3540), 50.0))
    assert door.intake.read_to > heard
    for passed, told in ((6_999, []), (7_000, [(1_000_001, "raised", heard)]), (60_000, [])):
        door.intake.tick(now=heard + passed)
        assert [(event["rule"], event["kind"], event["start"]) for _, event in door.intake.commit()] == told
    assert (len(door.store.dump()), door.late_count()) == (63, 60)
    door.take([(3, 50.0)])
    assert [event["kind"] for _, event in door.intake.commit()] == ["cleared"]
    door.store.close()


def test_late_samples_are_counted_by_the_device_of_their_tag(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    plant = Plant(2, 2, gateways={1: 0})
    intake = Intake(store, "log", plant.register(), now=START)
    entries = []
    for sequence, ts in enumerate((2_000, 1_000, 2_000, 3_000), start=1):
        content = {"ts": START + ts, "tags": ["T0", "T1", "d1/T0"], "values": [1.0, 2.0, 3.0]}
        body = msgspec.json.encode(content)
        entries.append(Entry(sequence, "ingest.d0", START + 5_000, body, 0))
    intake.take(entries, intake.decode(entries))
    intake.commit()
    counts = {row["device"]: row["count"] for row in store.reject_counts(0) if row["reason"] == "late"}
    store.close()
    assert counts == {"d0": 4, "d1": 2}


def backfilled(chance: random.Random) -> tuple[list[list[tuple[float, float]]], list[tuple[float, float]]]:
    """Return live messages with calm edges around their gaps, and what is missing, in order of time."""
    live, missing, value, second = [], [], 50.0, 0
    for stretch in range(8):
        length = chance.randrange(30, 90)
        for step in range(length):
            second += 1
            value += chance.gauss(0, 9) + (50 - value) * 0.05
            calm = min(step, length - 1 - step) < 7
            sample = (second, 50.0 if calm else round(value, 1))
            live.append([sample]) if stretch % 2 == 0 else missing.append(sample)
    return live, missing


def settled(events: Iterable[Event | dict[str, Any]]) -> dict[tuple[int, int], int | None]:
    """Return the last end told of each episode."""
    found: dict[tuple[int, int], int | None] = {}
    for event in events:
        row = event if isinstance(event, dict) else vars(event)
        found[row["rule"], row["start"]] = row["at"] if row["kind"] == "cleared" else None
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_backlog_in_order_gives_the_episodes_and_rows_of_a_run_in_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    delays = chance.choice([0, 0, 2_000]), chance.choice([0, 0, 3_000])
    limits = {"hh": 90.0, "h": 75.0, "l": 25.0, "ll": 10.0}
    rules = [Rule(n, 1, kind, limit, 3.0, *delays) for n, (kind, limit) in enumerate(limits.items(), start=1)]
    door = Door(tmp_path / "late", rules)
    live, missing = backfilled(chance)
    for message in live:
        door.take(message)
    while missing:
        size = chance.randrange(1, 5)
        message, missing = missing[:size], missing[size:]
        door.take(message + chance.sample(message, chance.randrange(2)))
        if chance.random() < 0.3:
            door.commit()
        if chance.random() < 0.2:
            door.take(chance.choice(live))  # the same again
    door.commit()
    expected = events_in_order(rules, door.messages)
    assert settled(door.events) == settled(expected)
    assert any(event["late"] for event in door.events)
    assert door.late_count() == n_late(door.messages)
    in_order = Door(tmp_path / "in order", rules)
    rows = {sample.ts: sample.value for message in door.messages for sample in message}
    in_order.take([(second_of(ts), value) for ts, value in sorted(rows.items())])
    in_order.commit()
    for name in ("tag", "ts", "value", "quality"):
        assert getattr(door.store.dump(), name).tolist() == getattr(in_order.store.dump(), name).tolist()
    door.store.close()
    in_order.store.close()


@pytest.mark.parametrize("seed", range(12))
def test_a_backlog_in_any_order_tells_each_excursion_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(100 + seed)
    rules = [Rule(1, 1, "h", 75.0, 3.0), Rule(2, 1, "l", 25.0, 3.0)]
    door = Door(tmp_path, rules)
    live, missing = backfilled(chance)
    for message in live:
        door.take(message)
    chance.shuffle(missing)
    for sample in missing:
        door.take([sample])
    door.commit()
    due = settled(events_in_order(rules, door.messages))
    told = settled(door.events)
    for (rule, start), end in due.items():
        inside = [at for of, at in told if of == rule and start <= at and (end is None or at < end)]
        assert len(inside) == 1, (rule, second_of(start), [second_of(at) for at in inside])
    assert len(told) == len(due)
    door.store.close()
