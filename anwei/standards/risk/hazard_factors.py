"""Codes of hazardous and harmful factors (GB/T 13861-2022 table 1) as a tree, found by code or by word.

Source: a public copy of the text (VERIFIED); 320602 and 320699 look swapped in it and carry a `doubt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from anwei.standards.risk.tables import matches, plain, rows

STANDARD = "GB/T 13861-2022"
EFFECTIVE = date(2022, 10, 1)


@dataclass(frozen=True)
class HazardFactor:
    """One code; `level` 1 to 4, `parent` "" for the four at the top, `doubt` "" where there is none."""

    code: str
    parent: str
    level: int
    name: str
    english: str
    doubt: str


@cache
def hazard_factors() -> dict[str, HazardFactor]:
    """Return all codes in the order of the standard."""
    return {
        row["code"]: HazardFactor(
            row["code"], row["parent"], int(row["level"]), row["name_zh"], row["name_en"], row["doubt"]
        )
        for row in rows("hazard_factors.csv")
    }


@cache
def _below() -> dict[str, tuple[HazardFactor, ...]]:
    found: dict[str, tuple[HazardFactor, ...]] = {}
    for factor in hazard_factors().values():
        found[factor.parent] = (*found.get(factor.parent, ()), factor)
    return found


def children(code: str = "") -> tuple[HazardFactor, ...]:
    """Return the codes directly under one; under "" the four at the top."""
    return _below().get(code, ())


def path(code: str) -> tuple[HazardFactor, ...]:
    """Return a code with all above it, the top first.

    Raises KeyError for an unknown code.
    """
    factor = hazard_factors()[code]
    return (*path(factor.parent), factor) if factor.parent else (factor,)


def search(words: str, limit: int = 50) -> tuple[HazardFactor, ...]:
    """Return codes that begin with `words`, or whose own name has a word and the names above it the others.

    A whole name that is meant comes first, then names that hold all words, then those below a matching one.
    """
    if not plain(words):
        return ()
    if plain(words).isdecimal():
        return tuple(found for code, found in hazard_factors().items() if code.startswith(plain(words)))[
            :limit
        ]
    ranked = [(rank, factor) for factor in hazard_factors().values() if (rank := _rank(words, factor)) < 3]
    return tuple(factor for _rank_of, factor in sorted(ranked, key=lambda pair: pair[0]))[:limit]


def _rank(words: str, factor: HazardFactor) -> int:
    if plain(words) == plain(factor.name):
        return 0
    if matches(words, factor.name, factor.english):
        return 1
    return 2 if matches(words, *(one.name for one in path(factor.code))) else 3
