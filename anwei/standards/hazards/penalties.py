"""What a violation costs: 34 fines of the work safety act and the emergency regulations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from anwei.standards.law.citations import citations
from anwei.standards.law.register import provisions
from anwei.standards.law.tables import rows

WORK_SAFETY_ACT = "law_spf"


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
    return {
        row["id"]: Penalty(source_id=provisions()[row["id"]].source, **row) for row in rows("penalties.csv")
    }


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
