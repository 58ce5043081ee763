"""Trying a candidate set of rules on days gone by before it is switched on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from anwei.standards.risk.grades import GRADES, Grade
from anwei.standards.risk.live_colour import Fact, live_colour
from anwei.standards.risk.live_rules import ColourRules


@dataclass(frozen=True)
class Day:
    """One enterprise on one day, as it was: its static grade and the facts of the day."""

    subject: str
    day: date
    static: Grade
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Difference:
    """A day on which the two sets of rules give different colours."""

    day: Day
    before: Grade
    after: Grade


@dataclass(frozen=True)
class Trial:
    """How many days had each colour by either set (zeros included), and every day that would differ."""

    before: dict[Grade, int]
    after: dict[Grade, int]
    differences: tuple[Difference, ...]


def try_rules(days: Iterable[Day], current: ColourRules, candidate: ColourRules) -> Trial:
    """Colour each day by both sets of rules."""
    both = [
        (
            day,
            live_colour(day.static, day.facts, current).grade,
            live_colour(day.static, day.facts, candidate).grade,
        )
        for day in days
    ]
    return Trial(
        _tally(before for _day, before, _after in both),
        _tally(after for _day, _before, after in both),
        tuple(Difference(day, before, after) for day, before, after in both if before != after),
    )


def _tally(grades: Iterable[Grade]) -> dict[Grade, int]:
    counts = Counter(grades)
    return {grade: counts[grade] for grade in GRADES}
