"""Checklist items: every row with its source, the criteria it proposes, short lists for small places."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from anwei.standards.hazards.checklists import GRADES, checklist, checklist_items, short_checklist
from anwei.standards.hazards.criteria import criteria
from anwei.standards.law.register import sources
from anwei.standards.law.tables import rows
from anwei.standards.sectors import sector_named, sectors
from tests.standards.shared import PROCEDURES, needs_shared, shared_rows

TODAY = date(2026, 11, 29)
SPELT_OUT = {  # the collected rows abbreviate the name of a law, so that it could not be linked
    "CK-FW-07": "烟花爆竹生产经营安全规定第18条；烟花爆竹安全管理条例第15条",
    "CK-FW-12": "烟花爆竹安全管理条例第18条；烟花爆竹生产经营安全规定第11条、第13条、第28条",
}


@needs_shared
def test_every_row_and_field_is_that_of_the_source() -> None:
    collected = [
        {**row, "legal_basis": SPELT_OUT.get(row["id"], row["legal_basis"])}
        for row in shared_rows("checklist_items.csv", PROCEDURES)
    ]
    assert rows("checklist_items.csv") == collected
    assert len(collected) == len(checklist_items()) == 108
    for row, found in zip(collected, checklist_items().values(), strict=True):
        for name in row.keys() - {"sector", "grade_if_failed", "major_hazard_ids"}:
            assert getattr(found, name) == row[name], (row["id"], name)
        assert found.sector == sector_named(row["sector"]).code
        assert GRADES[found.grade_if_failed] == row["grade_if_failed"]
        assert ";".join(found.major_hazard_ids) == row["major_hazard_ids"]


def test_every_item_cites_a_law_and_only_criteria_that_exist() -> None:
    held = {row.id for row in criteria()}
    for item in checklist_items().values():
        assert item.source_id in sources() and item.legal_basis and item.evidence, item.id
        assert set(item.major_hazard_ids) <= held, item.id
        assert bool(item.major_hazard_ids) == (item.grade_if_failed != "general"), item.id
    assert Counter(item.grade_if_failed for item in checklist_items().values()) == {
        "depends": 61,
        "general": 38,
        "major": 9,
    }


def test_a_failed_item_proposes_the_criteria_that_hold_on_the_day() -> None:
    item = checklist_items()["CK-COAL-05"]
    assert [row.id for row in item.proposed(TODAY)] == ["COAL-04-03", "COAL-20-06"]
    assert item.proposed(date(2026, 6, 30)) == ()  # the day before the standard came into force
    assert checklist_items()["CK-COAL-02"].proposed(TODAY) == ()
    for each in checklist_items().values():
        assert [row.id for row in each.proposed(TODAY)] == list(each.major_hazard_ids), each.id


def test_every_sector_has_its_twelve() -> None:
    for code in sectors():
        assert len(checklist(code)) == 12
        assert {item.sector for item in checklist(code)} == {code}
    with pytest.raises(KeyError):
        checklist("fishing")


def test_a_small_place_is_asked_ten_things_that_it_has() -> None:
    asked = short_checklist("fire")
    assert len(asked) == 10 and len({item.id for item in asked}) == 10
    assert asked[0].area == "疏散通道" and "餐饮用气" in {item.area for item in asked}
    assert not {"控制室", "防火巡查"} & {item.area for item in asked}
    assert short_checklist("fire", at_most=3) == asked[:3]


def test_without_a_list_of_its_own_the_gravest_are_asked_first() -> None:
    for code in set(sectors()) - {"fire"}:
        asked = short_checklist(code)
        order = [list(GRADES).index(item.grade_if_failed) for item in asked]
        assert len(asked) == 10 and order == sorted(order)
        assert {item.id for item in asked} <= {item.id for item in checklist(code)}
    assert len(short_checklist("coal", at_most=50)) == 12
    with pytest.raises(ValueError):
        short_checklist("coal", at_most=0)
