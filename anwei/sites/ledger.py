"""The register of enterprises, with the headers that counties write, and those that hang on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import (
    SECTOR_ALIASES,
    in_sight,
    may_confirm_changes,
    may_keep_own_file,
    may_keep_registers,
    territory_choices,
)
from anwei.sites.models import Enterprise
from anwei.sites.registers.columns import PLACE, check_place
from anwei.sites.registers.datum_doubts import doubt_changed_place, doubt_new_places
from anwei.sites.registers.identity import credit_code, doubt_credit_code
from anwei.sites.registers.names import doubt_alike_names, township_of
from anwei.sites.registers.owners import sits_in
from anwei.sites.services import save_enterprises
from anwei.sites.statuses import doubt_overwriting


def sees_enterprise(person: Any, row: Enterprise | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see an enterprise with these values, by its first sector or its second."""
    key = row.pk if row is not None else None
    sectors = (values["sector"], values.get("second_sector") or "")
    return any(in_sight(person, values["territory"], sector, key) for sector in sectors)


def doubt_new_enterprises(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Doubt new enterprises by where they lie and by names that resemble theirs."""
    both = zip(doubt_new_places(rows, person), doubt_alike_names(rows, person), strict=True)
    return [_("；").join(filter(None, sentences)) for sentences in both]


def doubt_changed_enterprise(row: Enterprise, changed: Mapping[str, Any]) -> str:
    """Doubt an enterprise that would lie elsewhere, or lose what was written of its status."""
    return _("；").join(filter(None, (doubt_changed_place(row, changed), doubt_overwriting(row, changed))))


def check_enterprise(values: Mapping[str, Any]) -> str:
    """Refuse a status that begins in the future, and half a place."""
    since = values.get("status_since")
    if since and since > timezone.localdate():
        return _("状态起始日期不能晚于今天")
    return check_place(values)


ENTERPRISES = register(
    Ledger(
        code="enterprises",
        label=gettext_lazy("企业台账"),
        model=Enterprise,
        key=("credit_code",),
        alike=("name",),
        related=("unit",),
        order=("unit__name", "pk"),
        save=save_enterprises,
        may_write=may_keep_registers,
        may_propose=may_keep_own_file,
        may_confirm=may_confirm_changes,
        sits_in=sits_in,
        confirmed=(
            *("name", "credit_code", "sector", "second_sector", "territory", "scale"),
            *("status", "status_since", "workers", "shift_workers", "safety_managers", "special_workers"),
            *("standardization", "standardized_until"),
            *(
                "short_name",
                "address",
                "longitude",
                "latitude",
                "datum",
            ),  # where maps show it, under what name
        ),
        together=(
            ("longitude", "latitude", "datum"),
            ("status", "status_since"),
            ("standardization", "standardized_until"),
        ),
        sees=sees_enterprise,
        check=check_enterprise,
        doubt=doubt_changed_enterprise,
        doubt_new=doubt_new_enterprises,
        opens=lambda row: reverse("enterprise", args=[row.pk]),
        explanation=gettext_lazy("本县生产经营单位；按统一社会信用代码去重。"),
        empty=gettext_lazy("从 Excel 导入企业名录，或逐家登记。"),
        columns=(
            Column(
                "name",
                label=gettext_lazy("企业名称"),
                path="unit__name",
                synonyms=(
                    "单位名称",
                    "企业",
                    "公司名称",
                    "名称",
                    "生产经营单位",
                    "生产经营单位名称",
                    "单位全称",
                    "企业全称",
                ),
                searched=True,
                example="示例化工有限公司",
                sensitive=True,
            ),
            Column(
                "credit_code",
                synonyms=(
                    "信用代码",
                    "社会信用代码",
                    "统一代码",
                    "统一信用代码",
                    "营业执照号",
                    "组织机构代码",
                ),
                clean=credit_code,
                doubt=doubt_credit_code,
                searched=True,
                example="91140000000000000U",
                sensitive=True,
            ),
            Column(
                "sector",
                synonyms=("行业类别", "行业领域", "所属行业", "行业分类", "企业类型", "监管行业"),
                aliases=SECTOR_ALIASES,
                filtered=True,
                sensitive=True,
            ),
            Column(
                "territory",
                label=gettext_lazy("属地"),
                path="unit__territory",
                choices=territory_choices,
                synonyms=(
                    "所属乡镇",
                    "乡镇",
                    "乡镇街道",
                    "所在乡镇",
                    "镇街",
                    "属地乡镇",
                    "行政区划",
                    "所属镇",
                    "区划代码",
                ),
                filtered="startswith",
                told_by="address",
                tell=township_of,
                sensitive=True,
            ),
            Column(
                "status",
                synonyms=("生产状态", "企业状态", "经营状态", "生产经营状态", "运行状态"),
                aliases={
                    "正常生产": "producing",
                    "在产": "producing",
                    "正常": "producing",
                    "生产中": "producing",
                    "停工": "stopped",
                    "停业": "stopped",
                    "在建中": "building",
                    "建设": "building",
                    "关停": "closed",
                    "注销": "closed",
                    "已关闭": "closed",
                },
                filtered=True,
                bulk=True,
                sensitive=True,
            ),
            Column(
                "workers",
                synonyms=("人数", "职工人数", "员工人数", "从业人员", "从业人员数", "职工总数"),
                total=True,
                example="120",
            ),
            Column(
                "address", synonyms=("详细地址", "企业地址", "生产地址", "注册地址", "单位地址"), shown=False
            ),
            Column("short_name", label=gettext_lazy("简称"), path="unit__short_name", shown=False),
            *PLACE,
            Column(
                "second_sector",
                aliases=SECTOR_ALIASES,
                synonyms=("兼属行业领域", "第二行业", "涉及行业"),
                filtered=True,
                shown=False,
            ),
            Column(
                "scale",
                synonyms=("企业规模", "规模类型"),
                aliases={"大": "large", "中": "medium", "小": "small", "微": "micro", "小微": "micro"},
                filtered=True,
                shown=False,
            ),
            Column("status_since", synonyms=("状态日期", "停产日期", "状态变更日期"), shown=False),
            Column("shifts", synonyms=("班次", "班制", "每日班数"), shown=False, example="3"),
            Column("shift_workers", synonyms=("最大班作业人数", "单班最多人数"), shown=False),
            Column("safety_managers", synonyms=("安全管理人员数", "专职安全员人数"), shown=False),
            Column("special_workers", synonyms=("特种作业人员数", "特种作业人员"), shown=False),
            Column(
                "standardization",
                synonyms=("安全生产标准化等级", "标准化级别", "达标等级"),
                aliases={"1级": "1", "2级": "2", "3级": "3", "无": ""},
                filtered=True,
                shown=False,
            ),
            Column(
                "standardized_until",
                synonyms=("标准化有效期", "标准化到期", "标准化到期日", "标准化到期日期", "达标有效期"),
                shown=False,
            ),
        ),
    )
)

# after the register they hang on
from anwei.sites.registers import chemicals, installations, papers, plant, projects, risks, weather  # noqa: E402, F401
from anwei.sites.registers.places import SITES  # noqa: E402

__all__ = ["ENTERPRISES", "SITES"]
