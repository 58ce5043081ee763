"""Escalation ladders as data: who is told at which moment of a clock, before it runs out and after.

A rung stands before or after the end of a clock, or where a share of its time is used. A county sets its own
by the Setting "ladders"; no law names these moments.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

LADDERS = "ladders"  # key of the county's Setting: {ladder: [rung, ...]}, in place of the product's rungs
ACTS = ("remind", "overdue", "supervise", "warn")
TELL = ("turn", "implementer", "supervisor", "responsible", "above", "office")
Level = Literal["info", "urgent", "red"]
LEVELS = get_args(Level)
STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Rung:
    """One step of a ladder.

    `act` is what it amounts to (remind, overdue, supervise, warn); `to` names the posts that are told;
    `limit` and `unit` are counted from the end of the clock, `before` it or after; with `share` (0-1) they do
    not matter; with `every` it comes again after each so many of `unit`.
    """

    code: str
    act: str
    label: str
    to: tuple[str, ...]
    level: Level
    limit: int = 0
    unit: str = "day"
    before: bool = False
    share: float | None = None
    every: int = 0

    def __post_init__(self) -> None:
        fits = (
            self.act in ACTS
            and self.level in LEVELS
            and self.unit in STEPS
            and bool(self.to)
            and set(self.to) <= set(TELL)
            and self.limit >= 0
            and self.every >= 0
            and (self.share is None or 0 < self.share < 1)
            and (self.is_early or not self.before)
            and not (self.is_early and self.every)
        )
        if not fits:
            raise ValueError(f"{self.code}: 这一级催办设置不成立")

    @property
    def is_early(self) -> bool:
        """Whether it comes before the clock runs out."""
        return self.share is not None or (self.before and self.limit > 0)

    def at(self, started_at: datetime, due_at: datetime) -> datetime:
        """Return the moment at which a clock first comes to this rung."""
        if self.share is not None:
            return started_at + self.share * (due_at - started_at)
        step = self.limit * STEPS[self.unit]
        return due_at - step if self.before else due_at + step

    def occurrence(self, started_at: datetime, due_at: datetime, now: datetime) -> int | None:
        """Return how often the rung has come again by `now` (0: for the first time), None: not yet."""
        first = self.at(started_at, due_at)
        if now <= first:
            return None
        return (now - first) // (self.every * STEPS[self.unit]) if self.every else 0


@dataclass(frozen=True)
class Ladder:
    """The rungs of one key, in the order in which they come."""

    key: str
    label: str
    citation: str
    confidence: str
    rungs: tuple[Rung, ...]


@cache
def default_ladders() -> dict[str, Ladder]:
    """Return all ladders by key as the product brings them."""
    table = tomllib.loads(files("anwei.standards").joinpath("data/ladders.toml").read_text("utf-8"))
    return {
        row["key"]: Ladder(row["key"], row["label"], row["citation"], row["confidence"], _rungs(row["rung"]))
        for row in table["ladder"]
    }


def ladders(county: Mapping[str, list[Mapping[str, Any]]] | None = None) -> dict[str, Ladder]:
    """Return all ladders, with the county's own rungs where it set some.

    Raises KeyError for an unknown ladder and ValueError for a rung that does not fit.
    """
    found = dict(default_ladders())
    for key, rows in (county or {}).items():
        found[key] = Ladder(key, found[key].label, "县级设置", "COUNTY", _rungs(rows))
    return found


def _rungs(rows: list[Mapping[str, Any]]) -> tuple[Rung, ...]:
    known = {field.name for field in fields(Rung)}
    if unknown := sorted({name for row in rows for name in row} - known):
        raise ValueError(f"{'、'.join(unknown)}: 催办设置没有这些项")
    try:
        rungs = tuple(Rung(**{**row, "to": tuple(row["to"])}) for row in rows)
    except (KeyError, TypeError) as fault:
        raise ValueError(f"催办设置缺项：{fault}") from fault
    if len({rung.code for rung in rungs}) < len(rungs):
        raise ValueError("同一催办阶梯中有两级代码相同")
    return rungs
