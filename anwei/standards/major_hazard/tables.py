"""The tables of GB 18218-2018 as data: critical quantities, categories, correction factors, levels.

Numbers are fractions, so that a quantity equal to its critical quantity, or R of exactly 10, falls where the
standard says and not where a rounded number does.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

FOLDER = files("anwei.standards").joinpath("data/gb18218")


@dataclass(frozen=True)
class Chemical:
    """A row of table 1: a chemical named there. `critical` in tonnes; `beta` only where table 3 names it.

    `suggested` is a category of table 4, or a gas of table 3, for the correction factor of chemicals to which
    the standard gives none (DERIVED: a person must confirm it).
    """

    number: int
    name: str
    aliases: tuple[str, ...]
    cas: tuple[str, ...]
    critical: Fraction
    beta: Fraction | None
    suggested: str
    suggested_beta: Fraction | None


@dataclass(frozen=True)
class Category:
    """A row of tables 2 and 4: a category of hazard with its critical quantity (t) and correction factor."""

    symbol: str
    hazard: str
    scope: str
    critical: Fraction
    beta: Fraction


@dataclass(frozen=True)
class Level:
    """A row of table 6: the level of a major hazard whose R is at least `lowest`."""

    level: int
    name: str
    lowest: Fraction


@dataclass(frozen=True)
class Rules:
    """What the standard says beside its tables."""

    standard: str
    effective: date
    not_applicable: tuple[str, ...]
    unit: dict[str, str]
    alphas: tuple[tuple[int, Fraction], ...]
    levels: tuple[Level, ...]
    also_named: dict[str, int]

    def alpha(self, people: int) -> Fraction:
        """Return α of table 5 for the permanent residents within 500 m beyond the boundary (0 or more)."""
        return next(alpha for lowest, alpha in self.alphas if people >= lowest)

    def level(self, r: Fraction) -> Level:
        """Return the level of table 6."""
        return next(level for level in self.levels if r >= level.lowest)


@cache
def rules() -> Rules:
    """Return alphas and levels, the highest first."""
    content: dict[str, Any] = tomllib.loads(FOLDER.joinpath("rules.toml").read_text("utf-8"))
    return Rules(
        standard=content["standard"],
        effective=content["effective"],
        not_applicable=tuple(content["not_applicable"]),
        unit=content["unit"],
        alphas=tuple((row["people_from"], Fraction(row["alpha"])) for row in content["alpha"]),
        levels=tuple(Level(row["level"], row["name"], Fraction(row["from"])) for row in content["level"]),
        also_named=content["also_named"],
    )


@cache
def chemicals() -> dict[int, Chemical]:
    """Return table 1 by number, with the factors of table 3 and the suggested categories."""
    suggested = {row["no"]: row for row in _rows("suggested_categories.csv")}
    return {int(row["no"]): _chemical(row, suggested.get(row["no"], {})) for row in _rows("table1.csv")}


@cache
def categories() -> dict[str, Category]:
    """Return tables 2 and 4 by symbol (J1 … W11)."""
    rows = _rows("categories.csv")
    return {
        row["symbol"]: Category(
            row["symbol"],
            row["class_zh"],
            row["scope_zh"],
            Fraction(row["critical_t"]),
            Fraction(row["beta"]),
        )
        for row in rows
    }


@cache
def toxic_gases() -> dict[str, Fraction]:
    """Return table 3: β of gases by name."""
    return {row["name_zh"]: Fraction(row["beta"]) for row in _rows("toxic_gases.csv")}


def _chemical(row: dict[str, str], suggestion: dict[str, str]) -> Chemical:
    return Chemical(
        number=int(row["no"]),
        name=row["name_zh"],
        aliases=_words(row["aliases_zh"]),
        cas=_words(row["cas"]),
        critical=Fraction(row["critical_t"]),
        beta=Fraction(row["beta_table3"]) if row["beta_table3"] else None,
        suggested=suggestion.get("suggested_symbol", ""),
        suggested_beta=Fraction(suggestion["suggested_beta"]) if suggestion else None,
    )


def _words(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("；")))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(FOLDER.joinpath(name).read_text("utf-8").splitlines()))
