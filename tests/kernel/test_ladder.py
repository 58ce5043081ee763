"""The ladder: who is told at which moment, once, whoever sweeps and however often."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from anwei.cases import ladder
from anwei.cases.events import OVERDUE
from anwei.cases.models import Case, Clock, Entry, Notice, RungReached
from anwei.cases.queries import timeline
from anwei.cases.services import advance
from anwei.cases.sweep import sweep
from anwei.ledgers import seal
from anwei.ledgers.services import change_setting
from anwei.org.models import Post, Unit
from anwei.org.services import delegate, dismiss
from anwei.standards.calendar import CALENDAR
from anwei.standards.ladders import LADDERS, default_ladders, ladders
from tests.kernel.county import COUNTY, NOW, County, build, in_post, open_overhaul, open_repair
from tests.kernel.overhauls import order_papers
from tests.kernel.test_engine import ordered

DUE = datetime(2026, 12, 10, 16, 0, tzinfo=UTC)  # of `ordered`
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def codes(case: Case) -> list[str]:
    return list(RungReached.objects.filter(case=case.pk).order_by("pk").values_list("code", flat=True))


def told(case: Case) -> list[set[str]]:
    """Who was told at each rung, in order."""
    rungs = RungReached.objects.filter(case=case.pk).order_by("pk")
    return [
        {notice.person.username for notice in Notice.objects.filter(key=f"rung-{rung.pk}")} for rung in rungs
    ]


def test_the_whole_ladder_of_a_hazard(county: County) -> None:
    case = ordered(county)
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    in_post("secretary", Post.objects.create(unit=office, kind="officer", title="综合岗"))
    for moment, expected in (
        (DUE - 3 * DAY, []),
        (DUE - 3 * DAY + HOUR, ["remind"]),
        (DUE - HOUR, ["remind_last"]),
        (DUE, []),  # the last moment is in time
        (DUE + HOUR, ["overdue"]),
        (DUE + DAY + HOUR, ["overdue_daily"]),
        (DUE + 2 * DAY + HOUR, ["overdue_daily"]),
        (DUE + 7 * DAY + HOUR, ["overdue_daily", "supervise"]),
        (DUE + 15 * DAY + HOUR, ["overdue_daily", "warn"]),
    ):
        before = len(codes(case))
        assert sweep(moment).n_rungs == len(expected), moment
        assert codes(case)[before:] == expected, moment
        assert sweep(moment).n_rungs == 0  # nothing twice
    people = dict(zip(codes(case), told(case), strict=True))
    assert people["remind"] == {"worker", "officer"}
    assert people["overdue"] == {"worker", "officer", "boss"}
    assert people["supervise"] == people["warn"] | {"officer"} == {"boss", "officer", "secretary"}
    assert (
        Notice.objects.get(key__startswith="rung", person__username="secretary", text__contains="督办").level
        == "red"
    )
    lines = [str(line.line) for line in timeline(case)]
    assert "“大修”超期，已通知甲化工厂 安全科长、测试县应急管理局 值班岗、甲化工厂 厂长" in lines
    assert seal.verify().first_broken is None


def test_after_a_night_without_the_worker_nobody_gets_yesterday_s_mail(county: County) -> None:
    case = ordered(county)
    assert sweep(DUE + 3 * DAY + HOUR).n_rungs == 2
    assert codes(case) == ["overdue", "overdue_daily"]  # no reminders any more, one daily rung for three days
    assert list(RungReached.objects.values_list("occurrence", flat=True).order_by("pk")) == [0, 2]
    assert sweep(DUE + 4 * DAY + HOUR).n_rungs == 1


def test_what_is_done_in_time_or_closed_climbs_no_further(county: County) -> None:
    case = advance(ordered(county), "finish", actor=county.worker, now=NOW)
    assert [clock.name for clock in case.clocks.filter(met_at=None)] == ["验收"]
    advance(case, "close", actor=county.officer, now=NOW, finding="好")
    assert sweep(DUE + 30 * DAY).n_rungs == 0


def test_a_clock_too_short_for_a_reminder_gets_none(county: County) -> None:
    papers = order_papers(county.boss) | {"until": date(2026, 11, 26)}  # not three days from now
    case = advance(open_overhaul(county), "order", actor=county.officer, now=NOW, **papers)
    sweep(NOW + HOUR)
    assert codes(case) == []
    sweep(datetime(2026, 11, 26, 12, 0, tzinfo=UTC))
    assert codes(case) == ["remind_last"]


def test_a_kind_without_a_ladder_tells_whose_turn_it_is(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    assert sweep(NOW + HOUR).n_rungs == 1
    assert told(case) == [{"worker"}]


def test_a_vacant_post_is_answered_for_by_the_post_above_and_the_entry_says_so(county: County) -> None:
    case = ordered(county)
    dismiss(county.worker.holdings.get(), actor=None, now=NOW, last_on=NOW.date(), reason="调离")
    sweep(DUE - 3 * DAY + HOUR)
    assert told(case) == [{"boss", "officer"}]  # the principal for the vacant safety post
    entry = Entry.objects.get(case=case, verb="remind")
    assert entry.content["vacant"] == ["甲化工厂 安全科长"]
    assert "（甲化工厂 安全科长空缺）" in str(timeline(case)[-1].line)


def test_where_nobody_stands_above_the_supervisor_hears_of_it(county: County) -> None:
    case = ordered(county)
    for person in (county.worker, county.boss):
        dismiss(person.holdings.get(), actor=None, now=NOW, last_on=NOW.date(), reason="调离")
    sweep(DUE + HOUR)
    assert told(case) == [{"officer"}]
    assert Entry.objects.get(case=case, verb=OVERDUE).content["vacant"] == [
        "甲化工厂 安全科长",
        "甲化工厂 厂长",
    ]


def test_a_deputy_is_told_too(county: County) -> None:
    case, deputy = ordered(county), in_post("deputy")
    terms = {"principal": county.worker, "deputy": deputy, "from_at": NOW, "to_at": DUE}
    delegate(county.safety, **terms, reason="出差", actor=county.worker, now=NOW)
    sweep(DUE - 3 * DAY + HOUR)
    assert told(case) == [{"worker", "deputy", "officer"}]


def test_a_county_sets_its_own_rungs(county: County) -> None:
    case = ordered(county)
    own = {"hazard": [{"code": "five", "act": "remind", "label": "到期前5日", "to": ["turn"], "level": "info", "limit": 5, "before": True}]}  # fmt: skip
    change_setting(LADDERS, own, default={}, actor=county.officer, now=NOW, reason="县规定")
    sweep(DUE - 5 * DAY + HOUR)
    assert codes(case) == ["five"] and sweep(DUE + 30 * DAY).n_rungs == 0


@pytest.mark.parametrize(
    "change",
    [
        {"to": []},
        {"to": ["mayor"]},
        {"act": "shout"},
        {"level": "purple"},
        {"unit": "week"},
        {"share": 1.5},
        {"every": 1, "before": True, "limit": 1},
        {"before": True},
        {"colour": "red"},
    ],
)
def test_a_rung_that_cannot_be(change: dict[str, Any]) -> None:
    row: dict[str, Any] = {"code": "x", "act": "remind", "label": "x", "to": ["turn"], "level": "info"}
    with pytest.raises(ValueError, match=r"不成立|没有这些项"):
        ladders({"hazard": [row | change]})
    with pytest.raises(ValueError, match="代码相同"):
        ladders({"hazard": [row, row]})
    with pytest.raises(KeyError):
        ladders({"no_such": [row]})


def test_every_ladder_of_the_product_is_marked_as_changeable() -> None:
    assert {row.confidence for row in default_ladders().values()} == {"TEMPLATE"}
    assert all("可改" in row.citation for row in default_ladders().values())


def test_a_year_that_gets_published_is_reckoned_again(county: County) -> None:
    new_year = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
    case = advance(ordered(county), "finish", actor=county.worker, now=new_year)
    clock = case.clocks.get(name="验收")
    assert clock.provisional and clock.due_at == datetime(2027, 1, 5, 16, 0, tzinfo=UTC)  # 31, 4, 5 January
    assert sweep(new_year).n_recounted == 0  # nothing is known yet
    notice = {"2027": {"document": "国办发明电", "holidays": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"}], "workdays": ["2027-01-10"]}}  # fmt: skip
    change_setting(CALENDAR, notice, default={}, actor=county.officer, now=new_year, reason="国办通知")
    assert sweep(new_year).n_recounted == 1
    clock.refresh_from_db()
    assert not clock.provisional and clock.due_at == datetime(2027, 1, 5, 16, 0, tzinfo=UTC)
    assert not Entry.objects.filter(case=case, verb="recounted").exists()  # it fell on the same day
    Clock.objects.filter(pk=clock.pk).update(provisional=True)
    notice["2027"]["holidays"] = [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-04"}]
    change_setting(CALENDAR, notice, default={}, actor=county.officer, now=new_year, reason="更正")
    assert sweep(new_year).n_recounted == 1
    moved = Case.objects.get(pk=case.pk)
    assert moved.deadline == datetime(2027, 1, 6, 16, 0, tzinfo=UTC)
    assert "改为 2027-01-07 00:00 到期" in str(timeline(moved)[-1].line)


def test_a_sweep_that_is_killed_leaves_nothing_half_done(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ordered(county)

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ladder, "tell", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(DUE + HOUR)
    assert codes(case) == [] and not Entry.objects.filter(case=case, verb=OVERDUE).exists()
    assert sweep(DUE + HOUR).n_rungs == 1
    assert told(case) == [{"worker", "officer", "boss"}]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once() -> None:
    county = build()
    cases = [ordered(county) for _n in range(5)]
    start, n_rungs = threading.Barrier(3), []

    def work() -> None:
        try:
            start.wait()
            n_rungs.append(sweep(DUE + HOUR).n_rungs)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(n_rungs) == len(cases)
    assert Entry.objects.filter(verb=OVERDUE).count() == len(cases)
    assert Notice.objects.filter(key__startswith="rung").count() == 3 * len(cases)
    assert seal.verify().first_broken is None
