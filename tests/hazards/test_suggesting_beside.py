"""Beside the form: what the description points to, by which words, what that was worth; never chosen by itself."""

from __future__ import annotations

import re

from anwei.org.models import Person
from anwei.standards.hazards.criteria import criteria_of
from anwei.standards.hazards.suggesting import suggest_criteria, suggest_sector
from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in

NOTHING = "天气晴朗万里无云"


def beside(person: Person, **asked: object) -> str:
    answer = signed_in(person).get("/hazards/beside/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_criterion_is_suggested_with_words_and_worth_and_not_chosen(safe: Safe) -> None:
    plant = safe.county.enterprise.pk
    text = next(row.text for row in criteria_of("chemical") if suggest_criteria(row.text, "chemical"))
    best = suggest_criteria(text, "chemical")[0]
    shown = beside(safe.inspector, enterprise=plant, description=text)
    assert "按描述建议" in shown and best.criterion.id in shown and "很接近" in shown
    assert f"同样接近的 {best.worth.n} 条里 {best.worth.right} 条对" in shown and best.words[0] in shown
    assert re.findall(r'value="([^"]*)"[^>]*checked', shown) == [""]
    chosen = beside(safe.inspector, enterprise=plant, description=text, criterion=best.criterion.id)
    assert re.findall(r'value="([^"]*)"[^>]*checked', chosen) == [best.criterion.id]
    assert chosen.count(f'value="{best.criterion.id}"') == 1
    searched = beside(safe.inspector, enterprise=plant, description=text, q=best.criterion.id)
    assert searched.count(f'value="{best.criterion.id}"') == 1


def test_words_that_are_near_to_nothing_suggest_nothing(safe: Safe) -> None:
    shown = beside(safe.inspector, enterprise=safe.county.enterprise.pk, description=NOTHING)
    assert "按描述建议" not in shown and "data-sector" not in shown


def test_where_no_enterprise_is_chosen_the_sector_is_suggested(safe: Safe) -> None:
    text = "采煤工作面瓦斯超限，未停止作业，瓦斯抽采系统没有运行"
    found = suggest_sector(text)
    assert found is not None and found.sector == "coal"
    shown = beside(safe.inspector, elsewhere=1, description=text)
    assert 'data-sector="coal"' in shown and found.words[0] in shown and "没有测过" in shown
    assert "data-sector" not in beside(safe.inspector, elsewhere=1, description=text, sector="coal")
    assert "data-sector" not in beside(safe.inspector, enterprise=safe.county.enterprise.pk, description=text)
    form = signed_in(safe.inspector).get("/hazards/new/?elsewhere=1").content.decode()
    assert 'id="id_sector"' in form and "suggested.js" in form
