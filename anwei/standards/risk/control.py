"""Which level must keep a risk point of a grade in check; what a level of GB 18218 counts as (TEMPLATE)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Control:
    """The demand of one grade: a person at one of `one_of` (empty: no demand); `usual` is the level meant."""

    grade: str
    one_of: tuple[str, ...]
    usual: str


@dataclass(frozen=True)
class ControlRules:
    """The whole table with its source; `installations` maps a level of GB 18218 to a colour."""

    version: str
    source: str
    confidence: str
    by_grade: dict[str, Control]
    installations: dict[int, str]
    installation_years: int
    soon_days: int

    def lacks(self, grade: str, named: set[str]) -> tuple[str, ...]:
        """Return the levels of which one more must be named, () where the grade's demand is met."""
        control = self.by_grade.get(grade)
        return () if control is None or named & {*control.one_of} else control.one_of


@cache
def control_rules() -> ControlRules:
    """Return the rules as the product brings them."""
    table: dict[str, Any] = tomllib.loads(
        files("anwei.standards").joinpath("data/risk/control.toml").read_text("utf-8")
    )
    rows = [Control(row["grade"], tuple(row["one_of"]), row["usual"]) for row in table["controls"]]
    return ControlRules(
        version=table["version"],
        source=table["source"],
        confidence=table["confidence"],
        by_grade={row.grade: row for row in rows},
        installations={int(level): grade for level, grade in table["installations"].items()},
        installation_years=table["review"]["installation_years"],
        soon_days=table["review"]["soon_days"],
    )
