"""What this room counts, as data: each indicator with its rows, its words, its source, its better direction.

A `Count` says its rows by the values of columns that `hazards.timing` reckons; the same words count them in
the database and make the filter of the register that shows just them. What an indicator means stands here
once; overdue, in time, repeat and untrue are those of `timing`, `overdue` and `queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.cases import indicators as registry
from anwei.cases.periods import Span
from anwei.hazards.closures import ELSEWHERE, OURS
from anwei.hazards.models import Grade, Hazard, PastHazard
from anwei.hazards.statistics import start_of
from anwei.hazards.timing import FALSE, MERGED, NOT_COUNTED, ON_TIME, OVERDUE, timed_hazards, timed_past
from anwei.ledgers.columns import Label, seen
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.standards.deadlines import deadlines
from anwei.standards.hazards.rules import grades

FEWEST = registry.FEWEST
Dimension = str
TOWNSHIP, SECTOR, ORIGIN, CLAUSE = "township", "sector", "origin", "clause"


@dataclass(frozen=True)
class Count:
    """Rows with these values in columns that are reckoned; of a period, or as they stand now."""

    key: str
    label: Label
    where: Mapping[str, Any]
    of_period: bool = True

    def holds(self, group: Mapping[str, Any]) -> bool:
        """Say whether rows with the values of a group are counted."""
        return all(group[name] == value for name, value in self.where.items())


@dataclass(frozen=True)
class Indicator:
    """A number, or with `of` a share of another; `direction`: better is more (1), less (-1), neither (0)."""

    key: str
    label: Label
    count: Count
    of: Count | None
    direction: int
    short: Label
    definition: Label
    source: Callable[[], str]
    by: tuple[Dimension, ...] = (TOWNSHIP, SECTOR, ORIGIN)


@dataclass(frozen=True)
class Population:
    """A register that is counted: its rows, the column of its days, what it can be divided by."""

    code: str
    label: Label
    rows: Callable[[Person | None, datetime], QuerySet[Any]]
    day: str
    by: tuple[Dimension, ...]
    facets: tuple[str, ...]
    clause_facets: tuple[str, ...] = ()

    def found_in(self, person: Person | None, now: datetime, span: Span) -> QuerySet[Any]:
        """Return the rows of a period that a person sees (None: all)."""
        first: Any = span.first
        last: Any = span.last
        if self.code == OURS:
            first, last = start_of(first), timezone.make_aware(datetime.combine(last, time.max))
        return self.rows(person, now).filter(**{f"{self.day}__gte": first, f"{self.day}__lte": last})

    def standing(self, person: Person | None, now: datetime) -> QuerySet[Any]:
        """Return the rows that are not closed now, whenever they were found."""
        return self.rows(person, now).filter(open=True, counted=True)


def cited(key: str) -> Callable[[], str]:
    """Return what tells the article of a limit, as the standards hold it."""
    return lambda: deadlines()[key].citation


def _ours(person: Person | None, now: datetime) -> QuerySet[Any]:
    return timed_hazards(seen(Hazard, person), now, looks_at_all=True)


def _elsewhere(person: Person | None, now: datetime) -> QuerySet[Any]:
    return timed_past(seen(PastHazard, person), day_of(now))


POPULATIONS = {
    OURS: Population(
        OURS,
        _("本系统"),
        _ours,
        "found_at",
        (TOWNSHIP, SECTOR, ORIGIN),
        ("counted", "closed", "timing", "outcome", "repeats_another", "grade"),
        ("counted", "closed", "repeats_another"),
    ),
    ELSEWHERE: Population(
        ELSEWHERE,
        _("往年、外部"),
        _elsewhere,
        "filed_on",
        (TOWNSHIP, SECTOR),
        ("counted", "closed", "timing", "grade"),
    ),
}

FILED = Count("filed", _("登记"), {})
FOUND = Count("found", _("发现"), {"counted": True})
UNTRUE = Count("untrue", _("不属实"), {"outcome": FALSE})
JOINED = Count("joined", _("并入"), {"outcome": MERGED})
LEFT_OUT = Count("left_out", _("不计"), {"timing": NOT_COUNTED})
RECTIFIED = Count("rectified", _("已销号"), {"counted": True, "closed": True})
IN_TIME = Count("in_time", _("按期"), {"timing": ON_TIME})
TOO_LATE = Count("too_late", _("超期"), {"timing": OVERDUE})
DECIDED = Count("decided", _("按期和超期"), {"decided": True})
AGAIN = Count("again", _("重复"), {"counted": True, "repeats_another": True})
MAJOR = Count("major", _("重大"), {"counted": True, "grade": Grade.MAJOR})
OPEN = Count("open", _("未销号"), {"open": True, "counted": True}, of_period=False)
PAST_LIMIT = Count("past_limit", _("超期未改"), {"past_limit": True}, of_period=False)
MAJOR_OPEN = Count("major_open", _("重大未销号"), {"open": True, "grade": Grade.MAJOR}, of_period=False)
MAJOR_PAST_LIMIT = Count(
    "major_past_limit", _("重大超期未改"), {"past_limit": True, "grade": Grade.MAJOR}, of_period=False
)

COUNTS = (
    FILED,
    FOUND,
    UNTRUE,
    JOINED,
    LEFT_OUT,
    RECTIFIED,
    IN_TIME,
    TOO_LATE,
    DECIDED,
    AGAIN,
    MAJOR,
    OPEN,
    PAST_LIMIT,
    MAJOR_OPEN,
    MAJOR_PAST_LIMIT,
)
INDICATORS = (
    Indicator(
        "hazards_found",
        _("发现"),
        FOUND,
        None,
        0,
        _("本期登记，扣除不属实和并入的"),
        _("本期发现的隐患；经核实不属实的、并入另一件的不计。多不等于差：查得细也多。"),
        cited("hazard.quarterly_statistics"),
        (TOWNSHIP, SECTOR, ORIGIN, CLAUSE),
    ),
    Indicator(
        "rectification_rate",
        _("整改率"),
        RECTIFIED,
        FOUND,
        1,
        _("已销号 ÷ 发现"),
        _("本期发现的隐患中，到现在已复查销号的。期限未到的也在分母里，本期未结束时会偏低。"),
        cited("hazard.quarterly_statistics"),
        (TOWNSHIP, SECTOR, ORIGIN, CLAUSE),
    ),
    Indicator(
        "on_time_rate",
        _("按期率"),
        IN_TIME,
        DECIDED,
        1,
        _("按期 ÷ （按期＋超期）"),
        _(
            "整改时限（限期整改、治理方案、立行立改，含批准的延期）从未逾期而已销号的为按期；"
            "逾期完成或者逾期未完成的为超期；期限内未销号的不在分母里。"
        ),
        cited("hazard.d15"),
    ),
    Indicator(
        "repeat_rate",
        _("重复率"),
        AGAIN,
        FOUND,
        -1,
        _("重复 ÷ 发现"),
        _("同一地点、同一条款、描述相近，销号后十二个月内再次发现的。"),
        lambda: "",
        (TOWNSHIP, SECTOR, ORIGIN, CLAUSE),
    ),
    Indicator(
        "untrue_rate",
        _("不属实率"),
        UNTRUE,
        FILED,
        -1,
        _("不属实 ÷ 登记"),
        _("本期登记的隐患中，经核实现场没有的。"),
        lambda: "",
    ),
    Indicator(
        "past_limit",
        _("超期未改"),
        PAST_LIMIT,
        None,
        -1,
        _("现在，不限期间"),
        _("整改时限已过、到现在还没有整改完成的，不论何时发现；天数从期限次日起算。"),
        cited("hazard.d15"),
    ),
    Indicator(
        "major_open",
        _("重大未销号"),
        MAJOR_OPEN,
        None,
        -1,
        _("现在，不限期间"),
        _("判定为重大、到现在还没有销号的，不论何时发现。"),
        lambda: grades()[Grade.MAJOR].citation.partition("；")[0],
    ),
)


def indicator(key: str) -> Indicator:
    """Return an indicator by its key. Raises StopIteration for an unknown one."""
    return next(one for one in INDICATORS if one.key == key)
