"""Whom to visit first: the points of known facts, each shown as its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anwei.standards.inspections.rules import Weight

MONTH = 30  # days


@dataclass(frozen=True)
class Reason:
    """One fact that gave points: its key, how many of it, and the points."""

    key: str
    n: int
    points: int


def reasons_for(facts: Mapping[str, int], weights: Mapping[str, Weight]) -> list[Reason]:
    """Return what gives points, the most first; a fact without a weight gives none."""
    found = [Reason(key, n, weights[key].of(n)) for key, n in facts.items() if n > 0 and key in weights]
    return sorted((one for one in found if one.points), key=lambda one: (-one.points, one.key))


def points_of(reasons: list[Reason]) -> int:
    """Return the sum by which a suggestion stands before another."""
    return sum(one.points for one in reasons)
