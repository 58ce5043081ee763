"""The live colour: its reasons, what lowers it (by every way to lower it), and rules that a county may change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.standards.risk.bands import Unusable
from anwei.standards.risk.grades import BLUE, GRADES, ORANGE, RED, YELLOW, Grade
from anwei.standards.risk.live_colour import Fact, LiveColour, live_colour
from anwei.standards.risk.live_rules import ColourRules, default_rules, fact_kinds, read_rules
from anwei.standards.risk.trial import Day, try_rules

ALARM = {"fact": "alarms_red", "at_least": 1, "to": "red"}


def _colour(static: Grade, rules: ColourRules | None = None, **counts: int) -> LiveColour:
    return live_colour(static, [Fact(key, count) for key, count in counts.items()], rules or default_rules())


def _down(found: LiveColour) -> str:
    step = found.one_step_down
    return "；".join([step.explanation.said(str), *(change.sentence.said(str) for change in step.changes)])


def test_without_facts_the_colour_is_the_static_grade() -> None:
    for grade in GRADES:
        found = _colour(grade, alarms_red=0)
        assert (found.grade, found.reasons, found.others) == (grade, (), ())


@pytest.mark.parametrize(
    ("static", "counts", "colour"),
    [
        (BLUE, {"alarms_red": 1}, RED),
        (BLUE, {"alarms_orange": 3}, ORANGE),
        (BLUE, {"alarms_yellow": 4}, YELLOW),
        (BLUE, {"alarms_yellow": 5}, ORANGE),
        (BLUE, {"alarms_blue": 4}, BLUE),
        (BLUE, {"alarms_blue": 5}, YELLOW),
        (BLUE, {"major_hazards_overdue": 1}, RED),
        (BLUE, {"licences_expired": 2}, ORANGE),
        (BLUE, {"no_responsible_person": 1}, YELLOW),
        (YELLOW, {"no_responsible_person": 1}, ORANGE),
        (RED, {"no_responsible_person": 1}, RED),
        (YELLOW, {"special_work": 2}, ORANGE),
        (BLUE, {"installation_level_1": 1}, ORANGE),
        (BLUE, {"no_responsible_person": 1, "special_work": 1, "monitoring_lost": 1}, YELLOW),
        (ORANGE, {"alarms_yellow": 9}, ORANGE),
    ],
)
def test_facts_raise_by_the_rules_of_the_product(
    static: Grade, counts: dict[str, int], colour: Grade
) -> None:
    assert _colour(static, **counts).grade == colour


def test_reasons_are_the_facts_that_made_the_colour_with_sentence_and_link() -> None:
    facts = [
        Fact("alarms_orange", 1, "1号罐液位 4.2 m", "/alarms/1"),
        Fact("alarms_orange", 1, "2号罐压力 1.7 MPa", "/alarms/2"),
        Fact("hazards_overdue", 1, "逾期 3 天", "/cases/9"),
    ]
    found = live_colour(BLUE, facts, default_rules())
    assert [(reason.kind.key, reason.count, reason.grade) for reason in found.reasons] == [
        ("alarms_orange", 2, ORANGE)
    ]
    assert [fact.link for fact in found.reasons[0].facts] == ["/alarms/1", "/alarms/2"]
    assert [(reason.kind.key, reason.grade) for reason in found.others] == [("hazards_overdue", YELLOW)]
    stored = found.to_json()
    assert (stored["grade"], stored["static"], stored["version"]) == (
        "orange",
        "blue",
        default_rules().version,
    )
    assert stored["reasons"][0]["facts"][1] == {
        "count": 1,
        "sentence": "2号罐压力 1.7 MPa",
        "link": "/alarms/2",
    }
    assert stored["one_step_down"]["changes"][0]["to_count"] == 0


def test_reasons_stand_in_the_order_in_which_facts_are_declared() -> None:
    found = _colour(BLUE, special_work=1, monitoring_lost=1, installation_level_2=1, alarms_red=1)
    assert [reason.kind.key for reason in found.others] == [
        "monitoring_lost",
        "special_work",
        "installation_level_2",
    ]


def test_one_step_down_is_said_in_words() -> None:
    assert _down(_colour(BLUE, alarms_yellow=7)) == (
        "以下各项都办到，降为黄色；黄色报警由 7 降到 4：处置险情，使数值回到正常"
    )
    assert _down(_colour(BLUE, alarms_red=2, major_hazards_overdue=1, licences_expired=1)) == (
        "以下各项都办到，降为橙色；红色报警由 2 降到 0：处置险情，使数值回到正常；"
        "逾期未整改的重大隐患由 1 降到 0：完成整改并销号"
    )
    assert (
        _down(_colour(YELLOW, no_responsible_person=1)) == "以下各项都办到，降为黄色；没有责任人：明确责任人"
    )


def test_where_facts_leave_no_colour_between_it_says_to_which_it_falls() -> None:
    found = _colour(BLUE, alarms_red=1)
    assert (found.grade, found.one_step_down.grade) == (RED, BLUE)
    assert _down(found).startswith("以下各项都办到，降为蓝色")


def test_where_the_static_grade_holds_the_colour_it_says_so() -> None:
    assert _down(_colour(ORANGE, alarms_orange=2)) == ("静态等级即为橙色，须重新评估、降低静态等级才能下降")
    assert _down(_colour(BLUE)) == "已是最低一级"


def test_a_change_of_the_plant_itself_is_marked() -> None:
    down = _colour(BLUE, installation_level_1=1).one_step_down.to_json()
    assert [(change["key"], change["lasting"]) for change in down["changes"]] == [
        ("installation_level_1", True)
    ]


def test_a_fact_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="no such fact: smell"):
        _colour(BLUE, smell=1)
    with pytest.raises(ValueError, match="must not be negative"):
        _colour(BLUE, alarms_red=-1)


KEYS = ("alarms_red", "alarms_yellow", "hazards_overdue", "no_responsible_person", "special_work")


@st.composite
def _rule_sets(draw: st.DrawFn) -> ColourRules:
    """Draw rules that hold, of a few facts, up to two of each and of both kinds."""
    rules: list[dict[str, Any]] = []
    for key in KEYS:
        flag = fact_kinds()[key].kind == "flag"
        most = 1 if flag else 2
        starts = sorted(draw(st.lists(st.integers(1, 1 if flag else 4), max_size=most, unique=True)))
        heights = sorted(
            draw(st.lists(st.integers(2, 4), min_size=len(starts), max_size=len(starts), unique=True))
        )
        for start, height in zip(starts, heights, strict=True):
            to = {"to": next(grade.key for grade in GRADES if grade.rank == height)}
            rules.append({"fact": key, "at_least": start, **to})
        if draw(st.booleans()):
            at_least = 1 if flag else draw(st.integers(1, 4))
            rules.append({"fact": key, "at_least": at_least, "by": draw(st.integers(1, 3))})
    return read_rules({"version": "t", "rules": rules or [ALARM]})


COUNTS = st.fixed_dictionaries(
    {key: st.integers(0, 1 if fact_kinds()[key].kind == "flag" else 5) for key in KEYS}
)


def _grade(static: Grade, counts: Mapping[str, int], rules: ColourRules) -> Grade:
    return _colour(static, rules, **counts).grade


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GRADES), COUNTS, st.one_of(st.just(default_rules()), _rule_sets()))
def test_one_step_down_is_right_against_every_way_to_lower_the_facts(
    static: Grade, counts: dict[str, int], rules: ColourRules
) -> None:
    found = _colour(static, rules, **counts)
    step = found.one_step_down
    # A grade changes only where a count passes the start of a rule: these counts stand for all.
    edges = {key: {n, *(r.at_least - 1 for r in rules.rules if r.fact == key)} for key, n in counts.items()}
    choices = [sorted(n for n in edges[key] if n <= counts[key]) for key in counts]
    ways = [dict(zip(counts, way, strict=True)) for way in product(*choices)]
    lower = [grade for way in ways if (grade := _grade(static, way, rules)).rank < found.grade.rank]
    if not step.changes:
        assert not lower
        assert step.grade == found.grade == static
        return
    applied = {change.kind.key: change.to_count for change in step.changes}
    assert _grade(static, {**counts, **applied}, rules) == step.grade
    assert step.grade.rank == max(grade.rank for grade in lower)
    assert set(applied) == {reason.kind.key for reason in found.reasons}
    for size in range(len(applied)):
        for part in combinations(applied, size):
            some = {**counts, **{key: applied[key] for key in part}}
            assert _grade(static, some, rules) == found.grade
    for key, to_count in applied.items():
        one_more = {**counts, **applied, key: to_count + 1}
        assert _grade(static, one_more, rules) == found.grade


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GRADES), COUNTS, st.one_of(st.just(default_rules()), _rule_sets()))
def test_reasons_make_the_colour_and_nothing_else_does(
    static: Grade, counts: dict[str, int], rules: ColourRules
) -> None:
    found = _colour(static, rules, **counts)
    assert bool(found.reasons) == (found.grade != static)
    alone = {reason.kind.key: reason.count for reason in found.reasons}
    assert _grade(static, alone, rules) == found.grade
    without = {key: count for key, count in counts.items() if key not in alone}
    assert not alone or _grade(static, without, rules).rank < found.grade.rank
    assert all(static.rank < other.grade.rank < found.grade.rank for other in found.others)


def test_the_rules_of_the_product_can_be_read_again() -> None:
    assert read_rules(default_rules().to_json()) == default_rules()
    assert {rule.fact for rule in default_rules().rules} == set(fact_kinds())


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "一条规则也没有"),
        ("x", "一条规则也没有"),
        (["x"], "#1 不是一条规则"),
        ([ALARM, {"fact": "smell", "to": "red"}], "#2 没有“smell”这项事实"),
        ([{"fact": "alarms_red"}], "#1 “升到”（to）与“升几级”（by）要写且只写一个"),
        ([{**ALARM, "by": 1}], "要写且只写一个"),
        ([{**ALARM, "to": "green"}], "没有“green”这一等级"),
        ([{**ALARM, "to": "blue"}], "升到最低一级等于没有升级"),
        ([{"fact": "alarms_red", "by": 4}], "升级数“4”不是 1 至 3 的整数"),
        ([{"fact": "alarms_red", "by": True}], "升级数“True”不是"),
        ([{**ALARM, "at_least": 0}], "起算数“0”不是 1 至 9999 的整数"),
        ([{**ALARM, "at_least": "2"}], "起算数“2”不是"),
        (
            [{"fact": "no_responsible_person", "at_least": 2, "by": 1}],
            "“没有责任人”只有是与否，起算数只能是 1",
        ),
        ([{**ALARM, "when": "now"}], "#1 没有这些设置：when"),
        ([ALARM, {**ALARM, "to": "orange"}], "“红色报警”从 1 起的规则有两条"),
        ([ALARM, {**ALARM, "at_least": 3}], "“红色报警”从 3 起的规则不比从 1 起的更高，不会起作用"),
    ],
)
def test_rules_that_do_not_hold_are_refused_with_the_reason(rules: Any, said: str) -> None:
    with pytest.raises(Unusable) as error:
        read_rules({"version": "1", "rules": rules})
    assert said in str(error.value)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(Unusable) as error:
        read_rules({"rules": [{"fact": "smell", "to": "red"}, {"fact": "alarms_red"}], "name": "x"})
    assert [problem.clause for problem in error.value.problems] == ["", "", "#1", "#2"]


def test_a_candidate_is_tried_on_days_gone_by() -> None:
    days = [
        Day("甲", date(2026, 11, 1), BLUE, [Fact("alarms_yellow", 1)]),
        Day("甲", date(2026, 11, 2), BLUE, [Fact("alarms_yellow", 5)]),
        Day("乙", date(2026, 11, 1), ORANGE, []),
    ]
    candidate = read_rules({"version": "c", "rules": [{"fact": "alarms_yellow", "at_least": 3, "to": "red"}]})
    found = try_rules(days, default_rules(), candidate)
    assert found.before == {RED: 0, ORANGE: 2, YELLOW: 1, BLUE: 0}
    assert found.after == {RED: 1, ORANGE: 1, YELLOW: 0, BLUE: 1}
    assert [(d.day.subject, d.day.day.day, d.before, d.after) for d in found.differences] == [
        ("甲", 1, YELLOW, BLUE),
        ("甲", 2, ORANGE, RED),
    ]
