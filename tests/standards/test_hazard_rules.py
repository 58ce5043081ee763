"""The closed loop as data: every field of the collected rules, days held once, the counter of art. 113, fines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from anwei.standards.deadlines import deadline
from anwei.standards.hazards import rules
from anwei.standards.hazards.penalties import penalties, penalties_for, penalties_of
from anwei.standards.law.register import sources
from anwei.standards.law.tables import rows
from tests.standards.shared import PROCEDURES, needs_shared, shared_rows, shared_table

FIRST = date(2026, 3, 2)


def _cited(row: dict[str, object]) -> dict[str, object]:
    return {"citation" if name == "source" else name: value for name, value in row.items()}


@needs_shared
def test_grades_steps_and_implementations_are_those_collected() -> None:
    known = shared_table("hazard_workflow.toml", PROCEDURES)
    for rows_known, found in (
        (known["level"], rules.grades()),
        (known["five_implementations"], rules.five_implementations()),
        (known["step"], rules.steps()),
    ):
        assert [_cited(row) for row in rows_known] == [vars(one) for one in found.values()]
        assert list(found) == [row["code"] for row in rows_known]
    basis = vars(rules.basis())
    assert {**basis, "as_of": basis["as_of"].isoformat()} == known["meta"]


@needs_shared
def test_the_limits_are_those_collected_and_their_days_stand_with_the_deadlines() -> None:
    known = shared_table("hazard_workflow.toml", PROCEDURES)
    without_days = {"same_day": 0, "by_plan": -1}
    for row, found in zip(known["limit"], rules.rectification_limits().values(), strict=True):
        due = deadline(found.deadline)
        assert row == {
            "code": found.code,
            "name": found.name,
            "days": without_days.get(due.unit, due.limit),
            "applies": found.applies,
            "confidence": found.confidence,
        }


@needs_shared
def test_listed_supervision_is_that_collected() -> None:
    known = shared_table("hazard_workflow.toml", PROCEDURES)["listed_supervision"]
    found = rules.listed_supervision()
    assert (found.citation, found.confidence) == (known["legal_basis"], known["legal_basis_confidence"])
    assert (found.reference, found.reference_confidence) == (
        known["reference"],
        known["reference_confidence"],
    )
    assert list(found.levels) == known["levels"]
    for row, step in zip(known["step"], found.steps, strict=True):
        days = deadline(step.deadline).limit if step.deadline else None
        assert (step.no, step.name, step.text, step.confidence) == (
            row["no"],
            row["name"],
            row["text"],
            row["confidence"],
        )
        assert (days, step.citation) == (row.get("due_days"), row.get("source", ""))
        assert list(step.fields) == row.get("fields", [])


@needs_shared
def test_contents_of_papers_are_those_collected_and_nothing_else_is_left_out() -> None:
    known = shared_table("hazard_workflow.toml", PROCEDURES)
    for name, found in (
        ("rectification_plan", rules.rectification_plan()),
        ("major_report", rules.major_report()),
        ("documents", rules.papers()),
    ):
        assert list(found.items) == known[name]["items"]
        assert (found.citation, found.confidence) == (
            known[name].get("source", ""),
            known[name]["confidence"],
        )
    carried = {"meta", "level", "five_implementations", "step", "limit", "listed_supervision"}
    carried |= {"rectification_plan", "major_report", "documents"}
    # the states are the case's table of transitions, the reminders its ladder
    assert set(known) - carried == {"states", "reminder"}


def test_reports_come_round_by_their_deadlines() -> None:
    months = {code: deadline(report.deadline) for code, report in rules.reports().items()}
    assert {code: (due.limit, due.unit) for code, due in months.items()} == {
        "self_check": (5, "next_month"),
        "quarterly_statistics": (15, "next_quarter"),
        "yearly_statistics": (31, "next_year"),
        "coal_major": (15, "next_quarter"),
        "listed_progress": (30, "natural"),
    }
    assert all(due.repeats for due in months.values())


@pytest.mark.parametrize(
    ("after", "reached"),
    [
        ((0, 90, 180), ["180日内3次"]),
        ((0, 90, 181), []),
        ((0, 0, 0), ["180日内3次"]),
        ((0, 180), []),
        ((0, 181, 300, 365), ["1年内4次"]),
        ((0, 181, 300, 366), []),
        ((0, 30, 60, 90), ["180日内3次", "1年内4次"]),
        ((400, 0, 90, 500, 180), ["180日内3次"]),
        ((), []),
    ],
)
def test_the_counter_of_article_113(after: tuple[int, ...], reached: list[str]) -> None:
    days = [FIRST + timedelta(days=day) for day in after]
    filled = [w for w in rules.closure().windows if any(w.count(days, day) >= w.times for day in days)]
    assert [window.text for window in filled] == reached


def test_the_counter_says_how_many_lie_in_the_time_that_ends_today() -> None:
    within_days, within_year = rules.closure().windows
    days = [FIRST, FIRST + timedelta(days=100)]
    assert within_days.count(days, FIRST + timedelta(days=99)) == 1
    assert within_days.count(days, FIRST + timedelta(days=100)) == 2
    assert within_days.count(days, FIRST + timedelta(days=181)) == 1
    assert within_year.count([date(2024, 2, 29)], date(2025, 2, 28)) == 1
    assert within_year.count([date(2024, 2, 29)], date(2025, 3, 1)) == 0


@needs_shared
def test_every_fine_and_field_is_that_of_the_source() -> None:
    collected = shared_rows("penalties.csv", PROCEDURES)
    assert rows("penalties.csv") == collected
    assert len(collected) == 34
    coal = rows("penalties_coal.csv")
    assert len(penalties()) == 34 + len(coal)
    for row, found in zip([*collected, *coal], penalties().values(), strict=True):
        assert vars(found) == {"source_id": found.source_id, **row}
        assert found.source_id in sources()


@pytest.mark.parametrize(
    ("article", "found"),
    [
        ("第102条", ["P102"]),
        ("安全生产法第一百零二条", ["P102"]),
        ("第97条(五)", ["P097-5"]),
        ("第97条", [f"P097-{item}" for item in range(1, 8)]),
        ("第103条第2款", ["P103-2"]),
        ("第103条第1款", []),
        ("应急条例第32条", ["YJT32"]),
        ("第32条", []),
        ("煤矿安全生产条例第102条", []),
        ("", []),
    ],
)
def test_fines_by_article(article: str, found: list[str]) -> None:
    assert [penalty.id for penalty in penalties_of(article)] == found


def test_fines_by_occasion() -> None:
    assert [penalty.id for penalty in penalties_for("双报告")] == ["P101-5"]
    assert [penalty.id for penalty in penalties_for("隐患逾期未销号")] == ["P102"]
    assert penalties_for("没有") == ()
    assert all(penalty in penalties_for(penalty.closing_loop_use) for penalty in penalties().values())
    assert rules.closure().penalty in penalties()
