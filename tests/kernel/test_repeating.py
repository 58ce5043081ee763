"""A duty that comes again: the quarterly report of a major hazard, re-armed each time it was met."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from anwei.cases.models import Case, Entry
from anwei.cases.services import advance
from anwei.cases.sweep import sweep
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.deadlines import deadline
from tests.kernel.county import NOW, County, open_overhaul
from tests.kernel.overhauls import order_papers

REPORT = deadline("hazard.quarterly_statistics")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COUNTY_TIME)


@pytest.fixture
def case(county: County) -> Case:
    hazard = open_overhaul(county, is_major=True)
    papers: Any = order_papers(county.boss)
    return advance(hazard, "order", actor=county.officer, now=NOW, **papers)


def dues(case: Case) -> list[tuple[datetime, datetime | None]]:
    return [(clock.due_at, clock.met_at) for clock in case.clocks.filter(name=REPORT.what).order_by("due_at")]


@pytest.mark.parametrize(
    ("reported", "next_due"),
    [
        ("2026-12-28 10:00", "2027-04-16 00:00"),  # before the quarter is over: counts for this one only
        ("2027-01-10 10:00", "2027-04-16 00:00"),
        ("2027-01-20 10:00", "2027-04-16 00:00"),  # late
    ],
)
def test_each_report_arms_the_next(county: County, case: Case, reported: str, next_due: str) -> None:
    assert NOW.year == 2026 and NOW.month > 9
    assert dues(case) == [(moment("2027-01-16 00:00"), None)]
    at = moment(reported)
    case = advance(case, "report", actor=county.worker, now=at)
    assert dues(case) == [(moment("2027-01-16 00:00"), at), (moment(next_due), None)]
    running = case.clocks.get(name=REPORT.what, met_at=None)
    assert (running.started_at, running.first_due_at) == (at, moment(next_due))
    assert (running.citation, running.confidence) == (REPORT.citation, REPORT.confidence)
    again = advance(case, "report", actor=county.worker, now=moment("2027-04-10 09:00"))
    assert dues(again)[-1] == (moment("2027-07-16 00:00"), None)


def test_a_repeated_clock_climbs_its_own_ladder_and_closing_ends_it(county: County, case: Case) -> None:
    case = advance(case, "report", actor=county.worker, now=moment("2027-01-10 09:00"))
    sweep(moment("2027-01-17 09:00"))
    overdue = Entry.objects.filter(case=case, verb="overdue", content__clock=REPORT.what)
    assert not overdue.exists()  # the first was met
    sweep(moment("2027-04-16 00:01"))
    assert overdue.count() == 1
    late = moment("2027-04-17 09:00")
    case = advance(Case.objects.get(pk=case.pk), "finish", actor=county.worker, now=late)
    advance(case, "close", actor=county.officer, now=late + timedelta(hours=1), finding="好")
    assert not Case.objects.get(pk=case.pk).clocks.filter(met_at=None).exists()


def test_a_daily_follow_up_is_counted_from_the_last_one() -> None:
    rule = deadline("accident.follow_up").clock(starts_on=("open",), met_by="follow_up")
    met, due = moment("2026-11-25 09:00"), moment("2026-11-27 00:00")
    assert rule.repeats and rule.due(rule.next_start(met, due)) == due
