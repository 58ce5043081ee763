"""事故期初数: what was counted in the months before the ledger, by township and sector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.counted import TOWNSHIP
from anwei.emergency.models import OpeningFigure
from anwei.emergency.queries import OPENED, opening_seen
from anwei.emergency.services.months import recorded, twice
from anwei.emergency.services.opening import save_opening
from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import (
    PLACE_HEADERS,
    SECTOR_ALIASES,
    in_sight,
    may_keep_registers,
    territory_choices,
)
from anwei.sites.registers.columns import amount

FIRST_YEAR, MONTHS = 2000, 12


def check(values: Mapping[str, Any]) -> str:
    """Refuse months that are none or still run, and figures that contradict each other."""
    year, month = values.get("year") or 0, values.get("month") or 0
    told = {
        name: values.get(name) or 0
        for name in ("accidents", "fatal_accidents", "larger_accidents", "deaths", "loss")
    }
    today = timezone.localdate()
    refusals = (
        (not (1 <= month <= MONTHS and FIRST_YEAR <= year <= today.year), _("请填写已过的年份和 1 到 12 月")),
        ((year, month) >= (today.year, today.month), _("期初数只填已结束的月份")),
        (
            max(told["fatal_accidents"], told["larger_accidents"]) > told["accidents"],
            _("亡人事故、较大及以上事故不能多于事故起数"),
        ),
        (
            told["deaths"] < told["fatal_accidents"] or (told["deaths"] and not told["fatal_accidents"]),
            _("死亡人数与亡人事故起数不符"),
        ),
        (told["loss"] < 0, _("直接经济损失不能小于 0")),
    )
    return next((sentence for holds, sentence in refusals if holds), "")


def refuse_together(rows: Sequence[tuple[Any, Mapping[str, Any]]], person: Any) -> list[str]:
    """Refuse figures of months that the ledger of accidents already counts."""
    months = [_month(row, values) for row, values in rows]
    double = recorded(months)
    return [twice(month) if month in double else "" for month in months]


def _month(row: Any, values: Mapping[str, Any]) -> date:
    year, month = (int(values.get(name, getattr(row, name, 1))) for name in ("year", "month"))
    return date(year, month, 1)


def sees(person: Any, row: OpeningFigure | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see figures with these values."""
    return in_sight(person, values["territory"], values["sector"])


OPENING_FIGURES = register(
    Ledger(
        code="opening-figures",
        label=gettext_lazy("事故期初数"),
        model=OpeningFigure,
        rows=opening_seen,
        save=save_opening,
        key=("year", "month", "territory", "sector"),
        order=("-month_begins", "territory", "sector"),
        may_write=may_keep_registers,
        check=check,
        sees=sees,
        refuse_together=refuse_together,
        period="month_begins",
        narrowed_by=tuple((f"with_{name}", f"with_{name}") for name in OPENED),
        explanation=gettext_lazy(
            "启用事故台账以前的月份，每月、每乡镇、每行业一行，用来作同比和较前两年平均；没有事故的月份填 0。"
            "一个月要么按期初数统计，要么按事故台账统计，不重复计算。"
        ),
        empty=gettext_lazy("从 Excel 导入前两年的月度数；没有导入的月份不作比较。"),
        columns=(
            Column("year", synonyms=("年度",), filtered=False, example="2025"),
            Column("month", synonyms=("月",), example="3"),
            Column("territory", choices=territory_choices, synonyms=PLACE_HEADERS, filtered="startswith"),
            Column(
                "sector",
                synonyms=("行业领域", "所属行业", "行业类别"),
                aliases=SECTOR_ALIASES,
                filtered=True,
                explanation=gettext_lazy("九个行业以外的留空，按其他统计"),
            ),
            Column("accidents", synonyms=("起数", "事故数"), total=True, sensitive=True, example="1"),
            Column("fatal_accidents", synonyms=("亡人事故",), total=True, sensitive=True, example="1"),
            Column("larger_accidents", synonyms=("较大以上事故",), total=True, sensitive=True, example="0"),
            Column("deaths", synonyms=("死亡", "死亡数"), total=True, sensitive=True, example="1"),
            Column("injuries", synonyms=("受伤", "伤"), total=True, sensitive=True, example="0"),
            Column(
                "loss",
                path="loss",
                value=amount("loss"),
                synonyms=("经济损失", "直接经济损失", "损失"),
                total=True,
                sensitive=True,
                example="80",
            ),
            Column("month_begins", editable=False, shown=False),
            TOWNSHIP,
        ),
    )
)
