"""What this room counts: accidents and what they cost, by the ledger, and by opening figures before it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anwei.cases.counted_rows import RegisterRows
from anwei.cases.indicators import MORE_IS_WORSE, Indicator, register_indicator
from anwei.ledgers.columns import Label
from anwei.standards.accidents import accident_grades
from anwei.standards.deadlines import deadline

LAW = "安全生产法（2021）第89条"
OURS: dict[str, Any] = {"counted": True}


def _indicator(
    key: str,
    label: Label,
    unit: Label,
    definition: Label,
    opening: str,
    *,
    total: str = "",
    where: dict[str, Any] | None = None,
    source: str = LAW,
    event: bool = False,
) -> Indicator:
    """Contribute a number of the ledger, with the opening figures of the months that it does not count."""
    ledger = RegisterRows("accidents", {**OURS, **(where or {})}, OURS, total=total)
    before = RegisterRows("opening-figures", {f"with_{opening}": True}, total=opening, whole_months=True)
    return register_indicator(
        Indicator(
            key,
            label,
            unit,
            (ledger, before),
            definition,
            lambda: source,
            MORE_IS_WORSE,
            event=event,
            order=10,
        )
    )


ACCIDENTS = _indicator(
    "acc_cnt",
    _("事故起数"),
    _("起"),
    _("本县发生的生产安全事故；外地的、非生产安全的不计。启用台账以前的月份用期初数。"),
    "accidents",
    event=True,
)
DEATHS = _indicator(
    "acc_death",
    _("死亡人数"),
    _("人"),
    _("事故当场和 30 日内（道路交通、火灾 7 日内）死亡的人数；下落不明的不算死亡。"),
    "deaths",
    total="deaths",
    source=deadline("accident.supplement").citation,
)
INJURIES = _indicator(
    "acc_injury",
    _("受伤人数"),
    _("人"),
    _("重伤和轻伤人数之和，急性工业中毒计入重伤。"),
    "injuries",
    total="injuries",
)
LOSS = _indicator(
    "acc_loss",
    _("直接经济损失"),
    _("万元"),
    _("快报的按初步估计，核定的按核定数。"),
    "loss",
    total="loss",
)
FATAL = _indicator(
    "fatal_cnt",
    _("亡人事故起数"),
    _("起"),
    _("至少死亡 1 人的生产安全事故。"),
    "fatal_accidents",
    where={"fatal": True},
    event=True,
)
LARGER = _indicator(
    "large_cnt",
    _("较大及以上事故起数"),
    _("起"),
    _("死亡 3 人以上，或者重伤 10 人以上，或者直接经济损失 1000 万元以上；以上包括本数。"),
    "larger_accidents",
    where={"at_least_larger": True},
    source=accident_grades()["larger"].citation,
    event=True,
)
