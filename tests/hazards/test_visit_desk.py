"""A visit at a desk: its checks, what was found there with photos, and its papers, by ordinary forms."""

from __future__ import annotations

import re
from typing import Any

import pytest

from anwei.cases.models import Evidence
from anwei.hazards.models import Check, Hazard, Visit, VisitFile, VisitHazard, VisitPaper
from anwei.standards.hazards.criteria import criteria_of
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, picture
from tests.hazards.inspecting import Team, act, page, plan, team
from tests.hazards.phoning import grave, items


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


@pytest.fixture
def visit(crew: Team) -> Visit:
    planned = plan(crew)
    act(crew.first, planned, "begin")
    return planned


def finding(**told: Any) -> dict[str, Any]:
    sent = {
        "item": "",
        "description": "电工无证上岗",
        "place": "配电室",
        "criterion": "",
        "reason": "",
        "order": "",
        "due_on": "",
        "requirement": "持证上岗",
        "measures": "",
        "key": "desk-form-1",
        "evidence": picture(),
        **told,
    }
    return {f"found-{name}": value for name, value in sent.items()}


def fail(crew: Team, visit: Visit, item: str) -> None:
    assert act(crew.first, visit, "check", **{f"result-{item}": "failed"}).status_code == 302


def test_a_failed_item_proposes_its_criterion_and_a_person_confirms(crew: Team, visit: Visit) -> None:
    item, criterion = grave(visit)
    fail(crew, visit, item.id)
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    (proposed,) = re.findall(
        r'<optgroup label="不合格项对应的条款（建议重大）">(.*?)</optgroup>', shown, re.S
    )
    assert f'value="{criterion}"' in proposed and "施行" in proposed
    told = finding(item=item.id, criterion=criterion, is_major="on", order="dated", due_on=LATER.isoformat())
    assert act(crew.first, visit, "hazard", **told).status_code == 302
    hazard = Hazard.objects.get()
    assert (hazard.grade, hazard.criterion, hazard.due_on) == ("major", criterion, LATER)
    assert Check.objects.get().hazard == hazard and VisitHazard.objects.get().clause
    assert VisitFile.objects.get().item == item.id and Evidence.objects.get().case_id == hazard.pk
    act(crew.first, visit, "end", finding="一项")
    assert VisitPaper.objects.filter(number__template="visit_order").exists()
    assert hazard.number in page(crew.safe.county.boss, f"/inspections/{visit.pk}/")


def test_the_same_form_again_files_nothing_more(crew: Team, visit: Visit) -> None:
    for _again in range(2):
        assert act(crew.first, visit, "hazard", **finding()).status_code == 302
    assert Hazard.objects.count() == VisitHazard.objects.count() == VisitFile.objects.count() == 1


def test_a_criterion_that_is_replaced_is_shown_as_such_and_refused(crew: Team, visit: Visit) -> None:
    old = next(row for row in criteria_of("chemical") if not row.usable(visit.planned_on))
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    (barred,) = re.findall(r'<optgroup label="不得用于新的判定">(.*?)</optgroup>', shown, re.S)
    assert f'value="{old.id}"' in barred
    told = finding(criterion=old.id, is_major="on", order="dated", due_on=LATER.isoformat())
    answer = act(crew.first, visit, "hazard", **told)
    assert answer.status_code == 422 and "不能据以定级" in answer.content.decode()
    assert not Hazard.objects.exists()


def test_strangers_file_nothing_and_a_visit_that_is_over_takes_no_more_checks(
    crew: Team, visit: Visit
) -> None:
    assert act(crew.townsman, visit, "hazard", **finding()).status_code == 403
    assert act(crew.safe.county.boss, visit, "hazard", **finding()).status_code == 403
    assert not VisitFile.objects.exists()
    act(crew.first, visit, "end", finding="未发现问题")
    item = items(visit)[0].id
    act(crew.first, visit, "check", **{f"result-{item}": "ok"})
    assert not Check.objects.exists()  # it waits, like everything that comes late
    assert "有两种回答，待定" in page(crew.first, f"/inspections/{visit.pk}/")
