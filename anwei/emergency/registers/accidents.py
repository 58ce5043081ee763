"""事故台账: each accident of the county, and those elsewhere that are read for their lessons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.counted import TOWNSHIP, told_true
from anwei.emergency.models import Accident, Facts, Source
from anwei.emergency.queries import accidents_seen
from anwei.emergency.services.accidents import save_accidents, too_late
from anwei.emergency.services.months import opened, twice
from anwei.ledgers.declaration import Column, Ledger, register, seen
from anwei.org.register_rules import (
    PLACE_HEADERS,
    SECTOR_ALIASES,
    in_sight,
    may_keep_registers,
    territory_choices,
)
from anwei.org.scope import grants
from anwei.sites.models import Enterprise
from anwei.sites.registers.columns import amount
from anwei.sites.registers.owners import enterprise_choices
from anwei.sites.registers.risks import site_choices
from anwei.standards.accidents import type_fits, type_labels
from anwei.standards.hazards.criteria import criterion

CLOCK = re.compile(r"([01]?\d|2[0-3])[:：时](\d{1,2})分?(?::\d{2})?")
LARGEST = 10**9  # 万元; more is a slip of the hand
TYPE_ALIASES = {name.partition("（1986")[0]: code for code, name in reversed(type_labels().items())}


def of_day(text: str) -> str:
    """Return a time of the day as "14:05". Raises ValueError."""
    match = CLOCK.fullmatch(text.replace(" ", ""))
    if match is None or int(match[2]) > 59:
        raise ValueError(_("“%(text)s”不是时间，请写成 14:30") % {"text": text})
    return f"{int(match[1]):02d}:{int(match[2]):02d}"


def web_address(text: str) -> str:
    """Return the address of a page. Raises ValueError."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as error:
        raise ValueError(_("“%(text)s”不是网址") % {"text": text}) from error
    return text


def known_criterion(text: str) -> str:
    """Return the code of a criterion of major hazards. Raises ValueError."""
    try:
        return criterion(text.strip().upper()).id
    except KeyError as error:
        raise ValueError(_("没有编号为“%(text)s”的重大隐患判据") % {"text": text}) from error


def of_the_enterprise(path: str) -> Callable[[Any], Callable[[Any], tuple[Any, str, bool] | None]]:
    """Return what tells, by the enterprise that is named, what its own record says at `path`."""

    def for_reader(person: Any) -> Callable[[Any], tuple[Any, str, bool] | None]:
        known = dict(seen(Enterprise, person).values_list("pk", path))
        sentence = _("按企业台账填写")
        return lambda key: (known[key], sentence, True) if known.get(key) else None

    return for_reader


def check(values: Mapping[str, Any]) -> str:
    """Refuse what cannot be: ours without a place, one elsewhere with one, a type not in force."""
    day, elsewhere = values.get("happened_on"), values.get("source") == Source.ELSEWHERE
    amounts = values.get("loss") or 0
    refusals = (
        (day and day > timezone.localdate(), _("发生日期不能晚于今天")),
        (
            elsewhere and not values.get("source_name"),
            _("外地事故须写明来源（调查报告、通报的名称）"),
        ),
        (
            elsewhere and (values.get("territory") or values.get("enterprise") or values.get("site")),
            _("外地事故不填属地、企业和重点部位，地点写在事故地点里"),
        ),
        (not elsewhere and not values.get("territory"), _("本县事故须填属地")),
        (
            day and values.get("type") and not type_fits(values["type"], day),
            _("2026年7月1日起按 GB 6441-2025 填报事故类型，旧分类只用于以前的事故"),
        ),
        (not 0 <= amounts < LARGEST, _("直接经济损失应在 0 到 %(most)d 万元之间") % {"most": LARGEST}),
        (
            abs(amounts * 10_000 - round(amounts * 10_000)) > 1e-3,
            _("直接经济损失最多写到元（四位小数）"),
        ),
    )
    return next((sentence for holds, sentence in refusals if holds), "")


def refuse_together(rows: Sequence[tuple[Any, Mapping[str, Any]]], person: Any) -> list[str]:
    """Refuse the county's own accidents of months that opening figures already count, and deaths too late."""
    months = [_counted_month(row, values) for row, values in rows]
    double, now = opened(month for month in months if month), timezone.now()
    late = ["" if row is None else too_late(row, values, now) for row, values in rows]
    return [twice(month) if month in double else why for month, why in zip(months, late, strict=True)]


def _counted_month(row: Any, values: Mapping[str, Any]) -> Any:
    names = ("source", "of_production", "happened_on")
    told = {name: values.get(name, getattr(row, name, None)) for name in names}
    counts = told["source"] == Source.OWN and told["of_production"] and told["happened_on"]
    return told["happened_on"].replace(day=1) if counts else None


