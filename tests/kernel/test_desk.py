"""Whose turn, which buttons, whose desk; clocks, pace and the sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anwei.cases.models import Case, Clock, Entry
from anwei.cases.pace import clock_views
from anwei.cases.queries import phase_strip, timeline, transitions_for, turn_of, work_list
from anwei.cases.services import advance
from anwei.cases.sweep import OVERDUE, sweep
from anwei.ledgers.models import GlobalHead
from anwei.org.models import Person
from anwei.org.services import appoint
from anwei.standards.clocks import ClockRule, default_warning_clocks, warning_clocks
from tests.kernel.county import NOW, County, open_repair, photo
from tests.kernel.test_advance import to_review

HOUR = timedelta(hours=1)


def buttons(case: Case, person: object) -> list[str]:
    return [row.verb for row in transitions_for(case, person, now=NOW)]  # type: ignore[arg-type]


def test_what_one_did_elsewhere_is_out_of_sight_after_a_move(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW)
    advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[photo()])
    assert work_list(county.worker, NOW).done.count() == 1
    county.worker.holdings.all().delete()
    appoint(county.worker, county.stranger.holdings.get().post, actor=None, now=NOW)
    moved = Person.objects.get(pk=county.worker.pk)
    assert work_list(moved, NOW).done.count() == 0


def test_buttons_and_turn(county: County) -> None:
    case = open_repair(county)
    assert turn_of(case) == county.duty
    assert buttons(case, county.officer) == ["order"]
    assert buttons(case, county.worker) == []
    case = advance(case, "order", actor=county.officer, now=NOW)
    assert turn_of(case) == county.safety
    assert buttons(case, county.worker) == ["sign"]
    case = to_review(county)
    assert buttons(case, county.officer) == ["inspect", "return_back"]  # close waits for inspect
    case = advance(case, "inspect", actor=county.officer, now=NOW, finding="好")
    assert buttons(case, county.officer) == ["inspect", "close", "return_back"]
    appoint(county.worker, county.duty, actor=None, now=NOW)
    assert buttons(case, county.worker) == []  # their own work
    case = advance(case, "close", actor=county.officer, now=NOW)
    assert turn_of(case) is None and buttons(case, county.officer) == []


def test_desk(county: County) -> None:
    late, soon, undated = (open_repair(county, title=title) for title in ("甲", "乙", "丙"))
    soon = advance(soon, "order", actor=county.officer, now=NOW)
    late = advance(late, "order", actor=county.officer, now=NOW - timedelta(hours=1))
    closed = to_review(county)
    closed = advance(closed, "inspect", actor=county.officer, now=NOW, finding="好")
    closed = advance(closed, "close", actor=county.officer, now=NOW)

    desk = work_list(county.worker, NOW)
    assert [case.title for case in desk.todo] == ["甲", "乙"]  # the overdue one first
    assert desk.todo[0].deadline < NOW < desk.todo[1].deadline  # type: ignore[operator]
    assert [case.title for case in desk.informed] == ["丙"]
    assert [case.pk for case in desk.done] == [closed.pk]

    desk = work_list(county.officer, NOW)
    assert [case.pk for case in desk.todo] == [undated.pk]
    assert [case.title for case in desk.informed] == ["乙", "甲"]
    assert list(desk.done)[-1].pk == late.pk and {case.pk for case in desk.done} == {
        late.pk,
        soon.pk,
        closed.pk,
    }

    desk = work_list(county.boss, NOW)
    assert (desk.todo.count(), desk.informed.count(), desk.done.count()) == (0, 3, 0)
    desk = work_list(county.stranger, NOW)
    assert (desk.todo.count(), desk.informed.count(), desk.done.count()) == (0, 0, 0)


def test_strip_and_timeline(county: County) -> None:
    case = to_review(county)
    assert [(step.label, step.state) for step in phase_strip(case)] == [
        ("待下达", "done"),
        ("待签收", "done"),
        ("维修中", "done"),
        ("待验收", "now"),
        ("已办结", "ahead"),
    ]
    assert [step.at for step in phase_strip(case)] == [
        NOW, NOW, NOW + timedelta(minutes=5), NOW + timedelta(hours=1), None,
    ]  # fmt: skip
    case = advance(case, "inspect", actor=county.officer, now=NOW, finding="好")
    case = advance(case, "close", actor=county.officer, now=NOW)
    assert phase_strip(case)[-1].label == "已修好"
    lines = timeline(case)
    assert [line.line for line in lines] == ["待下达", "已下达", "已签收", "已报完成", "已现场核查", "已销号"]
    assert lines[3].papers == (("办法", "维修"),) and len(lines[3].entry.evidence.all()) == 1
    assert lines[4].papers == (("核查情况", "好"),)


def finished(county: County, hours: float) -> None:
    case = open_repair(county)
    case = advance(case, "order", actor=county.officer, now=NOW - timedelta(days=1))
    signed_at = NOW - timedelta(days=1) + timedelta(minutes=10)
    case = advance(case, "sign", actor=county.worker, now=signed_at)
    done_at = NOW - timedelta(days=1) + timedelta(hours=hours)
    taken = replace(photo(), taken_at=done_at)
    advance(case, "finish", actor=county.worker, now=done_at, way="repair", evidence=[taken])


def test_a_breach_is_foretold_by_the_unit_s_own_pace(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    sign, finish = clock_views(case, NOW)
    assert (sign.clock.name, sign.remaining, sign.state) == ("签收", timedelta(minutes=30), "running")
    assert finish.will_be_missed is None and finish.n_past == 0  # nothing is foretold from nothing
    for hours in (2, 3, 5, 6, 7):
        finished(county, hours)
    sign, finish = clock_views(case, NOW)
    assert sign.will_be_missed is False and sign.expected_at == NOW + timedelta(minutes=10)
    assert (
        finish.will_be_missed is True
        and finish.expected_at == NOW + timedelta(hours=5)
        and finish.n_past == 5
    )
    sign, finish = clock_views(case, NOW + timedelta(hours=3, minutes=30))
    assert (sign.state, sign.will_be_missed, sign.remaining) == ("overdue", True, timedelta(hours=-3))
    assert finish.expected_at == NOW + timedelta(hours=6)
    case = advance(case, "sign", actor=county.worker, now=NOW + timedelta(hours=1))
    finish, sign = clock_views(case, NOW + timedelta(hours=1))
    assert (sign.state, sign.remaining) == ("met_late", timedelta(minutes=-30))
    assert finish.clock.name == "完成"


def test_a_limit_set_again_can_only_come_earlier(county: County) -> None:
    case = to_review(county)
    case = advance(case, "return_back", actor=county.officer, now=NOW, reason="漏")
    clock = Clock.objects.get(case=case, name="完成", met_at=None)
    case = advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[photo()])
    case = advance(case, "return_back", actor=county.officer, now=NOW, reason="漏")
    again = Clock.objects.get(case=case, name="完成", met_at=None)
    assert again.pk != clock.pk and again.due_at == NOW + timedelta(hours=4)


def test_a_running_clock_can_only_be_made_earlier(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW)
    case = advance(case, "remark", actor=None, now=NOW + timedelta(hours=1))
    clock = Clock.objects.get(case=case, met_at=None)
    assert (clock.started_at, clock.due_at, clock.citation) == (NOW, NOW + timedelta(hours=3), "加急依据")
    assert case.deadline == clock.due_at
    case = advance(case, "remark", actor=None, now=NOW + timedelta(hours=2))
    assert case.deadline == NOW + timedelta(hours=3)


def test_sweep_enters_each_missed_clock_once_and_seals_the_hour(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    swept = sweep(NOW + timedelta(minutes=30))
    assert (swept.n_overdue, swept.sealed) == (0, True)  # the last moment is still in time
    assert sweep(NOW + timedelta(minutes=31)).n_overdue == 1
    again = sweep(NOW + timedelta(minutes=32))
    assert (again.n_overdue, again.sealed) == (0, False)
    entry = Entry.objects.get(case=case, verb=OVERDUE)
    assert (
        entry.actor is None and entry.content["clock"] == "签收" and entry.content["citation"] == "测试依据"
    )
    assert (entry.from_phase, entry.to_phase) == ("assigned", "assigned")
    assert sweep(NOW + timedelta(hours=5)).n_overdue == 1
    assert GlobalHead.objects.count() == 2
    case = advance(case, "sign", actor=county.worker, now=NOW + timedelta(hours=5))  # late is not forbidden
    assert case.phase == "acting"


@pytest.mark.parametrize(
    ("level", "sign", "dispose", "redispose", "confirm", "times"),
    [
        ("red", timedelta(minutes=10), HOUR, timedelta(minutes=30), HOUR, 0),
        ("orange", timedelta(minutes=30), 4 * HOUR, 2 * HOUR, 4 * HOUR, 0),
        ("yellow", 2 * HOUR, 24 * HOUR, 12 * HOUR, 24 * HOUR, 1),
        ("blue", 14 * HOUR, 14 * HOUR, 38 * HOUR, 86 * HOUR, 1),  # from 10:00 in the county until a midnight
    ],
)
def test_warning_clocks(
    level: str, sign: timedelta, dispose: timedelta, redispose: timedelta, confirm: timedelta, times: int
) -> None:
    rules = {rule.key: rule for rule in warning_clocks(level)}
    due = {"sign": sign, "dispose": dispose, "redispose": redispose, "confirm": confirm}
    assert {key: rule.due(NOW) - NOW for key, rule in rules.items()} == due
    extended = {key: rule.extension.times for key, rule in rules.items() if rule.extension}
    assert extended == ({"dispose": times} if times else {})
    assert {rule.confidence for rule in rules.values()} == {"TEMPLATE"}
    assert all("可改" in rule.citation for rule in rules.values())


def test_the_day_ends_at_the_county_s_midnight() -> None:
    rule = default_warning_clocks()["blue"][0]
    before = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert rule.due(before) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert rule.due(before + timedelta(seconds=1)) == datetime(2027, 1, 1, 16, 0, tzinfo=UTC)


def test_a_county_changes_a_limit() -> None:
    own = {"red": {"sign": {"limit": 5, "unit": "minute", "citation": "县安委办〔2026〕3号"}}}
    rules = {rule.key: rule for rule in warning_clocks("red", own)}
    assert rules["sign"].due(NOW) == NOW + timedelta(minutes=5)
    assert (rules["sign"].citation, rules["sign"].confidence) == ("县安委办〔2026〕3号", "COUNTY")
    assert rules["dispose"] == default_warning_clocks()["red"][1]
    with pytest.raises(ValueError, match="not a limit"):
        warning_clocks("red", {"red": {"sign": {"limit": 0, "unit": "minute"}}})
    with pytest.raises(ValueError, match="not a limit"):
        ClockRule("x", ("open",), "sign", 1, "fortnight", "", "")
    with pytest.raises(KeyError):
        warning_clocks("purple")
