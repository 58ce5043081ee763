"""Late data through the intake: each excursion is told once, and the live alarm is left untouched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from anwei.monitoring.stream.consume import Entry
from anwei.monitoring.stream.intake import Intake
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.oracle import Rule, n_late
from tests.stream.late_door import START, Door, ms, steady
from tests.stream.plant import Plant


@pytest.fixture
def door(tmp_path: Path) -> Iterable[Door]:
    door = Door(tmp_path)
    yield door
    door.store.close()


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


def test_late_data_without_a_good_value_is_an_episode_of_its_own_rule(tmp_path: Path) -> None:
    door = Door(tmp_path, [Rule(1, 1, "h", 80.0), Rule(2, 1, "bad")], low=0.0, high=90.0)
    door.each([(0, 50.0), (700, 50.0), *steady((1, 2), None), (3, -5.0), (4, 50.0), (9, 95.0), (10, 50.0)])
    assert door.told() == [(1, 4, True), (9, 10, True)]
    assert [event["rule"] for event in door.events if event["kind"] == "raised"] == [2, 1]
    door.store.close()


def test_a_rate_in_late_data_is_not_judged(tmp_path: Path) -> None:
    door = Door(tmp_path, [Rule(1, 1, "rate", 60.0)])
    door.each([(0, 50.0), (700, 50.0), (1, 50.0), (2, 95.0), (3, 50.0)])
    assert door.told() == []
    door.each([(701, 95.0)])
    assert door.told() == [(701, None, False)]
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
