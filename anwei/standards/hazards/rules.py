"""The closed loop of a hazard as data: grades, steps, 五落实, limits, listed supervision, papers, reports.

Numbers of days stand in `anwei.standards.deadlines` alone: a rule names the key of its deadline, so that a
county's own limit holds everywhere. MEMORY and TEMPLATE say that a rule is no wording of a law.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from anwei.standards import limits
from anwei.standards.calendar import WorkCalendar


@dataclass(frozen=True)
class Basis:
    """On what the rules rest, as of a day, and what may change them soon."""

    title: str
    as_of: date
    base_law: str
    status_note: str
    status_note_confidence: str
    status_note_source: str


@dataclass(frozen=True)
class Grade:
    """A grade of hazard ("general", "major") in the words of the rule."""

    code: str
    name: str
    text: str
    citation: str
    confidence: str
    url: str


@dataclass(frozen=True)
class Implementation:
    """One of 五落实, without all of which no major hazard is being rectified; `field` says what it holds."""

    code: str
    name: str
    field: str
    confidence: str


@dataclass(frozen=True)
class Step:
    """A step of the loop: who does it by which rule, and what it leaves behind."""

    no: int
    code: str
    name: str
    actor: str
    rule: str
    output: str
    citation: str
    confidence: str


@dataclass(frozen=True)
class RectificationLimit:
    """How long a rectification usually gets, and what that `applies` to; `deadline` names the days."""

    code: str
    name: str
    deadline: str
    applies: str
    confidence: str


@dataclass(frozen=True)
class ListedStep:
    """A step of listed supervision; `deadline` is "" where none is named, `fields` what its paper says."""

    no: int
    name: str
    text: str
    confidence: str
    deadline: str = ""
    citation: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListedSupervision:
    """Listed supervision (挂牌督办) of a major hazard; `levels` from the county up."""

    citation: str
    confidence: str
    reference: str
    reference_confidence: str
    levels: tuple[str, ...]
    steps: tuple[ListedStep, ...]


@dataclass(frozen=True)
class Contents:
    """What a paper must contain, or which papers there are; `citation` "" where no law says so."""

    items: tuple[str, ...]
    citation: str
    confidence: str


@dataclass(frozen=True)
class Report:
    """A report that is due again and again by its deadline."""

    code: str
    name: str
    deadline: str


@dataclass(frozen=True)
class Window:
    """So many penalties within a time: `times` in `limit` `unit` (limits.UNITS)."""

    text: str
    times: int
    limit: int
    unit: str

    def count(self, penalised_on: Iterable[date], on: date) -> int:
        """Return how many of the penalties lie within the time that ends on a day.

        The day of a penalty is not counted and the last day is (民法典 art. 201).
        """
        calendar = WorkCalendar.load()
        return sum(day <= on <= limits.last_day(day, self.limit, self.unit, calendar) for day in penalised_on)


@dataclass(frozen=True)
class Closure:
    """When the authority must ask for an enterprise with a major hazard to be closed (art. 113 (1))."""

    citation: str
    confidence: str
    penalty: str
    windows: tuple[Window, ...]


@cache
def basis() -> Basis:
    """Return on what the rules rest."""
    row = _table()["meta"]
    return Basis(**{**row, "as_of": date.fromisoformat(row["as_of"])})


@cache
def grades() -> dict[str, Grade]:
    """Return the two grades by code."""
    return {row["code"]: Grade(**_cited(row)) for row in _table()["level"]}


@cache
def five_implementations() -> dict[str, Implementation]:
    """Return 责任、措施、资金、时限、预案 by code, in this order."""
    return {row["code"]: Implementation(**row) for row in _table()["five_implementations"]}


@cache
def steps() -> dict[str, Step]:
    """Return the twelve steps by code, in their order."""
    return {row["code"]: Step(**_cited(row)) for row in _table()["step"]}


@cache
def rectification_limits() -> dict[str, RectificationLimit]:
    """Return the usual limits by code, the shortest first."""
    return {row["code"]: RectificationLimit(**row) for row in _table()["limit"]}


@cache
def listed_supervision() -> ListedSupervision:
    """Return the levels and steps of listed supervision."""
    row = _table()["listed_supervision"]
    return ListedSupervision(
        citation=row["legal_basis"],
        confidence=row["legal_basis_confidence"],
        reference=row["reference"],
        reference_confidence=row["reference_confidence"],
        levels=tuple(row["levels"]),
        steps=tuple(
            ListedStep(**{**_cited(step), "fields": tuple(step.get("fields", ()))}) for step in row["step"]
        ),
    )


def rectification_plan() -> Contents:
    """Return what the plan for a major hazard must contain."""
    return _contents("rectification_plan")


def major_report() -> Contents:
    """Return what the report of a major hazard must contain."""
    return _contents("major_report")


def papers() -> Contents:
    """Return the papers of the loop by name."""
    return _contents("documents")


@cache
def reports() -> dict[str, Report]:
    """Return the reports that come round by code: monthly, quarterly, yearly."""
    return {row["code"]: Report(**row) for row in _table()["report"]}


@cache
def closure() -> Closure:
    """Return the counter of art. 113."""
    row = _table()["closure"]
    return Closure(**{**row, "windows": tuple(Window(**window) for window in row["windows"])})


def _contents(name: str) -> Contents:
    row = _table()[name]
    return Contents(tuple(row["items"]), row.get("source", ""), row["confidence"])


def _cited(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its source under the name that the rest of the house uses."""
    return {"citation" if name == "source" else name: value for name, value in row.items()}


@cache
def _table() -> dict[str, Any]:
    text = files("anwei.standards").joinpath("data/hazards/workflow.toml").read_text("utf-8")
    return tomllib.loads(text)
