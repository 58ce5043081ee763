"""Findings become early warnings exactly once, one live for a tag; people judge them, clocks end them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.html import strip_tags
from time_machine import TimeMachineFixture

from anwei.cases.today import said
from anwei.ledgers.desk import heaps_of
from anwei.ledgers.models import Change
from anwei.monitoring.columns import moment
from anwei.monitoring.foresight import LIVE, pressing, reason
from anwei.monitoring.models import AlarmRule, Forecast, Position
from anwei.monitoring.reading import clock
from anwei.monitoring.register import snapshot
from anwei.monitoring.services import (
    MonitoringError,
    NotAllowed,
    end_past,
    forecasts,
    give_verdict,
    mark_important,
    record_findings,
)
from anwei.monitoring.services.positions import FINDINGS, REGISTER, position
from anwei.org.models import Person
from tests.kernel.county import NOW
from tests.monitoring.foresight import Finding, after, anomaly, drift, judged
from tests.monitoring.plant import Plant, build


def test_a_drift_becomes_a_row_with_its_owner_its_time_and_its_reason(plant: Plant) -> None:
    [row] = record_findings([(7, drift(plant.hh))], now=NOW)
    assert (row.tag, row.site, row.territory, row.sector) == (plant.tag, plant.site, "999001101", "chemical")
    assert (row.limit_kind, row.limit, row.probability) == ("hh", 1.5, 0.93)
    assert (row.at, row.expected_at, row.ended_at) == (NOW, after(30), None)
    assert reason(row, after(10)) == (
        "最近 29 分钟持续上升，每分钟 0.02，发现时 0.9，按此将达到限值 1.5；"
        f"{clock(NOW)} 发现，预计 {clock(after(30))}（{clock(after(26))} 至 {clock(after(36))}），还有 20 分钟"
    )
    assert reason(row, after(31)).endswith("预计时间已过")
    assert position(FINDINGS) == 7


def _in_time(findings: list[Finding]) -> None:
    """Write findings a minute after each was found."""
    for number, one in enumerate(findings, 1):
        record_findings([(number, one)], now=moment(one["at"]) + timedelta(minutes=1))


def test_findings_that_come_again_change_nothing(plant: Plant) -> None:
    findings = [(1, drift(plant.h)), (2, drift(plant.h, minutes=37))]
    record_findings(findings, now=after(38))
    before = list(Forecast.objects.values())
    assert record_findings(findings, now=after(39)) == []
    Position.objects.filter(name=FINDINGS).update(value=1)
    record_findings(findings[:1], now=after(39))
    assert list(Forecast.objects.values()) == before


def test_a_tag_has_one_live_row_however_often_it_is_found(plant: Plant) -> None:
    findings = [
        drift(plant.h),
        anomaly(plant.tag, minutes=5),
        drift(plant.h, minutes=37, ahead=12, value=1.2),
    ]
    _in_time(findings)
    row = Forecast.objects.get()
    assert (row.repeats, row.at, row.last_at, row.value) == (2, NOW, after(37), 1.2)
    assert row.expected_at == after(49)


def test_a_drift_takes_the_place_of_an_anomaly_and_a_graver_limit_that_of_a_lesser(plant: Plant) -> None:
    findings = [anomaly(plant.tag), drift(plant.h, minutes=3), drift(plant.hh, minutes=20)]
    _in_time([*findings, drift(plant.h, minutes=40)])
    odd, lesser, live = Forecast.objects.order_by("at")
    assert (odd.kind, odd.ended_at is None) == ("anomaly", False)
    assert (lesser.limit_kind, lesser.ended_at is None, lesser.outcome) == ("h", False, "")
    assert (live.kind, live.limit_kind, live.at, live.repeats) == ("drift", "hh", after(20), 1)


@pytest.mark.parametrize(("reached_after", "outcome"), [(15, "reached"), (None, "not_reached")])
def test_what_became_of_the_lesser_limit_is_kept(
    plant: Plant, reached_after: float | None, outcome: str
) -> None:
    first = drift(plant.h)
    findings = [first, drift(plant.hh, minutes=10), judged(first, reached_after=reached_after)]
    record_findings(list(enumerate(findings, 1)), now=after(20))
    assert Forecast.objects.get(limit_kind="h").outcome == outcome
    assert (Forecast.objects.get(limit_kind="hh").outcome, Forecast.objects.filter(LIVE).count()) == ("", 1)


def test_what_the_past_taught_is_no_news(plant: Plant) -> None:
    assert record_findings([(1, drift(plant.hh, minutes=-400))], now=NOW) == []
    assert not Forecast.objects.exists() and position(FINDINGS) == 1


def test_a_row_ends_when_the_limit_is_reached_or_its_time_is_over(plant: Plant) -> None:
    first = drift(plant.hh)
    record_findings([(1, first), (2, judged(first, reached_after=28))], now=after(29))
    row = Forecast.objects.get()
    assert (row.outcome, row.reached_at, row.ended_at) == ("reached", after(28), after(28))
    second = drift(plant.hh, minutes=90)
    record_findings([(3, second)], now=after(91))
    latest = 90 + 36
    assert end_past(after(latest + 1)) == 0
    assert end_past(after(latest + 3)) == 1  # of itself, by its own latest time
    row = Forecast.objects.order_by("-at")[0]
    assert (row.outcome, row.reached_at) == ("not_reached", None)
    record_findings([(4, judged(second, reached_after=50))], now=after(150))
    row = Forecast.objects.order_by("-at")[0]
    assert (row.outcome, row.reached_at) == ("reached", after(140))  # late, but it came


def test_one_judged_not_reached_ends_and_one_found_again_waits_for_its_last_judgement(plant: Plant) -> None:
    first, again = drift(plant.hh), drift(plant.hh, minutes=25)
    _in_time([first, again])
    assert record_findings([(3, judged(first, reached_after=None))], now=after(35)) == []
    assert Forecast.objects.get().ended_at is None
    [row] = record_findings([(4, judged(again, reached_after=None))], now=after(58))  # before its latest time
    assert (row.outcome, row.ended_at) == ("not_reached", after(58))


def test_what_a_late_process_finds_does_not_stand_when_its_time_is_over(plant: Plant) -> None:
    late = [drift(plant.hh), anomaly(plant.tag, minutes=2)]
    [first, second] = record_findings(list(enumerate(late, 1)), now=after(123))
    assert (first.ended_at, first.outcome, first.came_late) == (after(123), "", True)
    assert (second.kind, second.ended_at, Forecast.objects.filter(LIVE).exists()) == (
        "anomaly", after(123), False,
    )  # fmt: skip
    [first] = record_findings([(3, judged(late[0], reached_after=28))], now=after(124))
    assert (first.outcome, first.came_late) == ("reached", False)
    record_findings([(4, drift(plant.hh, minutes=122))], now=after(124))
    record_findings([(5, drift(plant.hh, minutes=125, ahead=5))], now=after(200))  # found again, and too late
    live = Forecast.objects.get(at=after(122))
    assert (live.repeats, live.expected_at, live.ended_at) == (1, after(130), after(200))


def test_one_found_again_after_its_latest_time_was_not_reached(plant: Plant) -> None:
    _in_time([drift(plant.hh), drift(plant.hh, minutes=45)])
    first, again = Forecast.objects.order_by("at")
    assert (first.outcome, first.ended_at, again.ended_at) == ("not_reached", after(38), None)


def test_who_watches_says_what_came_of_it_and_a_false_one_ends(plant: Plant) -> None:
    [row] = record_findings([(1, drift(plant.hh))], now=NOW)
    with pytest.raises(MonitoringError, match="为什么是误报"):
        give_verdict(row, actor=plant.county.worker, now=after(5), verdict="false")
    with pytest.raises(MonitoringError, match="请选择"):
        give_verdict(row, actor=plant.county.worker, now=after(5), verdict="perhaps")
    with pytest.raises(NotAllowed):
        give_verdict(row, actor=plant.county.stranger, now=after(5), verdict="true")
    row = give_verdict(row, actor=plant.county.worker, now=after(5), verdict="false", reason="正在标校")
    assert (row.ended_at, row.verdict_by, row.verdict_reason) == (after(5), plant.county.worker, "正在标校")
    change = Change.objects.get(register="monitoring.forecast")
    assert (change.verb, change.actor) == ("judge", plant.county.worker)


def test_what_a_person_says_meanwhile_stays(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The background has read the row, somebody judges it, the background writes it back."""
    (row,) = record_findings([(1, drift(plant.h))], now=NOW)
    made = forecasts._row

    def meanwhile(*asked: Any) -> Forecast:
        if not Forecast.objects.get(pk=row.pk).verdict:
            give_verdict(row, actor=plant.county.officer, now=after(5), verdict="false", reason="检修")
        return made(*asked)

    monkeypatch.setattr(forecasts, "_row", meanwhile)
    record_findings([(2, drift(plant.h, minutes=6))], now=after(6))
    row.refresh_from_db()
    assert (row.verdict, row.ended_at, row.repeats) == ("false", after(5), 1)


