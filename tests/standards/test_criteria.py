"""Criteria of major hazards: every row with its source, which of them carry a decision, sectors, search."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from time import process_time

import pytest

from anwei.standards.hazards.criteria import (
    CAUTIONS,
    UNUSABLE,
    criteria,
    criteria_of,
    criterion,
    industries,
    search,
)
from anwei.standards.law.register import sources
from anwei.standards.law.searching import by_address
from anwei.standards.law.tables import rows
from anwei.standards.sectors import sectors
from tests.standards.shared import PROCEDURES, needs_shared, shared_rows

TODAY = date(2026, 11, 29)


@needs_shared
def test_every_row_and_field_is_that_of_the_source() -> None:
    collected = shared_rows("major_hazards.csv", PROCEDURES)
    assert rows("major_hazards.csv") == collected
    assert len(collected) == len(criteria()) == 520
    for row, found in zip(collected, criteria(), strict=True):
        for name in row.keys() - {"effective_from", "seen_at"}:
            assert getattr(found, name) == row[name], (row["id"], name)
        assert (found.effective_from.isoformat() if found.effective_from else "") == row["effective_from"]
    assert rows("sources.csv") == shared_rows("sources.csv", PROCEDURES)


def test_every_criterion_has_a_source_and_a_status() -> None:
    for row in criteria():
        assert row.source and row.article and row.confidence in ("VERIFIED", "MEMORY"), row.id
        assert row.source_id in sources() or row.industry == "消防", row.id
    assert Counter(row.status for row in criteria()) == {
        "current": 381,
        "in_use": 109,
        "check": 20,
        "superseded": 10,
    }


def test_a_version_is_the_clause_with_its_date_in_force() -> None:
    assert criterion("GM-03-01").version == "GM-03-01@2023-05-15"
    assert criterion("CON-04-01").version == "CON-04-01@undated"
    assert len({row.version for row in criteria()}) == 520
    with pytest.raises(KeyError):
        criterion("GM-99-99")


def test_what_cannot_carry_a_decision_says_why() -> None:
    reasons = Counter(row.unusable_because(TODAY) for row in criteria())
    assert reasons == {"": 492, "directory": 17, "superseded": 10, "referral": 1}
    assert [row.id for row in criteria() if row.unusable_because(TODAY) == "directory"] == [
        f"COAL-A{number:02}" for number in range(1, 18)
    ]
    assert criterion("SE-41-04").unusable_because(TODAY) == "referral"
    assert not criterion("FIRE-D01").usable(TODAY) and not criterion("FIRE-D01").usable(date(2020, 1, 1))


def test_a_clause_carries_decisions_from_its_first_day() -> None:
    row = criterion("COAL-04-01")
    assert row.effective_from == date(2026, 7, 1)
    assert row.usable(row.effective_from) and row.unusable_because(row.effective_from) == ""
    before = row.effective_from - timedelta(days=1)
    assert not row.usable(before) and row.unusable_because(before) == "not_yet_in_force"


def test_every_code_has_words() -> None:
    far_back = date(1990, 1, 1)
    assert {row.unusable_because(far_back) for row in criteria()} == {*UNUSABLE, ""}
    assert {code for row in criteria() for code in row.cautions} == set(CAUTIONS)
    assert criterion("CHEM-01").cautions == ("may_be_superseded", "date_unknown")
    assert criterion("GM-03-01").cautions == ()


def test_every_industry_is_mapped_with_a_reason() -> None:
    assert set(industries()) == {row.industry for row in criteria()}
    assert all(one.reason for one in industries().values())
    own = dict.fromkeys(sectors(), 0)
    for one in industries().values():
        for code in one.sectors:
            own[code] += 1
    assert own == {code: 3 if code != "fire" else 2 for code in sectors()}  # its own, 消防 and 特种设备


def test_a_sector_is_offered_its_own_criteria_and_those_for_every_sector() -> None:
    offered = {code: Counter(row.industry for row in criteria_of(code)) for code in sectors()}
    everywhere = {"消防": 10, "特种设备": 47}
    assert offered["coal"] == {"煤矿": 140, **everywhere}
    assert offered["mine"] == {"金属非金属矿山": 72, **everywhere}
    assert offered["chemical"] == {"化工和危险化学品": 20, **everywhere}
    assert offered["fire"] == everywhere
    assert [row.industry for row in criteria_of("gas")][:22] == ["城镇燃气"] * 22
    with pytest.raises(KeyError):
        criteria_of("fishing")


def test_what_belongs_to_no_sector_is_found_by_a_search_over_all() -> None:
    without = {row.industry for row in criteria() if not row.sectors}
    assert without == {"电力", "民用爆炸物品"}
    assert "PWR-05-01" in [row.id for row in search("PWR-05-01")]
    assert {row.id for row in search("")} == {row.id for row in criteria()}


@pytest.mark.parametrize(
    ("words", "sector", "first"),
    [
        ("粉尘 除尘", "industry", "GM-11-02"),
        ("GM-03-01", "", "GM-03-01"),
        ("瓦斯 超限", "coal", "COAL-A02"),
        ("第12条 令10号", "industry", "GM-12-01"),
        ("安全出口", "mine", "NC-U-01"),
    ],
)
def test_search_by_words_id_and_article(words: str, sector: str, first: str) -> None:
    assert search(words, sector)[0].id == first


def test_search_stays_in_the_sector_and_shows_superseded_last() -> None:
    assert search("粉尘 除尘", "gas") == ()
    assert search("没有这样的词语") == ()
    found = search("易燃易爆", "chemical")
    marks = [row.status == "superseded" for row in found]
    assert marks == sorted(marks) and any(marks)
    assert [row.status == "superseded" for row in search("", "fire")] == [False] * 47 + [True] * 10


def test_law_at_hand_leads_to_the_same_row() -> None:
    for row in criteria():
        [hit] = by_address(row.id)
        assert hit.provision is not None
        assert (hit.provision.text, hit.provision.source) == (row.text, row.source_id)


def test_a_search_is_fast() -> None:
    search("粉尘")  # reads the data
    start = process_time()
    for words in ("粉尘", "瓦斯 超限", "", "没有"):
        search(words, "coal")
    assert (process_time() - start) / 4 < 0.02
