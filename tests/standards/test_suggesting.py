"""Suggestions of criteria and sectors: right where they are near, silent where they are not, superseded never."""

from __future__ import annotations

import pytest

from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.hazards.criteria import criteria
from anwei.standards.hazards.suggesting import NEAR, RIDES, suggest_criteria, suggest_sector
from anwei.standards.law.register import SUPERSEDED


def test_a_finding_in_other_words_points_to_its_criterion_and_says_why() -> None:
    best = suggest_criteria("掘进工作面瓦斯浓度超过1%，没有停止作业", "coal")[0]
    assert best.criterion.id in {"COAL-05-01", "COAL-05-02"}
    assert any("工作面" in word for word in best.words) and best.worth.right > best.worth.n / 2


def test_a_heading_points_to_its_situations_and_takes_no_place_from_them() -> None:
    found = suggest_criteria("瓦斯超限仍在作业", "coal")
    assert len(found) == 3 and {one.criterion.scene for one in found} == {"瓦斯超限作业"}
    assert not any(one.criterion.not_alone for one in found)


def test_a_ride_is_suggested_only_where_it_is_named() -> None:
    text = "主要通风机备用电机缺失"
    assert suggest_criteria(text, "coal")[0].criterion.id == "COAL-08-02"
    assert not any(one.criterion.scene in RIDES for one in suggest_criteria(text, "coal", 20))
    assert suggest_criteria("索道备用电源不能启动", "coal")[0].criterion.id == "SE-48-04"


def test_what_is_near_to_no_criterion_is_not_suggested() -> None:
    assert suggest_criteria("灭火器过期", "fire") == []
    assert suggest_sector("请尽快处理谢谢") is None


def test_criteria_that_were_replaced_are_not_suggested_for_their_own_words() -> None:
    replaced = [one for one in criteria() if one.status == SUPERSEDED]
    assert replaced
    for old in replaced[:20]:
        assert all(one.criterion.status != SUPERSEDED for one in suggest_criteria(old.text))


def test_the_worth_shown_is_what_the_checklist_items_give() -> None:
    asked = [(item, suggest_criteria(item.item, item.sector, 1)) for item in checklist_items().values()]
    near = [(item, found[0]) for item, found in asked if found and found[0].nearness >= NEAR[2]]
    worth = near[0][1].worth
    assert worth.n == len(near)
    assert worth.right == sum(found.criterion.id in item.major_hazard_ids for item, found in near)
    assert worth.right / worth.n > 0.9


@pytest.mark.parametrize(
    ("text", "sector"),
    [("隔壁作坊存放烟花爆竹没有许可证", "fireworks"), ("井下掘进工作面瓦斯超限还在作业", "coal")],
)
def test_a_complaint_without_an_enterprise_points_to_its_sector(text: str, sector: str) -> None:
    found = suggest_sector(text)
    assert found is not None and found.sector == sector and found.words


def test_an_unknown_sector_is_refused() -> None:
    with pytest.raises(KeyError):
        suggest_criteria("瓦斯", "nothing")
