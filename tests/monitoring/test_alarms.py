"""Episodes become alarms exactly once; people acknowledge them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anwei.cases.models import Notice
from anwei.ledgers.models import Change
from anwei.monitoring.models import Alarm, AlarmRule, Position
from anwei.monitoring.services import (
    MonitoringError,
    NotAllowed,
    acknowledge,
    add_rule,
    add_tag,
    record_episodes,
)
from anwei.monitoring.services.positions import EPISODES, position
from tests.kernel.county import COUNTY, NOW, County
from tests.monitoring.plant import Plant, cleared, raised


def rows() -> list[tuple[object, ...]]:
    return list(
        Alarm.objects.order_by("pk").values_list(
            "pk", "rule", "started_at", "raised_at", "cleared_at", "value"
        )
    )


def test_an_episode_becomes_an_alarm_with_its_owner_and_its_times(plant: Plant) -> None:
    event = raised(plant.h, seconds=2)
    event["start"] -= 1500
    recorded = record_episodes([(7, event)], now=NOW)
    alarm = Alarm.objects.get()
    assert recorded.alarms == [alarm.pk]
    assert (alarm.tag, alarm.device, alarm.site) == (plant.tag, plant.device, plant.site)
    assert (alarm.territory, alarm.sector, alarm.severity) == ("999001101", "chemical", "yellow")
    assert alarm.started_at == NOW + timedelta(seconds=0.5)
    assert alarm.raised_at == alarm.sample_at == NOW + timedelta(seconds=2)
    assert (alarm.value, alarm.limit, alarm.cleared_at) == (1.62, 1.0, None)
    assert position(EPISODES) == 7


def test_replayed_events_change_nothing(plant: Plant) -> None:
    event = raised(plant.hh)
    events = [(1, event), (2, cleared(event, seconds=30)), (3, raised(plant.hh, seconds=60))]
    record_episodes(events, now=NOW)
    before = rows()
    assert record_episodes(events, now=NOW).alarms == []
    record_episodes(events[1:], now=NOW)
    assert rows() == before
    assert position(EPISODES) == 3


def test_an_episode_is_unique_even_when_the_position_is_lost(plant: Plant) -> None:
    event = raised(plant.hh)
    events = [(1, event), (2, cleared(event, seconds=30))]
    record_episodes(events, now=NOW)
    before = rows()
    Position.objects.filter(name=EPISODES).delete()
    record_episodes(events, now=NOW)
    assert rows() == before


def test_a_crash_before_the_commit_leaves_neither_alarm_nor_position(plant: Plant) -> None:
    class Crash(Exception): ...

    event = raised(plant.hh)
    with pytest.raises(Crash), transaction.atomic():
        record_episodes([(1, event)], now=NOW)
        raise Crash
    assert (Alarm.objects.count(), position(EPISODES)) == (0, 0)
    record_episodes([(1, event)], now=NOW)
    assert (Alarm.objects.count(), position(EPISODES)) == (1, 1)


def test_raised_and_cleared_in_one_call_and_in_two_are_the_same(plant: Plant) -> None:
    first, second = raised(plant.hh), raised(plant.h)
    record_episodes([(1, first), (2, cleared(first, seconds=5))], now=NOW)
    record_episodes([(3, second)], now=NOW)
    recorded = record_episodes([(4, cleared(second, seconds=5))], now=NOW)
    ends = dict(Alarm.objects.values_list("rule", "cleared_at"))
    assert ends == {rule.pk: NOW + timedelta(seconds=5) for rule in (plant.hh, plant.h)}
    assert recorded.alarms == [Alarm.objects.get(rule=plant.h).pk]


def test_the_silence_of_a_device_is_one_alarm_without_a_tag(plant: Plant) -> None:
    event = raised(plant.silence, seconds=12, value=None)
    event["start"] -= 12_000
    record_episodes([(1, event)], now=NOW)
    alarm = Alarm.objects.get()
    assert (alarm.tag, alarm.device, alarm.kind) == (None, plant.device, "no_data")
    assert alarm.sample_at == NOW  # the last sample there was
    assert alarm.raised_at == NOW + timedelta(seconds=12)


def test_an_event_of_a_rule_the_register_does_not_have_is_passed_over(plant: Plant) -> None:
    foreign = raised(plant.hh) | {"rule": 987_654}
    record_episodes([(1, foreign), (2, raised(plant.hh))], now=NOW)
    assert Alarm.objects.get().rule == plant.hh
    assert position(EPISODES) == 2


def test_recording_two_hundred_takes_as_many_queries_as_one(plant: Plant) -> None:
    history = NOW + timedelta(days=3)
    with CaptureQueriesContext(connection) as one:
        record_episodes([(1, raised(plant.h))], now=history)
    with CaptureQueriesContext(connection) as many:
        record_episodes([(n, raised(plant.h, seconds=n)) for n in range(2, 202)], now=history)
    assert Alarm.objects.count() == 201
    assert len(many) <= len(one) + 5  # one insert takes a limited number of parameters


@pytest.fixture
def alarm(plant: Plant) -> Alarm:
    record_episodes([(1, raised(plant.h))], now=NOW)
    return Alarm.objects.get()


@pytest.mark.parametrize("name", ["officer", "worker", "townsman", "boss"])
def test_who_watches_acknowledges(alarm: Alarm, county: County, name: str) -> None:
    person = getattr(county, name)
    acknowledge(alarm, actor=person, now=NOW, note="已派人查看")
    alarm.refresh_from_db()
    assert (alarm.acknowledged_by, alarm.acknowledged_at) == (person, NOW)
    assert alarm.acknowledgement == "已派人查看"
    assert alarm.cleared_at is None  # the condition is another fact
    change = Change.objects.get(register="monitoring.alarm", row=str(alarm.pk))
    assert (change.actor, change.verb) == (person, "acknowledge")


@pytest.mark.parametrize("name", ["stranger", "regulator"])
def test_nobody_acknowledges_outside_their_scope(alarm: Alarm, county: County, name: str) -> None:
    with pytest.raises(NotAllowed, match="管辖"):
        acknowledge(alarm, actor=getattr(county, name), now=NOW)
    alarm.refresh_from_db()
    assert alarm.acknowledged_at is None


def test_a_deputy_who_only_reads_does_not_acknowledge(alarm: Alarm, county: County) -> None:
    post = county.officer.holdings.get().post
    post.kind = "deputy"
    post.save()
    with pytest.raises(NotAllowed, match="岗位"):
        acknowledge(alarm, actor=county.officer, now=NOW)


def test_the_first_acknowledgement_stays(alarm: Alarm, county: County) -> None:
    acknowledge(alarm, actor=county.worker, now=NOW, note="第一个")
    acknowledge(alarm, actor=county.officer, now=NOW + timedelta(minutes=1), note="第二个")
    alarm.refresh_from_db()
    assert (alarm.acknowledged_by, alarm.acknowledgement) == (county.worker, "第一个")
    assert Change.objects.filter(register="monitoring.alarm").count() == 1


def test_a_note_has_a_length(alarm: Alarm, county: County) -> None:
    with pytest.raises(MonitoringError, match="200"):
        acknowledge(alarm, actor=county.officer, now=NOW, note="长" * 201)


def test_alarms_are_seen_in_scope_only(alarm: Alarm, county: County) -> None:
    seen = {
        name: Alarm.objects.visible_to(getattr(county, name)).exists()
        for name in ("officer", "worker", "townsman", "regulator", "stranger")
    }
    assert seen == {
        "officer": True,
        "worker": True,
        "townsman": True,
        "regulator": False,
        "stranger": False,
    }
    assert alarm.territory.startswith(COUNTY)


def test_a_flood_of_red_alarms_is_told_by_a_handful_of_queries(plant: Plant) -> None:
    rules = [_red_rule(plant, n) for n in range(30)]
    costs = []
    for part in (rules[:10], rules[10:]):
        events = [(rule.pk, raised(rule)) for rule in part]
        with CaptureQueriesContext(connection) as queries:
            record_episodes(events, now=NOW)
        costs.append(len(queries))
    assert Notice.objects.count() == 30 * 3
    assert costs[1] <= costs[0] <= 64  # two dozen of them colour the plant anew


def _red_rule(plant: Plant, n: int) -> AlarmRule:
    officer = plant.county.officer
    tag = add_tag(plant.device, actor=officer, now=NOW, code=f"t{n}", name=f"测点{n}", unit="%")
    return add_rule(tag, actor=officer, now=NOW, kind="hh", severity="red", limit=1.5)
