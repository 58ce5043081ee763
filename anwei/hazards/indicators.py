"""What this room contributes to the house: its own indicators (`counts`), and numbers of rows beside them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases import indicators as registry
from anwei.cases.counted_rows import PageRows, RegisterRows, Rows
from anwei.hazards.closures import OURS
from anwei.hazards.counts import INDICATORS, MAJOR, OPEN, Count, cited
from anwei.hazards.models import STANDS, Grade, Origin, Penalty, Visit
from anwei.ledgers.columns import Label
from anwei.standards.hazards.rules import grades


def counted(count: Count) -> tuple[Rows, ...]:
    """Return the rows of a count as the house's registry of indicators counts them: ours alone."""
    stock = "" if count.of_period else count.key
    return (RegisterRows(OURS, dict(count.where), dated=count.of_period, stock=stock),)


def visits() -> Rows:
    """Return the inspections of officials that were carried out."""
    return PageRows("inspections", {"state": "ended"}, Visit, Q(ended_at__isnull=False), column="planned_on")


def penalties() -> Rows:
    """Return the penalties that were decided and stand: an annulled one counts nowhere, a varied one does."""
    return PageRows("penalties", {"state": "standing"}, Penalty, STANDS, column="decided_on")


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
            (RegisterRows(OURS, where, dated=not stock, stock=stock),),
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
    source=cited("hazard.quarterly_statistics"),
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
