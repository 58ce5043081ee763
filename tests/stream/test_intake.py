"""Nothing is lost between taking and committing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from anwei.monitoring.stream.consume import Entry
from anwei.monitoring.stream.intake import Intake
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreFull
from tests.oracle import Rule
from tests.stream.plant import FullStore, Plant

NOW = 1_790_000_000_000
PLANT = Plant(1, 2, [Rule(1, 1, "h", 80.0), Rule(2, 2, "rate", 60.0)])


def entry(sequence: int, second: int, **values: float | None) -> Entry:
    ts = NOW + 1000 * second
    return Entry(sequence, "ingest.d0", ts, msgspec.json.encode({"ts": ts, "values": values}), 0)


def take(intake: Intake, *entries: Entry) -> None:
    intake.take(entries, intake.decode(entries))


def test_a_full_store_keeps_everything_for_the_next_try(tmp_path: Path) -> None:
    store = FullStore(tmp_path, background=False)
    intake = Intake(store, "log", PLANT.register(), now=NOW)
    take(intake, entry(1, 1, T0=85.0, T1=1.0), entry(2, 2, T0=50.0, nope=1.0))
    for _ in range(2):
        with pytest.raises(StoreFull):
            intake.commit()
    assert (store.mark("log"), len(store.dump()), intake.n_messages, intake.pending) == (0, 0, 2, True)
    take(intake, entry(3, 3, T0=51.0))
    store.full = False
    assert [(number, event["kind"]) for number, event in intake.commit()] == [(1, "raised"), (2, "cleared")]
    assert (store.mark("log"), len(store.dump()), intake.n_messages, intake.pending) == (3, 4, 0, False)
    assert [reject["tag"] for reject in store.rejects(0, 10)] == ["nope"]
    assert store.alarm_state()["phase"].tolist() == [0]
    assert intake.newest == NOW + 3000
    store.close()


def test_a_full_store_still_takes_the_alarms_and_a_crash_then_loses_and_invents_none(tmp_path: Path) -> None:
    store = FullStore(tmp_path, background=False)
    plant = Plant(2, 2, PLANT.rules, silence=True)
    intake = Intake(store, "log", plant.register(), now=NOW)
    intake.begin_anew(now=NOW)
    entries = [entry(1, 1, T0=50.0), entry(2, 2, T0=85.0), entry(3, 3, T0=50.0)]
    take(intake, *entries)
    intake.tick(now=NOW + 7_500)  # d1 has not been heard for its 7 s
    told = [(number, event["rule"], event["kind"]) for number, event in intake.commit_alarms()]
    assert told == [(1, 1, "raised"), (2, 1, "cleared"), (3, 1_000_002, "raised")]
    assert (store.mark("log"), intake.n_messages, intake.urgent) == (0, 3, False)
    store.close()
    store = FullStore(tmp_path, background=False)
    again = Intake(store, "log", plant.register(), now=NOW)
    take(again, *entries)
    again.begin_anew(now=NOW + 10_000)
    again.tick(now=NOW + 60_000)
    store.full = False
    repeated = {(event["rule"], event["start"], event["kind"]) for _, event in again.commit()}
    before = {(event["rule"], event["start"], event["kind"]) for _, event in store.episodes(0, 3)}
    assert repeated - before == {(1_000_001, NOW + 10_000, "raised")}, "d0 too is silent by now, d1 still"
    assert len(before - repeated) == 1
    store.close()


def test_a_restart_goes_on_with_marks_phases_and_rates(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    intake = Intake(store, "log", PLANT.register(), now=NOW)
    take(intake, entry(1, 1, T0=85.0, T1=10.0), entry(2, 2, T0=None, T1=None))
    assert len(intake.commit()) == 1
    store.close()
    store = EmbeddedStore(tmp_path, background=False)
    intake = Intake(store, "log", PLANT.register(), now=NOW)
    assert (intake.sequence, intake.urgent) == (2, False)
    take(intake, entry(3, 61, T0=50.0, T1=90.0))
    events = {event["rule"]: (event["kind"], event["start"], event["value"]) for _, event in intake.commit()}
    assert events == {1: ("cleared", NOW + 1000, 50.0), 2: ("raised", NOW + 61_000, 80.0)}
    assert intake.log_name == "log"
    other = Intake(store, "a log made anew", PLANT.register(), now=NOW)
    assert other.sequence == 0
    store.close()


def test_a_value_off_the_scale_is_an_alarm_at_once_and_bad_data_one_when_it_lasts(tmp_path: Path) -> None:
    rules = [Rule(1, 1, "hh", 1.5, 0.05), Rule(2, 1, "bad", on_delay_ms=60_000)]
    plant = Plant(1, 1, rules, low=0.0, high=4.0)
    store = EmbeddedStore(tmp_path, background=False)
    intake = Intake(store, "log", plant.register(), now=NOW)
    take(intake, entry(1, 1, T0=0.5), entry(2, 2, T0=4.2), entry(3, 3, T0=4.2), entry(4, 4, T0=0.5))
    take(intake, entry(5, 5, T0=None), entry(6, 65, T0=-7.0))
    told = [(event["rule"], event["kind"], event["start"] - NOW) for _, event in intake.commit()]
    assert told == [(1, "raised", 2_000), (1, "cleared", 2_000), (2, "raised", 5_000)]
    assert {row["reason"]: row["count"] for row in store.reject_counts(0)} == {"out_of_range": 3}
    assert len(store.dump()) == 6
    store.close()
