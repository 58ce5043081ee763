"""Types and grades of accidents as the law and the standard give them, as data (`data/accidents`)."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

ORDINARY, LARGER, SERIOUS, EXTRAORDINARY = "ordinary", "larger", "serious", "extraordinary"
AT_LEAST_LARGER = (EXTRAORDINARY, SERIOUS, LARGER)


@dataclass(frozen=True)
class AccidentType:
    """A type (事故类型) by the code of its scheme: "2025" is GB 6441-2025, "1986" the one it replaced."""

    code: str
    scheme: str
    name: str
    citation: str
    confidence: str

    @property
    def label(self) -> str:
        """Its name, with the year where its scheme is the former one, so that no two are called the same."""
        return self.name if self.scheme == _rules()["types"]["current"] else f"{self.name}（{self.scheme}）"


@dataclass(frozen=True)
class AccidentGrade:
    """A grade (事故等级) with the least deaths, serious injuries and direct loss (万元) that make it."""

    code: str
    name: str
    deaths: int
    serious_injuries: int
    loss: int
    citation: str


@cache
def accident_types() -> dict[str, AccidentType]:
    """Return all types by code, those in force first."""
    text = files("anwei.standards").joinpath("data/accidents/types.csv").read_text("utf-8")
    return {row["code"]: AccidentType(**row) for row in csv.DictReader(text.splitlines())}


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
    """Say whether a type may be given to an accident of a day: the old scheme ends where the new begins."""
    rules = _rules()["types"]
    return bool(accident_types()[code].scheme == rules["current"] or day < rules["in_force"])


@cache
def industries() -> dict[str, str]:
    """Return the kinds of industry in accident statistics, by code."""
    return {row["code"]: row["name"] for row in _rules()["industry"]}


def _reaches(grade: AccidentGrade, deaths: int, serious_injuries: int, loss: Decimal) -> bool:
    return deaths >= grade.deaths or serious_injuries >= grade.serious_injuries or loss >= grade.loss


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("anwei.standards").joinpath("data/accidents/rules.toml").read_text("utf-8"))
