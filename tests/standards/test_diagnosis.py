"""应急〔2018〕19号: its table against the source, every edge of a colour, direct red, what cannot be answered."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.standards.risk.diagnosis import Diagnosis, diagnose, next_review
from anwei.standards.risk.diagnosis_table import PROVINCIAL, table
from anwei.standards.risk.grades import BLUE, ORANGE, RED, YELLOW, Grade
from anwei.standards.sentences import Sentence, Unassessable
from tests.standards.shared import needs_shared, shared_table

NOTHING = {code: 0 if question.per else False for code, question in table().questions().items()}


def _diagnose(**answers: Any) -> Diagnosis:
    """Diagnose an enterprise to which nothing applies but these answers ("r1_2_3" for 1.2-3)."""
    return diagnose({**NOTHING, **answers})


def _said(sentences: tuple[Sentence, ...]) -> str:
    return "\n".join(f"{sentence.clause} {sentence.said(str)}" for sentence in sentences)


@needs_shared
def test_every_row_is_that_of_the_source() -> None:
    source = shared_table("emerg2018_19_chem_enterprise_rating.toml")
    assert [(item.no, item.name, item.category, item.points) for item in table().items] == [
        (row["no"], row["name_zh"], row["category_zh"], row["points"]) for row in source["item"]
    ]
    for item, row in zip(table().items, source["item"], strict=True):
        assert [(rule.words, rule.deduct, rule.bonus, rule.per) for rule in item.rules] == [
            (
                rule["zh"],
                Fraction(str(rule.get("deduct", 0))),
                Fraction(str(rule.get("bonus", 0))),
                rule.get("per", ""),
            )
            for rule in row["rules"]
        ]
    assert list(table().direct_red.values()) == [row["zh"] for row in source["direct_red"]]
    assert [(lowest, grade.key) for lowest, grade in table().bands] == [
        (row.get("min_incl", 0), row["color"]) for row in source["grade"]
    ]
    assert (table().full_score, table().review_years, table().document) == (
        source["full_score"],
        source["review_years"],
        source["document"],
    )


def test_the_points_of_all_items_are_one_hundred() -> None:
    assert sum(item.points for item in table().items) == table().full_score


def test_an_enterprise_to_which_nothing_applies_has_100_points() -> None:
    found = diagnose(NOTHING)
    assert (found.score, found.grade, found.settled, found.missing) == (100, BLUE, True, ())


@pytest.mark.parametrize(
    ("answers", "score", "grade"),
    [
        ({"1.1-1": True}, "90", BLUE),
        ({"1.1-1": True, "1.2-3": 1}, "89.9", YELLOW),
        ({"1.1-1": True, "2-2": True, "4-3": True}, "75", YELLOW),
        ({"1.1-1": True, "2-2": True, "4-3": True, "1.2-3": 1}, "74.9", ORANGE),
        ({"1.1-1": True, "2-2": True, "3-2": True, "5-1": True}, "60", ORANGE),
        ({"1.1-1": True, "2-2": True, "3-2": True, "5-1": True, "1.2-3": 1}, "59.9", RED),
    ],
)
def test_every_edge_of_a_colour(answers: dict[str, Any], score: str, grade: Grade) -> None:
    found = _diagnose(**answers)
    assert (found.score, found.grade) == (Fraction(score), grade)


def test_an_item_deducts_no_more_than_its_points() -> None:
    found = _diagnose(**{"6-1": 2, "6-2": 3})
    assert found.score == 85
    assert "6 人员资质 本项 15 分，扣完为止：应扣 25 分，实扣 15 分" in _said(found.steps)


def test_everything_at_once_leaves_no_points_and_never_fewer() -> None:
    worst = {
        rule.code: rule.at_most if rule.per else True
        for item in table().items
        for rule in item.rules
        if rule.deduct
    }
    assert (_diagnose(**worst).score, _diagnose(**worst).grade) == (0, RED)


def test_a_bonus_in_an_item_does_not_restore_points_that_are_used_up() -> None:
    """3: 15 due of 10 points, 2 added: 100 - 10 + 2."""
    assert _diagnose(**{"3-1": True, "3-2": True, "3-3": True}).score == 92


def test_a_total_above_100_is_shown_as_100_and_said() -> None:
    found = _diagnose(**{"9-1": True, "8-1": True})
    assert (found.total, found.score, found.grade) == (118, 100, BLUE)
    assert "原文未说明总分超过 100 分如何处理，按 100 分计" in _said(found.steps)


@pytest.mark.parametrize("code", table().direct_red)
def test_each_direct_red_item_is_red_whatever_the_score(code: str) -> None:
    found = diagnose({code: True})
    assert (found.score, found.grade, found.direct_red, found.settled) == (100, RED, (code,), True)
    assert "得分 100，因直接判定情形为红色（重大风险）" in _said(found.steps)


def test_each_deduction_has_its_clause() -> None:
    found = _diagnose(**{"1.2-2": 2, "7-2": True, "8-1": True})
    assert _said(found.steps).splitlines() == [
        "1.2 物质危险性 生产、储存(含管道输送)氯气、光气等吸入性剧毒化学品(实验室化学试剂除外)，2 种：扣 4 分",
        "7 管理制度 动火、进入受限空间等特殊作业管理制度不符合国家标准或未有效执行：扣 10 分",
        "8 应急配备 企业自设专职消防应急队伍：加 3 分",
        " 总分 = 100 − 14 + 3 = 89",
        " 得分 89，黄色（一般风险）",
    ]


def test_what_is_not_answered_is_named_and_leaves_the_colour_open() -> None:
    found = diagnose({"1.1-4": True, "9-7": None})
    assert (found.score, found.grade, found.settled) == (96, BLUE, False)
    assert len(found.missing) == len(NOTHING) - 1
    assert "9-7" in [question.code for question in found.missing]
    assert f"还有 {len(NOTHING) - 1} 项未回答" in _said(found.confirm)


def test_what_a_person_must_confirm() -> None:
    assert "须由省级组织开展评估诊断" in _said(_diagnose(**{PROVINCIAL: True}).confirm)
    several = _diagnose(**{"1.1-3": True, "1.1-4": True})
    assert several.score == 90
    assert "存在多个级别的重大危险源" in _said(several.confirm)
    assert "存在多个级别" not in _said(_diagnose(**{"1.1-3": True}).confirm)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"10-1": True}, "没有编号为“10-1”的项目"),
        ({"1.1-1": 1}, "只能回答是或否，不能是“1”"),
        ({"1.2-1": True}, "只能是 0 至 9999 的整数，不能是“True”"),
        ({"1.2-1": -1}, "不能是“-1”"),
        ({"1.2-1": 1.5}, "不能是“1.5”"),
        ({"1.3-1": 19}, "只能是 0 至 18 的整数，不能是“19”"),
        ({"9-1": True, "9-2": True}, "“安全生产标准化一级”与“安全生产标准化二级”不能同时成立"),
        (
            {"9-7": True, "9-5": True},
            "“五年内未发生安全事故”与“三年内发生过1起安全事故造成1-2人死亡”不能同时成立",
        ),
        ({"9-7": True, "red-4": True}, "“五年内未发生安全事故”与“三年内发生过重大以上安全事故"),
    ],
)
def test_what_cannot_be_is_refused(answers: dict[str, Any], said: str) -> None:
    with pytest.raises(Unassessable) as error:
        diagnose(answers)
    assert said in str(error.value)


def test_the_next_review_is_after_three_years() -> None:
    assert next_review(date(2026, 11, 29)) == date(2029, 11, 29)
    assert next_review(date(2024, 2, 29)) == date(2027, 2, 28)


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        code: st.integers(0, min(question.at_most, 6)) if question.per else st.booleans()
        for code, question in table().questions().items()
        if code not in ("9-1", "9-2", "9-7")
    },
)


@settings(max_examples=80, deadline=None)
@given(ANSWERS)
def test_the_score_is_the_points_of_its_lines(answers: dict[str, Any]) -> None:
    found = diagnose(answers)
    deducted = Fraction(0)
    for item in table().items:
        own = -sum(line.points for line in found.lines if line.clause == item.clause and line.points < 0)
        deducted += min(item.points, Fraction(own))
    assert found.total == 100 - deducted + sum(line.points for line in found.lines if line.points > 0)
    assert 0 <= found.score <= 100
    assert {question.code for question in found.missing} == set(NOTHING) - set(answers)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, st.data())
def test_one_more_deduction_never_raises_the_score(answers: dict[str, Any], data: st.DataObject) -> None:
    codes = [code for code, rule in table().rules().items() if rule.deduct]
    code = data.draw(st.sampled_from(codes))
    more = int(answers.get(code, 0)) + 1 if table().rules()[code].per else True
    assert diagnose({**answers, code: more}).score <= diagnose(answers).score
