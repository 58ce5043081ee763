"""Which criterion and which sector the words of a finding point to, with what that has been worth so far.

A suggestion, never a judgement. How far to trust one is counted, not felt: the 108 checklist items name the
criteria they touch, so each is asked as if it were a finding, and a suggestion says how often one as near as
it was right (docs/analytics.md).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from anwei.methods.texts import Texts
from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.hazards.criteria import DIRECTORY, Criterion, criteria, criteria_of, industries
from anwei.standards.hazards.likeness import plain
from anwei.standards.law.register import SUPERSEDED

NEAR = (0.15, 0.25, 0.35)  # where the counts of `worth` are parted; below the first nothing is suggested
RIDES = {  # a finding about one says its name; what it shares with others is the words of any machine
    "电梯": ("电梯", "扶梯", "自动人行道"),
    "客运索道": ("索道", "缆车"),
    "大型游乐设施": ("游乐", "过山车", "摩天轮", "滑道"),
}
VOTERS, CLEAR = 5, 0.6  # known texts that vote for a sector; the share of their votes it needs


@dataclass(frozen=True)
class Worth:
    """Of `n` checklist items whose best suggestion was as near, `right` named a criterion they touch."""

    right: int
    n: int


@dataclass(frozen=True)
class Suggestion:
    """A criterion, how near its words are (0 to 1), the words both have, and what that has been worth."""

    criterion: Criterion
    nearness: float
    words: tuple[str, ...]
    worth: Worth


@dataclass(frozen=True)
class SectorSuggestion:
    """A sector's code, its share of the votes of the nearest known texts, and the words that decided."""

    sector: str
    share: float
    words: tuple[str, ...]


def suggest_criteria(text: str, sector: str = "", n: int = 3) -> list[Suggestion]:
    """Return at most `n` criteria the text points to, the nearest first; of a sector, or of all ("").

    None for a text that is near to none. Superseded ones are not suggested. Raises KeyError for an unknown
    sector.
    """
    held = _usable(sector)
    near = [one for one in _known(sector).nearest(plain(text), len(held)) if one.score >= NEAR[0]]
    return [
        Suggestion(held[one.place], one.score, one.words, _worth_by_band()[_band(one.score)])
        for one in near
        if _names_its_ride(text, held[one.place])
    ][:n]


def _names_its_ride(text: str, row: Criterion) -> bool:
    return row.scene not in RIDES or any(word in text for word in RIDES[row.scene])


def suggest_sector(text: str) -> SectorSuggestion | None:
    """Return the sector the text points to, or None where the nearest known texts do not agree."""
    labels = _sectors_of_known()
    votes: dict[str, float] = defaultdict(float)
    words: dict[str, dict[str, None]] = defaultdict(dict)
    for one in _all_known().nearest(plain(text), VOTERS):
        if one.score >= NEAR[0]:
            votes[labels[one.place]] += one.score**2
            words[labels[one.place]].update(dict.fromkeys(one.words))
    if not votes:
        return None
    best = max(votes, key=lambda code: votes[code])
    share = votes[best] / sum(votes.values())
    return SectorSuggestion(best, share, tuple(words[best])) if share >= CLEAR else None


def _band(score: float) -> int:
    return sum(score >= edge for edge in NEAR)


@cache
def _usable(sector: str) -> tuple[Criterion, ...]:
    offered = criteria_of(sector) if sector else criteria()
    return tuple(one for one in offered if one.status != SUPERSEDED and not one.not_alone)


@cache
def _known(sector: str) -> Texts:
    """Return the texts to be near to: a situation is called by its heading too (瓦斯超限作业)."""
    return Texts(plain(f"{_heading(one)}{one.text}") for one in _usable(sector))


def _heading(row: Criterion) -> str:
    return row.scene if plain(row.scene) in _headings() else ""


@cache
def _headings() -> frozenset[str]:
    return frozenset(plain(one.text) for one in criteria() if one.not_alone == DIRECTORY)


@cache
def _worth_by_band() -> tuple[Worth, ...]:
    """Return what the best suggestion within an item's own sector was worth, by how near it was."""
    right, n = [0] * (len(NEAR) + 1), [0] * (len(NEAR) + 1)
    for item in checklist_items().values():
        for best in _known(item.sector).nearest(plain(item.item), 1):
            n[_band(best.score)] += 1
            right[_band(best.score)] += _usable(item.sector)[best.place].id in item.major_hazard_ids
    return tuple(Worth(*both) for both in zip(right, n, strict=True))


def _one_sector(industry: str) -> str:
    """Return the sector of an industry that belongs to one alone, or ""."""
    codes = industries()[industry].sectors
    return codes[0] if len(codes) == 1 else ""


@cache
def _labelled() -> tuple[tuple[str, str], ...]:
    """Return the texts that tell a sector, each with its code."""
    told = [(plain(one.text), _one_sector(one.industry)) for one in _usable("")]
    told += [(plain(one.item), one.sector) for one in checklist_items().values()]
    return tuple((text, code) for text, code in told if code)


@cache
def _all_known() -> Texts:
    return Texts(text for text, _ in _labelled())


def _sectors_of_known() -> tuple[str, ...]:
    return tuple(code for _, code in _labelled())
