"""Grades of accidents by the law as data (`data/accidents`), and which types a day may have."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from anwei.standards.risk.accident_types import CHANGE, STANDARD_2025, accident_type, accident_types

ORDINARY, LARGER, SERIOUS, EXTRAORDINARY = "ordinary", "larger", "serious", "extraordinary"
AT_LEAST_LARGER = (EXTRAORDINARY, SERIOUS, LARGER)


@dataclass(frozen=True)
class AccidentGrade:
    """A grade (事故等级) with the least deaths, serious injuries and direct loss (万元) that make it."""

    code: str
    name: str
    deaths: int
    serious_injuries: int
    loss: int
    citation: str


def type_labels() -> dict[str, str]:
    """Return the types by code, those in force first; a former one carries its year to tell it apart."""
    former = {one.code: f"{one.name}（1986）" for one in accident_types(date.min).values()}
    return {one.code: one.name for one in accident_types(CHANGE).values()} | former


def type_name(code: str) -> str:
    """Return what papers call a type of either standard: plainly, with the brackets of Chinese text.

    Raises KeyError for a code of none.
    """
    return accident_type(code).name.replace("(", "（").replace(")", "）")


@cache
def accident_grades() -> dict[str, AccidentGrade]:
    """Return the grades by code, the gravest first (国务院令第493号 art. 3)."""
    citation = _rules()["grade_source"]["citation"]
    return {row["code"]: AccidentGrade(**row, citation=citation) for row in _rules()["grade"]}


def grade_of(deaths: int, serious_injuries: int, loss: Decimal) -> AccidentGrade:
    """Return the gravest grade that any one of deaths, serious injuries and loss (万元) reaches.

    Raises ValueError for a negative number.
    """
    if deaths < 0 or serious_injuries < 0 or loss < 0:
        raise ValueError("counts of an accident are never negative")
    return next(
        grade
        for grade in accident_grades().values()
        if _reaches(grade, deaths, serious_injuries, loss) or grade.code == ORDINARY
    )


def late_limit(sector: str, type_code: str) -> str:
    """Return the key of the deadline within which a death counts (art. 13: shorter for traffic and fire)."""
    late = _rules()["late"]
    is_short = sector in late["road_fire_sectors"] or type_code in late["road_fire_types"]
    return str(late["limit_road_fire"] if is_short else late["limit"])


def type_fits(code: str, day: date) -> bool:
    """Say whether a type may be given to an accident of a day: the old standard ends where the new begins.

    Raises KeyError for a code of none.
    """
    return accident_type(code).standard == STANDARD_2025 or day < CHANGE


@cache
def industries() -> dict[str, str]:
    """Return the kinds of industry in accident statistics, by code."""
    return {row["code"]: row["name"] for row in _rules()["industry"]}


def _reaches(grade: AccidentGrade, deaths: int, serious_injuries: int, loss: Decimal) -> bool:
    return deaths >= grade.deaths or serious_injuries >= grade.serious_injuries or loss >= grade.loss


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("anwei.standards").joinpath("data/accidents/rules.toml").read_text("utf-8"))
