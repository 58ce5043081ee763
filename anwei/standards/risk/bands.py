"""Bands from a computed value to a grade, as the product brings them or a county sets them.

A county's bands are checked before they are used: every value that can be computed lies in exactly one band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, cast

from anwei.language import gettext_noop
from anwei.standards.risk.grades import BY_KEY, GRADES, Grade
from anwei.standards.sentences import Sentence, decimal, number

Edge = Literal["above", "from", "closed"]  # (low, high], [low, high), [low, high]
SIGNS: dict[Edge, tuple[str, str]] = {"above": ("<", "≤"), "from": ("≤", "<"), "closed": ("≤", "≤")}


class Unusable(ValueError):
    """A county's own setting does not hold; `problems` are all that is wrong with it."""

    def __init__(self, problems: Iterable[Sentence]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(f"{one.clause} {one.said(str)}".strip() for one in self.problems))


def numbered(place: int, problem: Sentence) -> Sentence:
    """Return the problem of one row of a setting, with the row's place (from 1) as its clause."""
    return Sentence(f"#{place}", problem.message, problem.values)


@dataclass(frozen=True)
class Band:
    """Values between `low` and `high` (None: no end) have `grade`; `words` say what it means."""

    low: Fraction
    high: Fraction | None
    grade: Grade
    words: str

    def holds(self, value: Fraction, edge: Edge) -> bool:
        """Say whether `value` lies in the band."""
        over = value > self.low if edge == "above" else value >= self.low
        under = self.high is None or (value < self.high if edge == "from" else value <= self.high)
        return over and under

    def formula(self, symbol: str, edge: Edge) -> str:
        """Return the band as people write it: "160 < D ≤ 320"."""
        left, right = SIGNS[edge]
        if self.high is None:
            return f"{symbol} {'>' if left == '<' else '≥'} {decimal(self.low)}"
        return f"{decimal(self.low)} {left} {symbol} {right} {decimal(self.high)}"

    def to_json(self) -> dict[str, Any]:
        """Return the band as `read_bands` reads it."""
        low_high = {"low": decimal(self.low), "high": None if self.high is None else decimal(self.high)}
        return {**low_high, "grade": self.grade.key, "words": self.words}


@dataclass(frozen=True)
class Bands:
    """All bands of a method, the lowest first."""

    edge: Edge
    rows: tuple[Band, ...]

    def of(self, value: Fraction) -> Band:
        """Return the band of a value that the method can compute."""
        return next(band for band in self.rows if band.holds(value, self.edge))

    def to_json(self) -> dict[str, Any]:
        """Return the bands as `read_bands` reads them."""
        return {"edge": self.edge, "bands": [band.to_json() for band in self.rows]}


def read_bands(edge: object, rows: object, values: Iterable[Fraction]) -> Bands:
    """Return bands that give each of `values`, all that the method can compute, exactly one grade.

    Raises Unusable with every problem found.
    """
    problems = []
    if str(edge) not in SIGNS:
        problems.append(Sentence("", gettext_noop("边界归属“{edge}”不成立"), {"edge": str(edge)}))
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        problems.append(Sentence("", gettext_noop("没有分级区间")))
        raise Unusable(problems)
    found = []
    for place, row in enumerate(rows, 1):
        band = _band(row)
        if isinstance(band, Band):
            found.append(band)
        else:
            problems.append(numbered(place, band))
    if problems:
        raise Unusable(problems)
    bands = Bands(cast(Edge, edge), tuple(sorted(found, key=lambda band: band.low)))
    every = sorted(set(values))
    problems = [*_grade_problems(bands, every), *_touching_problems(bands), *_value_problems(bands, every)]
    if problems:
        raise Unusable(problems)
    return bands


def _band(row: object) -> Band | Sentence:
    """Return the band, or what is wrong with it."""
    if not isinstance(row, Mapping):
        return Sentence("", gettext_noop("不是一个区间"))
    grade = BY_KEY.get(str(row.get("grade")))
    if grade is None:
        return Sentence("", gettext_noop("没有“{to}”这一等级"), {"to": str(row.get("grade"))})
    open_ended = row.get("high") in (None, "")
    low, high = number(row.get("low")), number(row.get("high"))
    if low is None or (high is None and not open_ended):
        return Sentence("", gettext_noop("下限或上限不是不小于零的数"))
    if high is not None and high < low:
        return Sentence("", gettext_noop("上限小于下限"))
    return Band(low, high, grade, str(row.get("words") or grade.word))


def _grade_problems(bands: Bands, values: Sequence[Fraction]) -> list[Sentence]:
    """Each of the four grades must be reached, and a higher value never have a lower grade."""
    present = {band.grade for band in bands.rows if any(band.holds(value, bands.edge) for value in values)}
    missing = "、".join(grade.word for grade in GRADES if grade not in present)
    problems = []
    if missing:
        problems.append(Sentence("", gettext_noop("没有数值能达到这些等级：{grades}"), {"grades": missing}))
    if any(upper.grade.rank < lower.grade.rank for lower, upper in pairwise(bands.rows)):
        problems.append(Sentence("", gettext_noop("数值越大，等级不能越低")))
    return problems


def _touching_problems(bands: Bands) -> list[Sentence]:
    """Bands with one open side must touch; closed ones stand on whole numbers and are checked by value."""
    if bands.edge == "closed":
        return []
    problems = []
    for lower, upper in pairwise(bands.rows):
        if lower.high is None or lower.high > upper.low:
            message = gettext_noop("区间重叠：{low} 处")
        elif lower.high < upper.low:
            message = gettext_noop("区间有空缺：{low} 之下")
        else:
            continue
        problems.append(Sentence("", message, {"low": decimal(upper.low)}))
    return problems


def _value_problems(bands: Bands, values: Sequence[Fraction]) -> list[Sentence]:
    """Every value that can be computed lies in exactly one band; only the first of each kind is named."""
    counts = {value: sum(band.holds(value, bands.edge) for band in bands.rows) for value in values}
    problems = []
    for wanted, message in (
        ([value for value, n in counts.items() if n == 0], gettext_noop("{value} 不在任何区间内")),
        ([value for value, n in counts.items() if n > 1], gettext_noop("{value} 同时在几个区间内")),
    ):
        problems += [Sentence("", message, {"value": decimal(value)}) for value in wanted[:1]]
    return problems
