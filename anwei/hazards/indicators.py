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

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.cases import indicators as registry
from anwei.cases.periods import Span
from anwei.hazards.closures import ELSEWHERE, OURS
from anwei.hazards.models import STANDS, Grade, Hazard, Origin, PastHazard, Penalty, Visit
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


def _cited(key: str) -> Callable[[], str]:
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
        _cited("hazard.quarterly_statistics"),
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
        _cited("hazard.quarterly_statistics"),
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
        _cited("hazard.d15"),
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
        _cited("hazard.d15"),
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


def counted(count: Count) -> tuple[registry.Rows, ...]:
    """Return the rows of a count as the house's registry of indicators counts them: ours alone."""
    stock = "" if count.of_period else count.key
    return (registry.RegisterRows(OURS, dict(count.where), dated=count.of_period, stock=stock),)


def visits() -> registry.Rows:
    """Return the inspections of officials that were carried out."""
    return registry.PageRows(
        "inspections", {"state": "ended"}, Visit, Q(ended_at__isnull=False), column="planned_on"
    )


def penalties() -> registry.Rows:
    """Return the penalties that were decided and stand: an annulled one counts nowhere, a varied one does."""
    return registry.PageRows("penalties", {"state": "standing"}, Penalty, STANDS, column="decided_on")


IN_THE_HOUSE = {
    "hazards_found": _("发现隐患"),
    "rectification_rate": _("隐患整改率"),
    "on_time_rate": _("隐患按期整改率"),
    "repeat_rate": _("隐患重复率"),
    "untrue_rate": _("隐患不属实率"),
    "past_limit": _("超期未改隐患"),
    "major_open": _("重大隐患未销号"),
}
"""What they are called beside the indicators of other rooms."""


def _by_rows(
    key: str, label: Label, definition: Label, where: dict[str, Any], stock: str = "", **more: Any
) -> None:
    """Contribute a number of hazards that the register shows with these filters; a `stock` as it stands."""
    registry.register_indicator(
        registry.Indicator(
            key,
            label,
            _("件"),
            (registry.RegisterRows(OURS, where, dated=not stock, stock=stock),),
            definition,
            more.pop("source", lambda: ""),
            order=20,
            **more,
        )
    )


for _one in INDICATORS:
    registry.register_indicator(
        registry.Indicator(
            _one.key,
            IN_THE_HOUSE[_one.key],
            _("件") if _one.of is None else "%",
            counted(_one.count),
            _one.definition,
            _one.source,
            _one.direction,
            () if _one.of is None else counted(_one.of),
            settles=_one.of is None,  # what becomes of a month's hazards goes on after it
            order=20,
        )
    )
registry.register_indicator(
    registry.Indicator(
        "hazards_major",
        _("重大隐患"),
        _("件"),
        counted(MAJOR),
        _("本期发现并判定为重大的隐患；不属实的、并入的不计。"),
        lambda: grades()[Grade.MAJOR].citation.partition("；")[0],
        order=20,
    )
)
_by_rows(
    "hazards_general",
    _("一般隐患"),
    _("本期发现并判定为一般的隐患；不属实的、并入的不计，还没有判定的不在内。"),
    {"counted": True, "grade": Grade.GENERAL},
)
_by_rows(
    "hazards_stopped",
    _("停产停业整改"),
    _("本期发现、责令停产停业整改的隐患。多不等于好。"),
    {"counted": True, "stopped": True},
    source=lambda: "安全生产法（2021）第65条",
)
_by_rows(
    "hazards_tipped",
    _("群众举报隐患"),
    _("本期由群众举报而登记的隐患；经核实不属实的不计。"),
    {"counted": True, "origin": Origin.TIP_OFF},
    source=lambda: "安全生产法（2021）第73条、第74条",
)
_by_rows(
    "hazards_open",
    _("未销号隐患"),
    _("到现在还没有销号的隐患，不论何时发现；不属实的、并入的不计。"),
    dict(OPEN.where),
    OPEN.key,
    direction=registry.MORE_IS_WORSE,
    source=_cited("hazard.quarterly_statistics"),
)
_by_rows(
    "hazards_listed",
    _("挂牌督办隐患"),
    _("现在挂牌督办的重大隐患。"),
    {"listed": True},
    "listed",
    source=lambda: "安全生产法（2021）第41条",
)
registry.register_indicator(
    registry.Indicator(
        "inspections_done",
        _("检查企业、场所"),
        _("次"),
        (visits(),),
        _(
            "已结束的行政检查，按计划检查日期；合并检查算一次，取消的不算。多不等于好：同一企业每年有次数上限。"
        ),
        lambda: "国务院办公厅关于严格规范涉企行政检查的意见（国办发〔2024〕54号）",
        order=30,
    )
)
registry.register_indicator(
    registry.Indicator(
        "penalties_decided",
        _("行政处罚"),
        _("件"),
        (penalties(),),
        _("按决定日期登记的行政处罚，不论是否已经公示。多不等于好。"),
        lambda: "安全生产法（2021）第78条",
        order=30,
    )
)
