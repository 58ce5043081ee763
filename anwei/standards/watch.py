"""Whom to look at: points of known facts, what a score foretells, colours of a warning."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

WATCH = "watch"  # key of the county's Setting: {"points", "figures", "harms", "levels"}
COLOURS = ("red", "orange", "yellow", "blue")  # the gravest first


@dataclass(frozen=True)
class PointRule:
    """`points` for each whole `per` of a feature's value, at most `most`; `citation` is that of the duty."""

    feature: str
    points: int
    most: int
    per: float = 1.0
    citation: str = ""

    def of(self, value: float) -> int:
        """Return the points of a value."""
        return max(0, min(int(value / self.per + 1e-9) * self.points, self.most))


@dataclass(frozen=True)
class Figure:
    """A number that a county may set, between `least` and `most`."""

    key: str
    label: str
    value: int
    least: int
    most: int
    unit: str
    note: str


@dataclass(frozen=True)
class Level:
    """On what evidence a warning of a colour is suggested; never for a place in the list.

    From `points` on; or where the model says `lift` times the county's rate or more, and months that it had
    not learned from bore that out: surely at least `proven` times the rate. `reason` says why these numbers.
    """

    key: str
    points: int
    lift: float
    proven: float
    reason: str = ""


@dataclass(frozen=True)
class WatchRules:
    """All of it, as the county set it."""

    points: tuple[PointRule, ...]
    figures: Mapping[str, int]
    harms: tuple[str, ...]
    levels: tuple[Level, ...]
    citation: str


def default_figures() -> tuple[Figure, ...]:
    """Return the figures as the product brings them."""
    return tuple(Figure(**row) for row in _table()["figure"])


def watch_rules(own: Mapping[str, Any]) -> WatchRules:
    """Return the rules with the county's own.

    Raises ValueError for a figure out of its bounds.
    """
    table, set_points = _table(), own.get("points", {})
    points = tuple(
        PointRule(**(row | {"points": int(set_points.get(row["feature"], row["points"]))}))
        for row in table["point"]
    )
    figures = {one.key: int(own.get("figures", {}).get(one.key, one.value)) for one in default_figures()}
    for one in default_figures():
        if not one.least <= figures[one.key] <= one.most:
            raise ValueError(f"{one.key} is not within {one.least} and {one.most}")
    levels = tuple(_level(row, own.get("levels", {}).get(row["key"], {})) for row in table["level"])
    harms = tuple(own.get("harms", [row["key"] for row in table["harm"]]))
    return WatchRules(points, figures, harms, levels, table["citation"])


def _level(row: dict[str, Any], own: Mapping[str, Any]) -> Level:
    """Return a level with the county's own numbers (a share of the list, once a number, counts no more)."""
    return Level(**(row | {name: value for name, value in own.items() if name in row}))


@cache
def _table() -> dict[str, Any]:
    text = files("anwei.standards").joinpath("data/watch/rules.toml").read_text("utf-8")
    return tomllib.loads(text)
