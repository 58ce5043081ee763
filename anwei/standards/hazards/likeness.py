"""Whether two findings are one hazard found twice: same site, same clause, like words. A person decides."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from anwei.standards.alike_texts import shared_part
from anwei.standards.law.numerals import chinese_number

# From here on a person is asked. Of 28 findings written down twice in other words, 27 reach it; of 30 pairs
# of different defects that were made to be confused, 8 do (tests/standards/test_hazard_likeness.py). Missing
# one leaves a hazard filed twice; asking in vain costs a look, and site and clause have agreed before.
SAME = 0.5
_DATES = re.compile(r"(?<!\d)(\d{1,4}年)?\d{1,2}月\d{1,2}[日号]")
_PLACE = re.compile(
    r"((?<!\d)[0-9]{1,6}|(?<![零〇一二两三四五六七八九十百])[零〇一二两三四五六七八九十百]{1,6})(号|楼|层|车间|线|区|库|栋)"
)


@dataclass(frozen=True)
class Finding:
    """A hazard as it was found; `clause` is the id of its criterion or checklist item, "" for none."""

    site: str
    clause: str
    text: str


def suspects(finding: Finding, others: Sequence[Finding]) -> list[tuple[int, float]]:
    """Return the places of the others that may be the same hazard, with the likeness, the likest first.

    The site must be the same, and the clause where both name one: who tips off or checks himself names none.
    """
    found = []
    for place, other in enumerate(others):
        if finding.site == other.site and _agree(finding.clause, other.clause):
            score = likeness(finding.text, other.text)
            if score >= SAME:
                found.append((place, score))
    return sorted(found, key=lambda one: -one[1])


def likeness(first: str, second: str) -> float:
    """Return how alike the words of two findings are, from 0 to 1; SAME and above is worth a person's look.

    Punctuation, width and the value of a measurement (3.2米, 5米) do not count. Texts that name another
    machine or place by its number (3号除尘器 and 5号, 一楼 and 二楼) stay below SAME.
    """
    one, other = plain(first), plain(second)
    if not one or not other:
        return 0.0
    score = 1.0 if one == other else shared_part(one, other)
    return min(score, SAME / 2) if _elsewhere(first, second) else score


def _agree(clause: str, other: str) -> bool:
    return not clause or not other or clause == other


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return the text as it is compared: half width, no punctuation, each number as 0."""
    signs = re.sub(r"\d+(?:\.\d+)?", "0", _half_width(text))
    return "".join(sign for sign in signs if sign.isalnum())


def _elsewhere(first: str, second: str) -> bool:
    """Say whether both number the same kind of place and have no number of it in common."""
    here, there = _places(first), _places(second)
    return any(not here[kind] & there[kind] for kind in here.keys() & there.keys())


@lru_cache(maxsize=20_000)
def _places(text: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for numeral, kind in _PLACE.findall(_DATES.sub("", _half_width(text).replace("#", "号"))):
        number = int(numeral) if numeral.isdecimal() else chinese_number(numeral)
        found["层" if kind == "楼" else kind].add(number)
    return {kind: frozenset(numbers) for kind, numbers in found.items()}


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
