"""The layouts of the briefing of 1—N月 (通报) as data: what its parts look like and what they count."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Layout:
    """One way to tell the same numbers; `example` is an issued briefing that looks so."""

    key: str
    name: str
    example: str
    overall: str  # compared, bracketed, plain
    sectors: str  # table, sentences, line
    townships: str  # table, grid


@dataclass(frozen=True)
class Industry:
    """Sectors that are told together, as a column or under a heading; "" is what has no sector."""

    name: str
    sectors: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """A number of the briefing by its key in the registry of indicators.

    `corrected`: it counts what happened, so that a re-issue counts it anew; others were told as they stood.
    """

    key: str
    name: str
    unit: str
    corrected: bool


@cache
def layouts() -> dict[str, Layout]:
    """Return the layouts by key, the usual one first."""
    return {row["key"]: Layout(**row) for row in _table()["layout"]}


@cache
def industries() -> tuple[Industry, ...]:
    """Return the columns of the table township x industry; together they hold every sector once."""
    return tuple(Industry(row["name"], tuple(row["sectors"])) for row in _table()["industry"])


@cache
def fields() -> tuple[Industry, ...]:
    """Return the headings of the layout by sector; together they hold every sector once."""
    return tuple(Industry(row["name"], tuple(row["sectors"])) for row in _table()["field"])


@cache
def measures() -> dict[str, Measure]:
    """Return what is counted, by key."""
    return {row["key"]: Measure(**row) for row in _table()["measure"]}


def addressee() -> str:
    """Return to whom a briefing goes."""
    return str(_table()["addressee"])


def zero_base() -> str:
    """Return what stands for a percentage of nothing."""
    return str(_table()["zero_base"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("anwei.standards").joinpath("data/briefing.toml").read_text("utf-8"))
