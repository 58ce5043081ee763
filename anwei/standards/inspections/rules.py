"""How often a body may visit an enterprise, which reasons stand beside that limit, what weighs how much."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FIGURES = "inspections"  # key of the county's Setting: {figure: number, "weights": {key: points}}
WEIGHTS = "weights"


@dataclass(frozen=True)
class Figure:
    """A number that a county may set, between `least` and `most`."""

    key: str
    label: str
    value: int
    least: int
    most: int
    unit: str
    citation: str
    confidence: str
    note: str


@dataclass(frozen=True)
class Reason:
    """Why a visit is made.

    `counted`: it stands under the yearly cap. `unannounced`: it may be kept from the enterprise until it
    begins, or with `must_be_unannounced` has to be. `asks`: somebody writes down what it rests on.
    """

    code: str
    label: str
    citation: str
    counted: bool
    unannounced: bool
    confidence: str
    must_be_unannounced: bool = False
    asks: bool = False


@dataclass(frozen=True)
class Weight:
    """How many points one of a fact gives, and how many all of them at most (0: no limit)."""

    key: str
    points: int
    note: str
    most: int = 0

    def of(self, n: int) -> int:
        """Return the points of `n` of the fact."""
        points = self.points * n
        return min(points, self.most) if self.most else points


@cache
def figures() -> dict[str, Figure]:
    """Return the figures by key."""
    return {row["key"]: Figure(**row) for row in _table()["figure"]}


@cache
def reasons() -> dict[str, Reason]:
    """Return the reasons by code."""
    return {row["code"]: Reason(**row) for row in _table()["reason"]}


def figure(key: str, own: Mapping[str, Any]) -> int:
    """Return a number as it stands with the county's own. Raises KeyError for an unknown one."""
    return int(own.get(key, figures()[key].value))


def weights(own: Mapping[str, Any]) -> dict[str, Weight]:
    """Return the weights of the suggestion by key, points as the county set them."""
    set_points = own.get(WEIGHTS, {})
    rows = (Weight(**row) for row in _table()["weight"])
    return {
        row.key: Weight(row.key, int(set_points.get(row.key, row.points)), row.note, row.most) for row in rows
    }


@cache
def _table() -> dict[str, Any]:
    text = files("anwei.standards").joinpath("data/inspections/rules.toml").read_text("utf-8")
    return tomllib.loads(text)
