"""One bad event of the outbox, or a hole in it, costs no alarm behind it, and is not silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from anwei.monitoring import recording
from anwei.monitoring.models import Alarm, Forecast, Position
from anwei.monitoring.recording import STANDSTILL, FindingRecorder, Recorder
from anwei.monitoring.services.positions import EPISODES, FINDINGS, LOSS, position
from tests.kernel.county import NOW
from tests.monitoring.foresight import drift
from tests.monitoring.plant import Plant, ms, raised

BEYOND_ANY_DATE = 10**18  # ms


def poison(plant: Plant) -> dict[str, object]:
    return raised(plant.hh) | {"start": BEYOND_ANY_DATE}


def test_a_bad_event_is_set_aside_and_those_around_it_are_recorded(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    events = [(1, raised(plant.hh)), (2, poison(plant)), (3, raised(plant.h))]
    rows = Recorder().record(events, now=NOW, trends={})
    assert {alarm.rule for alarm in rows} == {plant.hh, plant.h} == {a.rule for a in Alarm.objects.all()}
    assert position(EPISODES) == 3
    assert position(LOSS) == ms(NOW)
    assert "event 2 set aside" in caplog.text
    assert str(BEYOND_ANY_DATE) in caplog.text


def test_while_nothing_can_be_recorded_nothing_is_passed_over_for_ten_minutes(plant: Plant) -> None:
    recorder = Recorder()
    for after in (timedelta(), STANDSTILL - timedelta(seconds=1)):
        with pytest.raises((OverflowError, ValueError)):
            recorder.record([(1, poison(plant))], now=NOW + after, trends={})
    assert (position(EPISODES), position(LOSS)) == (0, 0)
    assert recorder.record([(1, poison(plant))], now=NOW + STANDSTILL, trends={}) == []
    assert position(EPISODES) == 1
    assert position(LOSS) == ms(NOW + STANDSTILL)
    (alarm,) = recorder.record([(2, raised(plant.hh))], now=NOW + STANDSTILL, trends={})
    assert alarm.rule == plant.hh


def test_a_database_that_is_away_sets_nothing_aside(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_asked: object, **_named: object) -> None:
        raise OperationalError("gone")

    recorder = Recorder()
    monkeypatch.setattr(recording, "record_episodes", away)
    for after in (timedelta(), 2 * STANDSTILL):
        with pytest.raises(OperationalError):
            recorder.record([(1, raised(plant.hh))], now=NOW + after, trends={})
    assert (position(EPISODES), position(LOSS)) == (0, 0)


def test_a_finding_that_cannot_be_written_holds_up_no_other(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    findings = [
        (1, drift(plant.h) | {"score": float("nan")}),
        (2, drift(plant.hh, minutes=1)),
        (3, drift(plant.hh, minutes=2) | {"latest_at": BEYOND_ANY_DATE}),
        (4, drift(plant.hh, minutes=3)),
    ]
    rows = FindingRecorder().record(findings, now=NOW + timedelta(minutes=3))
    row = Forecast.objects.get()
    assert {one.pk for one in rows} == {row.pk} and row.repeats == 1
    assert position(FINDINGS) == 4 and position(LOSS) > 0
    assert "event 1 set aside" in caplog.text and "event 3 set aside" in caplog.text


def test_a_hole_in_the_outbox_is_an_error(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()
    recorder.record([(4, raised(plant.h))], now=NOW, trends={})  # the beginning of what is kept is no hole
    recorder.record([(5, raised(plant.h, seconds=1))], now=NOW, trends={})
    assert position(LOSS) == 0
    recorder.record([(9, raised(plant.hh))], now=NOW, trends={})
    assert "lost the events 6 to 8" in caplog.text
    assert position(LOSS) == ms(NOW)
    assert Position.objects.get(name=EPISODES).value == 9
