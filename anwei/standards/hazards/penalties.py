"""What a violation costs: fines of the work safety act, the emergency regulations and, of mines, 煤矿条例."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from anwei.standards.law.citations import citations
from anwei.standards.law.register import penalty_rows, provisions

WORK_SAFETY_ACT = "law_spf"
COAL_MINES = "reg_coal"  # 煤矿安全生产条例: for mines it goes before the act, which it names where it applies


@dataclass(frozen=True)
class Penalty:
    """One fine; `article` as cited in the law `source_id`; amounts are words of the law's gist, not numbers.

    `measure_first` is what the first finding brings, `measure_overdue` what follows if it is not corrected,
    `person_fine` what the persons responsible pay; `closing_loop_use` the occasion in this system.
    """

    id: str
    source_id: str
    article: str
    subject: str
    violation: str
    measure_first: str
    measure_overdue: str
    person_fine: str
    closing_loop_use: str
    confidence: str


@cache
def penalties() -> dict[str, Penalty]:
    """Return all fines by id in the order of the sheet."""
    return {row["id"]: Penalty(source_id=provisions()[row["id"]].source, **row) for row in penalty_rows()}


def laws_of(*sectors: str) -> tuple[str, ...]:
    """Return the laws whose fines apply where there are these sectors, the special one first."""
    laws = dict.fromkeys(row.source_id for row in penalties().values())
    return (
        (COAL_MINES, *(law for law in laws if law != COAL_MINES))
        if "coal" in sectors
        else tuple(law for law in laws if law != COAL_MINES)
    )


def penalties_of(article: str) -> tuple[Penalty, ...]:
    """Return the fines of an article: 第97条 gives those of all its items, 第97条(五) the one.

    An article without a law is one of the work safety act; none for an article that is not carried.
    """
    return tuple(
        penalty
        for penalty in penalties().values()
        if any(_fits(penalty, *wanted) for wanted in _places(article, WORK_SAFETY_ACT))
    )


def penalties_for(use: str) -> tuple[Penalty, ...]:
    """Return the fines that an occasion of the closed loop threatens: 双报告, 隐患逾期未销号, …"""
    return tuple(penalty for penalty in penalties().values() if penalty.closing_loop_use == use)


def _places(article: str, law: str) -> list[tuple[str, str, str, str]]:
    return [(one.source or law, one.article, one.paragraph, one.item) for one in citations(article)]


def _fits(penalty: Penalty, law: str, article: str, paragraph: str, item: str) -> bool:
    return any(
        (law, article) == own[:2] and paragraph in ("", own[2]) and item in ("", own[3])
        for own in _places(penalty.article, penalty.source_id)
    )
