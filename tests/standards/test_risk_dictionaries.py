"""Dictionaries of risk: hazard factors as a tree, accident types by day, classes of chemicals, processes."""

from __future__ import annotations

from datetime import date

import pytest

from anwei.standards.risk.accident_types import CHANGE, accident_type, accident_types, successors
from anwei.standards.risk.chemicals import ghs_classes, hazardous_processes
from anwei.standards.risk.hazard_factors import EFFECTIVE, children, hazard_factors, path, search
from tests.standards.shared import needs_shared, shared_rows

LAST_OLD_DAY = date(2026, 6, 30)


@needs_shared
def test_every_hazard_factor_is_that_of_the_source() -> None:
    rows = shared_rows("gbt13861_2022_hazard_factor.csv")
    assert [(f.code, f.parent, str(f.level), f.name, f.english) for f in hazard_factors().values()] == [
        (row["code"], row["parent"], row["level"], row["name_zh"], row["name_en"]) for row in rows
    ]
    register = {row["id"]: row for row in shared_rows("standards_register.csv")}
    assert register["GB/T 13861-2022"]["effective"] == EFFECTIVE.isoformat()


def test_the_factors_are_a_tree_whose_codes_say_their_place() -> None:
    assert [factor.name for factor in children()] == ["人的因素", "物的因素", "环境因素", "管理因素"]
    assert [sum(f.level == level for f in hazard_factors().values()) for level in (1, 2, 3, 4)] == [
        4,
        15,
        94,
        129,
    ]
    for factor in hazard_factors().values():
        assert [one.level for one in path(factor.code)] == list(range(1, factor.level + 1))
        assert factor.code.startswith(factor.parent)
        assert factor in children(factor.parent)
    with pytest.raises(KeyError):
        path("5")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("静电", "210303"),
        ("2103", "2103"),
        ("２１０３", "2103"),
        ("噪声", "2104"),
        ("化学 易燃液体", "220106"),
        ("防护 缺陷", "2102"),
        ("noise", ""),
        ("  ", ""),
        ("9", ""),
    ],
)
def test_a_factor_is_found_by_code_and_by_words(words: str, first: str) -> None:
    found = search(words)
    assert (found[0].code if found else "") == first


def test_words_find_what_stands_under_a_matching_name_after_it() -> None:
    assert [factor.code for factor in search("噪声")] == ["2104", "210401", "210402", "210403", "210499"]
    assert len(search("危险", limit=3)) == 3


def test_codes_in_doubt_say_so() -> None:
    assert [factor.code for factor in hazard_factors().values() if factor.doubt] == ["320602", "320699"]


@needs_shared
def test_every_accident_type_is_that_of_the_source() -> None:
    old = shared_rows("gb6441_1986_accident_category.csv")
    assert [(t.code, t.name, t.english) for t in accident_types(LAST_OLD_DAY).values()] == [
        (row["code"], row["name_zh"], row["name_en"]) for row in old
    ]
    new = shared_rows("gb6441_2025_accident_category.csv")
    assert [(t.code, t.name, ";".join(t.former)) for t in accident_types(CHANGE).values()] == [
        (row["code"], row["name_zh"], row["old_1986_code_derived"]) for row in new
    ]
    register = {row["id"]: row for row in shared_rows("standards_register.csv")}
    assert register["GB 6441-2025"]["effective"] == CHANGE.isoformat()


def test_the_day_decides_which_codes_a_record_may_have() -> None:
    assert len(accident_types(date(2010, 1, 1))) == len(accident_types(LAST_OLD_DAY)) == 20
    assert len(accident_types(CHANGE)) == len(accident_types(date(2030, 1, 1))) == 27
    assert not set(accident_types(LAST_OLD_DAY)) & set(accident_types(CHANGE))


def test_old_codes_stay_readable_and_suggest_new_ones() -> None:
    assert (accident_type("11").name, accident_type("11").standard) == ("冒顶片帮", "GB 6441-1986")
    assert accident_type("WSA10099").standard == "GB 6441-2025"
    assert [found.name for found in successors("11")] == ["坍塌"]
    assert [found.name for found in successors("19")] == ["中毒", "窒息"]
    for code in accident_types(LAST_OLD_DAY):
        assert successors(code), code
    with pytest.raises(KeyError):
        accident_type("21")


@needs_shared
def test_every_ghs_class_is_that_of_the_source() -> None:
    rows = shared_rows("gb30000_ghs_class.csv")
    assert [(c.part, c.group, c.name, c.english, c.confidence) for c in ghs_classes().values()] == [
        tuple(row.values()) for row in rows
    ]


def test_the_processes_are_eighteen_as_the_guide_of_2018_counts_them() -> None:
    assert list(hazardous_processes()) == list(range(1, 19))
    assert (hazardous_processes()[15].batch, hazardous_processes()[16].batch) == ("首批", "第二批")
    assert len({process.name for process in hazardous_processes().values()}) == 18