def test_the_database_keeps_one_live_row_a_tag(plant: Plant) -> None:
    [row] = record_findings([(1, anomaly(plant.tag))], now=NOW)
    row.pk, row.at = None, after(9)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def waits(person: Person) -> list[str]:
    heaps = [heap for heap in heaps_of(person, NOW, 5) if str(heap.kind.label) == "早期预警"]
    return [line.detail for heap in heaps for line in heap.lines]


def test_a_drift_to_a_limit_of_gravity_waits_on_the_desks_of_those_who_keep_watch_or_regulate(
    plant: Plant,
) -> None:
    record_findings([(1, drift(plant.h))], now=NOW)
    assert waits(plant.county.worker) == []  # yellow, and it opens nothing
    AlarmRule.objects.filter(pk=plant.h.pk).update(severity="orange")
    assert len(waits(plant.county.worker)) == 1
    AlarmRule.objects.filter(pk=plant.h.pk).update(severity="yellow", opens_warning=True)
    assert len(waits(plant.county.worker)) == 1
    AlarmRule.objects.filter(pk=plant.h.pk).update(enabled=False)
    assert waits(plant.county.worker) == []
    record_findings([(2, drift(plant.hh, minutes=2))], now=after(3))
    for person in (plant.county.officer, plant.county.worker):
        assert [line[:6] for line in waits(person)] == ["最近 29 "]
    assert waits(plant.county.regulator) == []  # of coal
    Forecast.objects.update(sector="coal")
    assert len(waits(plant.county.regulator)) == 1
    Forecast.objects.update(probability=0.4)  # of a tag with two false ones: shown, but nobody is asked
    assert waits(plant.county.officer) == []
    Forecast.objects.update(probability=0.6)
    assert waits(plant.county.stranger) == [] and waits(plant.county.townsman) == []
    give_verdict(Forecast.objects.get(LIVE), actor=plant.county.officer, now=after(4), verdict="true")
    assert waits(plant.county.worker) == []