def sees(person: Any, row: Accident | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see an accident with these values."""
    if values["source"] == Source.ELSEWHERE:
        return bool(grants(person))
    return in_sight(person, values["territory"], values["sector"], values["enterprise"])


CASUALTIES = (
    Column("deaths", synonyms=("死亡", "死亡数", "死亡（人）"), total=True, sensitive=True, example="0"),
    Column("serious_injuries", synonyms=("重伤", "重伤（人）"), total=True, sensitive=True, example="1"),
    Column("minor_injuries", synonyms=("轻伤", "轻伤（人）"), total=True, sensitive=True, example="0"),
    Column("missing", synonyms=("失联人数", "下落不明"), shown=False, sensitive=True, example="0"),
    Column(
        "loss",
        path="loss",
        value=amount("loss"),
        synonyms=("直接经济损失", "经济损失（万元）", "损失"),
        total=True,
        sensitive=True,
        example="35.5",
    ),
)
CONDITIONS = (
    Column("chemicals", synonyms=("危险化学品", "介质"), searched=True, shown=False, example="液氨"),
    Column("equipment", synonyms=("设备设施", "涉及设备"), searched=True, shown=False, example="模板支架"),
    Column("process", synonyms=("工艺", "作业类型", "涉及作业"), searched=True, shown=False),
    Column(
        "criterion",
        clean=known_criterion,
        synonyms=("判据编号", "对应条款"),
        shown=False,
        example="GM-04-02",
        explanation=gettext_lazy("重大事故隐患判据的编号，举一反三时按它查找"),
    ),
    Column("conditions", synonyms=("其他情况",), searched=True, shown=False),
    Column("cause", synonyms=("原因", "直接原因", "事故经过和原因"), shown=False),
    Column("lessons", synonyms=("事故教训", "防范措施", "教训"), shown=False),
)
ACCIDENTS = register(
    Ledger(
        code="accidents",
        label=gettext_lazy("事故台账"),
        model=Accident,
        rows=accidents_seen,
        save=save_accidents,
        key=("number",),
        also_known_by=(("happened_on", "unit_name", "place"),),
        order=("-happened_on", "-pk"),
        related=("enterprise__unit", "site"),
        may_write=may_keep_registers,
        check=check,
        sees=sees,
        refuse_together=refuse_together,
        narrowed_by=(("enterprise", "enterprise"),),
        period="happened_on",
        opens=lambda row: reverse("accident", args=[row.pk]),
        opened_from_list=True,
        views=(
            (gettext_lazy("计入统计"), "counted=True"),
            (gettext_lazy("亡人事故"), "counted=True&fatal=True"),
            (gettext_lazy("较大及以上"), "counted=True&at_least_larger=True"),
            (gettext_lazy("外地事故"), "source=elsewhere"),
        ),
        explanation=gettext_lazy(
            "本县发生的事故和供举一反三的外地事故；外地的、非生产安全的不计入统计。等级按国务院令第493号第3条由伤亡和损失算出。"
        ),
        empty=gettext_lazy("从 Excel 导入今年的事故，或逐起登记；往年的月度数导入“事故期初数”。"),
        columns=(
            Column(
                "number",
                synonyms=("编号",),
                required=False,
                of_new_rows=True,
                searched=True,
                explanation=gettext_lazy("留空由系统编号"),
                example="SG-2026-01",
            ),
            Column("happened_on", synonyms=("事故日期", "日期"), sensitive=True, example="2026-03-02"),
            Column("happened_time", clean=of_day, synonyms=("时间",), shown=False, example="14:30"),
            Column("unit_name", synonyms=("事故发生单位", "单位名称", "单位"), searched=True),
            Column("place", synonyms=("地点", "发生地点", "事故发生地点"), searched=True, shown=False),
            Column(
                "territory",
                choices=territory_choices,
                synonyms=PLACE_HEADERS,
                told_by="enterprise",
                tell=of_the_enterprise("unit__territory"),
                required=False,
            ),
            Column(
                "sector",
                synonyms=("行业领域", "所属行业"),
                aliases=SECTOR_ALIASES,
                told_by="enterprise",
                tell=of_the_enterprise("sector"),
                filtered=True,
            ),
            Column("industry", synonyms=("行业分类", "国民经济行业"), filtered=True, shown=False),
            Column("type", synonyms=("事故类别", "类别"), aliases=TYPE_ALIASES, filtered=True),
            Column("grade", editable=False, filtered=True),
            *CASUALTIES,
            Column(
                "of_production",
                synonyms=("是否生产安全事故",),
                shown=False,
                sensitive=True,
            ),
            Column(
                "facts",
                synonyms=("快报或核定", "状态"),
                aliases={"续报": Facts.QUICK, "终报": Facts.VERIFIED},
                filtered=True,
            ),
            Column("source", synonyms=("本县或外地",), filtered=True, shown=False, sensitive=True),
            Column("source_name", synonyms=("来源", "调查报告"), shown=False, example="事故调查报告"),
            Column(
                "source_url",
                clean=web_address,
                synonyms=("网址", "链接"),
                shown=False,
                example="https://www.example.gov.cn/report",
            ),
            Column(
                "enterprise",
                display="enterprise__unit__name",
                choices=enterprise_choices,
                synonyms=("企业名称", "生产经营单位"),
                shown=False,
            ),
            Column("site", display="site__name", choices=site_choices, synonyms=("部位",), shown=False),
            *CONDITIONS,
            TOWNSHIP,
            told_true("counted", gettext_lazy("计入统计")),
            told_true("fatal", gettext_lazy("有人死亡")),
            told_true("at_least_larger", gettext_lazy("较大及以上事故")),
        ),
    )
)
