"""往年、外部隐患: records that were opened elsewhere, kept as their source tells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.counted import TOWNSHIP, told_true
from anwei.hazards.models import Grade, PastHazard
from anwei.hazards.registers.counted import NARROWED_BY, OVERDUE, timing_column
from anwei.hazards.services.past import save_past
from anwei.hazards.timing import timed_past
from anwei.language import gettext_noop
from anwei.ledgers.declaration import Column, Ledger, register, seen
from anwei.org.register_rules import (
    PLACE_HEADERS,
    SECTOR_ALIASES,
    in_sight,
    may_keep_registers,
    territory_choices,
)
from anwei.sites.models import Enterprise
from anwei.sites.registers.columns import degrees
from anwei.standards.geography import points

Status = PastHazard.Status
ELSEWHERE = gettext_noop("外部台账")  # the source of a sheet that names none
PLAIN = re.compile(r"-?\d{1,3}(\.\d+)?")
OPEN = (Status.OPEN, Status.OPEN_DUPLICATE)


def rows_seen(person: Any) -> QuerySet[Any]:
    """Return the records a person sees, each with whether it is in time."""
    return timed_past(seen(PastHazard, person), timezone.localdate())


def check(values: Mapping[str, Any]) -> str:
    """Refuse what cannot be: closed without a day, open with one, closed before it was filed."""
    is_open, filed_on, closed_on = (
        values.get("status") in OPEN,
        values.get("filed_on"),
        values.get("closed_on"),
    )
    if is_open and closed_on:
        return _("未办结的不能有办结日期")
    if not is_open and closed_on is None:
        return _("已办结的须写明办结日期")
    if closed_on and filed_on and closed_on < filed_on:
        return _("办结日期不能早于登记日期")
    if abs(values.get("longitude") or 0) > 180 or abs(values.get("latitude") or 0) > 90:
        return _("经度须在 ±180 之间，纬度须在 ±90 之间")
    return ""


def coordinate(axis: str) -> Callable[[str], str]:
    """Return a reader of a coordinate anywhere on earth: a plain number as it is, else as people write it."""
    spelled = degrees(axis)
    return lambda text: text if PLAIN.fullmatch(text) else spelled(text)


def sees(person: Any, row: PastHazard | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see a record with these values."""
    return in_sight(person, values["territory"], values["sector"])


def of_the_unit(path: str) -> Callable[[Any], Callable[[Any], tuple[Any, str, bool] | None]]:
    """Return what tells, by the name of an enterprise that we know, what its own record says at `path`."""

    def for_reader(person: Any) -> Callable[[Any], tuple[Any, str, bool] | None]:
        known = dict(seen(Enterprise, person).values_list("unit__name", path))
        sentence = _("按企业台账填写")
        return lambda name: (known[name], sentence, True) if known.get(name) else None

    return for_reader


PAST_HAZARDS = register(
    Ledger(
        code="past-hazards",
        tabs="hazards/tabs.html",
        label=gettext_lazy("往年、外部隐患"),
        model=PastHazard,
        rows=rows_seen,
        save=save_past,
        key=("number", "source", "turn"),
        ordinal="turn",
        told_apart=("filed_on", "text"),
        order=("-filed_on", "-pk"),
        may_write=may_keep_registers,
        check=check,
        sees=sees,
        narrowed_by=NARROWED_BY,
        period="filed_on",
        views=(
            (gettext_lazy("未办结"), "open=True"),
            (gettext_lazy("超期"), "timing=overdue"),
            (gettext_lazy("重复件"), "timing=not_counted"),
        ),
        explanation=gettext_lazy(
            "在其他系统或者纸质台账上登记的隐患和问题，只供查询和统计，不在本系统办理。"
        ),
        empty=gettext_lazy("从 Excel 导入往年台账或者上级平台的导出；在办的请导入“隐患台账”立案。"),
        columns=(
            Column(
                "number",
                synonyms=("编号", "隐患编号", "省平台编号", "工单号", "件号", "受理编号"),
                searched=True,
                example="W2011-000001",
            ),
            Column(
                "source",
                synonyms=("来源系统", "台账名称", "数据来源", "平台"),
                required=False,
                default=ELSEWHERE,
                filtered=True,
                explanation=gettext_lazy("哪个系统、哪本台账；同一来源里编号不重复"),
                example="2011年纸质台账",
            ),
            Column(
                "filed_on",
                synonyms=("检查日期", "排查日期", "受理日期", "发现日期", "登记时间", "受理时间", "上报日期"),
                example="2011-03-02",
            ),
            Column(
                "territory",
                choices=territory_choices,
                synonyms=PLACE_HEADERS,
                told_by="unit_name",
                tell=of_the_unit("unit__territory"),
            ),
            Column("unit_name", synonyms=("企业名称", "单位名称", "被检查单位"), searched=True, shown=False),
            Column("type", synonyms=("问题类型", "事项类型", "类别"), searched=True, shown=False),
            Column("text", synonyms=("隐患描述", "存在问题", "问题描述", "内容"), searched=True),
            Column("address", synonyms=("地点", "位置", "部位", "详细地址"), searched=True),
            Column(
                "grade",
                aliases={"一般隐患": Grade.GENERAL, "重大隐患": Grade.MAJOR, "重大事故隐患": Grade.MAJOR},
                synonyms=("隐患等级", "级别"),
                filtered=True,
                shown=False,
            ),
            Column(
                "status",
                synonyms=("办理状态", "整改状态", "是否办结"),
                aliases={
                    "completed": Status.CLOSED,
                    "open": Status.OPEN,
                    "completed - dup": Status.CLOSED_DUPLICATE,
                    "open - dup": Status.OPEN_DUPLICATE,
                    "已销号": Status.CLOSED,
                    "已整改": Status.CLOSED,
                    "已完成": Status.CLOSED,
                    "整改中": Status.OPEN,
                    "未整改": Status.OPEN,
                    "在办": Status.OPEN,
                },
                filtered=True,
            ),
            Column("due_on", synonyms=("期限", "整改期限", "办理期限"), shown=False),
            Column(
                "reckoned_on",
                editable=False,
                shown=False,
                explanation=gettext_lazy("原定期限；原台账没有期限的，按通常的整改期限推算"),
            ),
            Column("closed_on", synonyms=("销号时间", "销号日期", "办结时间", "完成日期", "整改完成日期")),
            Column(
                "sector",
                synonyms=("行业类别", "行业领域", "所属行业"),
                aliases=SECTOR_ALIASES,
                told_by="unit_name",
                tell=of_the_unit("sector"),
                filtered=True,
                shown=False,
            ),
            Column(
                "longitude",
                kind="number",
                clean=coordinate(points.EAST),
                synonyms=("东经",),
                shown=False,
                example="113.08",
            ),
            Column(
                "latitude",
                kind="number",
                clean=coordinate(points.NORTH),
                synonyms=("北纬",),
                shown=False,
                example="36.19",
            ),
            Column("duplicate_of", synonyms=("重复编号", "原件编号"), shown=False),
            Column("turn", synonyms=("序次",), required=False, shown=False),
            TOWNSHIP,
            timing_column(gettext_lazy("按期"), shown=True),
            OVERDUE,
            told_true("open", gettext_lazy("未办结")),
        ),
    )
)
