"""A warning for which no duty post exists waits, is shown among the gaps, and opens once when the post exists."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anwei.monitoring.models import Alarm, Warning
from anwei.monitoring.services import record_episodes
from anwei.monitoring.services.warnings import open_waiting
from anwei.org.gaps import gaps
from anwei.org.models import Designation, Post
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, cleared, raised

TOMORROW = NOW + timedelta(hours=30)  # longer than what is found late counts as history


@pytest.fixture
def unguarded(plant: Plant) -> Plant:
    """A county whose only duty post was something else when the alarm came."""
    Post.objects.filter(pk=plant.county.duty.pk).update(kind="officer")
    record_episodes([(1, raised(plant.hh)), (2, raised(plant.h, value=1.2))], now=NOW)
    return plant


def gap_sentences() -> list[str]:
    return [gap.sentence for gap in gaps(NOW.date()) if gap.key.startswith("waiting_warnings:")]


def test_it_waits_and_stands_among_the_gaps(unguarded: Plant) -> None:
    assert not Warning.objects.exists()
    assert list(Alarm.objects.filter(waits=True).values_list("severity", flat=True)) == ["red"]
    [sentence] = gap_sentences()
    assert "1 起报警的预警没有发出" in sentence and "责任真空" in sentence
    gap = next(gap for gap in gaps(NOW.date()) if gap.sentence == sentence)
    assert gap.cure_url.startswith("/org/appoint/?unit=") and "kind=duty" in gap.cure_url
    assert open_waiting(NOW + timedelta(minutes=5)) == [] and len(gap_sentences()) == 1


def test_it_opens_once_when_the_post_exists(unguarded: Plant) -> None:
    Post.objects.filter(pk=unguarded.county.duty.pk).update(kind="duty")
    [pk] = open_waiting(TOMORROW)
    assert open_waiting(TOMORROW) == []
    warning = Warning.objects.get()
    assert (warning.pk, warning.level, warning.phase) == (pk, "red", "assigned")
    assert warning.opened_at == TOMORROW and all(row.started_at == TOMORROW for row in warning.clocks.all())
    assert warning.alarms.count() == 2 and not Alarm.objects.filter(waits=True).exists()
    assert gap_sentences() == []


def test_an_alarm_that_is_over_meanwhile_still_has_its_warning(unguarded: Plant) -> None:
    record_episodes([(3, cleared(raised(unguarded.hh), seconds=90))], now=NOW + timedelta(minutes=2))
    Post.objects.filter(pk=unguarded.county.duty.pk).update(kind="duty")
    assert len(open_waiting(TOMORROW)) == 1


def test_a_later_alarm_of_the_place_attaches_and_nothing_opens_twice(unguarded: Plant) -> None:
    Post.objects.filter(pk=unguarded.county.duty.pk).update(kind="duty")
    record_episodes([(3, raised(unguarded.hh, seconds=60))], now=NOW + timedelta(minutes=2))
    assert Warning.objects.count() == 1
    assert open_waiting(NOW + timedelta(minutes=3)) == []
    assert Warning.objects.get().alarms.count() == 3


def test_an_alarm_that_was_old_when_recorded_but_goes_on_opens_its_warning(plant: Plant) -> None:
    """The worker was away for two days: what it finds then may be history, or may burn still."""
    late = NOW + timedelta(days=2)
    record_episodes([(1, raised(plant.hh))], now=late)
    assert not Warning.objects.exists()
    assert open_waiting(late + timedelta(minutes=9)) == []
    [pk] = open_waiting(late + timedelta(minutes=11))
    assert open_waiting(late + timedelta(minutes=12)) == []
    assert Warning.objects.get().pk == pk and Alarm.objects.get().warning_id == pk


def test_an_alarm_of_old_that_ended_sends_nobody_out(plant: Plant) -> None:
    late = NOW + timedelta(days=2)
    record_episodes([(1, raised(plant.hh))], now=late)
    record_episodes([(2, cleared(raised(plant.hh), seconds=90))], now=late + timedelta(minutes=1))
    assert open_waiting(late + timedelta(minutes=11)) == []
    assert not Warning.objects.exists()


def test_a_plant_whose_seats_clash_keeps_nobody_elses_alarm_from_being_written(plant: Plant) -> None:
    """Such a row can stand from before it was refused: one post that supervises and carries out."""
    enterprise = plant.county.enterprise
    post = Post.objects.get(unit=enterprise.unit, kind="safety")
    for seat in ("supervisor", "implementer"):
        Designation.objects.create(
            unit=enterprise.unit, seat=seat, post=post, from_on=NOW.date(), document="包保文件"
        )
    recorded = record_episodes([(1, raised(plant.hh))], now=NOW)
    assert (len(recorded.alarms), recorded.warnings) == (1, [])
    assert Alarm.objects.get().waits
    Designation.objects.all().delete()
    assert len(open_waiting(NOW + timedelta(minutes=1))) == 1
