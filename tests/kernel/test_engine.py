"""What a table may ask for besides words and photos: needs of every kind, children, guards, withdrawal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from anwei.cases.errors import MissingPaper, NotYet, NotYourTurn
from anwei.cases.forms import TransitionForm
from anwei.cases.kinds import register
from anwei.cases.models import Case, Entry
from anwei.cases.queries import rows_for, timeline, transitions_for
from anwei.cases.services import advance
from tests.kernel.county import NOW, County, in_post, open_overhaul, open_repair
from tests.kernel.overhauls import KIND, LIFE, UNTIL, order_papers


def ordered(county: County) -> Case:
    return advance(open_overhaul(county), "order", actor=county.officer, now=NOW, **order_papers(county.boss))


def test_needs_of_every_kind_write_their_columns_and_their_line(county: County) -> None:
    papers = order_papers(county.boss) | {"helper": county.principal}
    case = advance(open_overhaul(county), "order", actor=county.officer, now=NOW, **papers)
    case.refresh_from_db()
    assert (case.until, case.budget, case.promised) == (UNTIL, Decimal("12.50"), True)
    assert (case.engineer, case.helper) == (county.boss, county.principal)
    assert dict(timeline(case)[-1].papers) == {
        "完成期限": "2026-12-10",
        "经费": "12.5",
        "已书面告知": "是",
        "技术负责人": "boss",
        "配合岗位": "甲化工厂 厂长",
    }
    county.boss.full_name = "改名"
    county.boss.save()
    assert dict(timeline(case)[-1].papers)["技术负责人"] == "boss"  # the record keeps the name of that day


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"until": None}, "完成期限"),
        ({"budget": ""}, "经费"),
        ({"promised": False}, "已书面告知"),
        ({"engineer": None}, "技术负责人"),
    ],
)
def test_each_missing_need_is_named(county: County, change: dict[str, Any], named: str) -> None:
    with pytest.raises(MissingPaper, match=named):
        advance(
            open_overhaul(county),
            "order",
            actor=county.officer,
            now=NOW,
            **order_papers(county.boss) | change,
        )


def test_nothing_is_a_number_too(county: County) -> None:
    papers = order_papers(county.boss) | {"budget": 0}
    case = advance(open_overhaul(county), "order", actor=county.officer, now=NOW, **papers)
    assert case.budget == 0


def test_a_value_of_another_kind_is_a_mistake_of_the_caller(county: County) -> None:
    for change in ({"until": "2026-12-10"}, {"engineer": county.duty}):
        with pytest.raises(TypeError):
            advance(
                open_overhaul(county),
                "order",
                actor=county.officer,
                now=NOW,
                **order_papers(county.boss) | change,
            )


def test_the_form_has_a_field_for_each_kind(county: County) -> None:
    case = open_overhaul(county)
    row = LIFE.transitions[0]
    form = TransitionForm.fresh(row, case.version, case=case)
    people = {str(person) for person in form.fields["engineer"].queryset}  # type: ignore[attr-defined]
    assert people == {"boss", "worker", "officer", "townsman", "regulator"}  # not the other enterprise's
    data = {"version": 1, "key": "k", "until": "2026-12-10", "budget": "12.5", "promised": "on"}
    filled = TransitionForm(row, {**data, "engineer": county.boss.pk, "helper": ""}, case=case)
    assert filled.is_valid(), filled.errors
    assert filled.papers == order_papers(county.boss) | {"helper": None}
    case = advance(case, "order", actor=county.officer, now=NOW, **filled.papers)
    assert case.phase == "acting"
    assert not TransitionForm(row, {**data, "engineer": county.stranger.pk}, case=case).is_valid()


def test_a_parent_waits_for_its_children(county: County) -> None:
    parent = ordered(county)
    child = open_repair(county, parent=parent)
    with pytest.raises(NotYet, match=child.number):
        advance(parent, "finish", actor=county.worker, now=NOW)
    rows = dict(rows_for(parent, county.worker, now=NOW))
    assert [obstacle for row, obstacle in rows.items() if row.verb == "finish"] == [
        f"下级事项尚未办结：{child.number}。"
    ]
    assert [row.verb for row in transitions_for(parent, county.worker, now=NOW)] == ["report"]
    Case.objects.filter(pk=child.pk).update(phase="closed", outcome="repaired", closed_at=NOW)
    assert advance(parent, "finish", actor=county.worker, now=NOW).phase == "review"


def test_a_guard_refuses_with_its_sentence_until_the_fact_is_gone(county: County) -> None:
    case = advance(ordered(county), "finish", actor=county.worker, now=NOW)
    type(case).objects.filter(pk=case.pk).update(under_pressure=True)
    with pytest.raises(NotYet, match="罐内仍有压力"):
        advance(case, "close", actor=county.officer, now=NOW, finding="好")
    assert case.entries.count() == 3
    type(case).objects.filter(pk=case.pk).update(under_pressure=False)
    assert advance(case, "close", actor=county.officer, now=NOW, finding="好").outcome == "done"


def test_a_case_is_taken_back_by_a_second_person_with_a_reason_and_kept(county: County) -> None:
    case = open_overhaul(county)
    with pytest.raises(NotYourTurn, match="立案的人不能自行撤回"):
        advance(case, "withdraw", actor=county.officer, now=NOW, reason="重复立案")
    assert "withdraw" not in {row.verb for row, _obstacle in rows_for(case, county.officer, now=NOW)}
    second = in_post("second", county.duty)
    with pytest.raises(MissingPaper, match="撤回理由"):
        advance(case, "withdraw", actor=second, now=NOW)
    case = advance(case, "withdraw", actor=second, now=NOW + timedelta(hours=1), reason="重复立案")
    assert (case.phase, case.outcome) == ("closed", "withdrawn")
    assert Entry.objects.get(case=case, verb="withdraw").content["reason"] == "重复立案"


@pytest.mark.parametrize(
    "change",
    [
        {"guards": {"no_verb": lambda case, now: None}},
        {"effects": {"no_verb": print}},
        {"ladder": "no_ladder"},
    ],
)
def test_a_guard_an_effect_or_a_ladder_of_nothing_is_refused(change: dict[str, Any]) -> None:
    from dataclasses import replace

    with pytest.raises(ImproperlyConfigured, match="no_"):
        register(replace(KIND, code="x", prefix="XX", **change))