def test_the_nearest_and_the_gravest_are_told_among_the_sentences_of_the_day(
    plant: Plant, time_machine: TimeMachineFixture
) -> None:
    def told() -> list[tuple[str, str]]:
        found = said(plant.county.officer, after(3))
        return [(one.severity, strip_tags(one.text)) for one in found if "预计" in one.text]

    near = build(plant.county, code="gas-2", h_opens=True)
    record_findings([(1, drift(plant.hh, ahead=38)), (2, drift(near.h, ahead=23.5))], now=NOW)
    assert told() == [
        ("orange", f"{plant.county.enterprise} {plant.tag} 预计 35 分钟后到 1.5 %（高高限），可能性 93%。"),
        ("yellow", f"{plant.county.enterprise} {near.tag} 预计 20 分钟后到 1 %（高限），可能性 93%。"),
    ]
    assert len(waits(plant.county.officer)) == 2
    first, second = pressing(plant.county.officer)
    assert (first.colour, second.colour) == ("red", "yellow")
    Forecast.objects.filter(pk=first.pk).update(expected_at=after(20))
    time_machine.move_to(after(22))
    [lines] = [heap.lines for heap in heaps_of(plant.county.officer, after(22), 5) if heap.n == 2]
    assert [line.row for line in lines] == [second, first]  # that of the gravest should have come by now
    Forecast.objects.filter(pk=first.pk).update(expected_at=after(38))
    Forecast.objects.filter(pk=second.pk).update(probability=0.4)
    assert [severity for severity, _text in told()] == ["orange"]
    AlarmRule.objects.update(severity="blue", opens_warning=False)
    assert told() == []


def test_an_important_tag_is_marked_by_registrars_and_published(plant: Plant) -> None:
    with pytest.raises(NotAllowed):
        mark_important(plant.tag, actor=plant.county.worker, now=NOW, important=True)
    before = position(REGISTER)
    mark_important(plant.tag, actor=plant.county.officer, now=NOW, important=True)
    mark_important(plant.tag, actor=plant.county.officer, now=NOW, important=True)
    assert position(REGISTER) == before + 1
    assert snapshot().tags.important == [True]
    assert Change.objects.filter(verb="mark").count() == 1
