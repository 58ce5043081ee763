"""The registers of this room: enterprises and their key sites, with the headers that counties write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import SECTOR_ALIASES, in_sight, may_keep_registers, territory_choices
from anwei.sites.models import Enterprise, Site
from anwei.sites.registers.owners import ENTERPRISE
from anwei.sites.services import save_enterprises, save_sites
from anwei.standards import identifiers


def credit_code(text: str) -> str:
    """Return a credit code in its one spelling. Raises ValueError where it cannot be one (GB 32100-2015)."""
    code = identifiers.normalised(text)
    if not identifiers.has_credit_form(code):
        raise ValueError(_("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）"))
    return code


def doubt_credit_code(code: str) -> str:
    """Return a sentence where the check digit does not fit (GB 32100-2015, mod 31)."""
    return "" if identifiers.is_credit_code(code) else _("统一社会信用代码的校验位不符，请核对")


def check_place(values: Mapping[str, Any]) -> str:
    """Refuse one coordinate without the other, and places outside China."""
    longitude, latitude = values.get("longitude"), values.get("latitude")
    if (longitude is None) != (latitude is None):
        return _("经度和纬度须同时填写")
    if (
        longitude is not None
        and latitude is not None
        and not (73 <= longitude <= 136 and 3 <= latitude <= 54)
    ):
        return _("经纬度不在中国范围内，请核对是否填反")
    return ""


def sees_enterprise(person: Any, row: Enterprise | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see an enterprise with these values."""
    return in_sight(person, values["territory"], values["sector"], row.pk if row is not None else None)


LONGITUDE = Column("longitude", synonyms=("东经", "X坐标", "坐标经度"), shown=False, example="113.08")
LATITUDE = Column("latitude", synonyms=("北纬", "Y坐标", "坐标纬度"), shown=False, example="36.19")

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
        sees=sees_enterprise,
        check=check_place,
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
            ),
            Column(
                "sector",
                synonyms=("行业类别", "行业领域", "所属行业", "行业分类", "企业类型", "监管行业"),
                aliases=SECTOR_ALIASES,
                filtered=True,
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
            LONGITUDE,
            LATITUDE,
        ),
    )
)

SITES = register(
    Ledger(
        code="sites",
        label=gettext_lazy("重点部位台账"),
        model=Site,
        save=save_sites,
        key=("code",),
        parent="enterprise",
        related=("enterprise__unit",),
        order=("enterprise__unit__name", "code"),
        may_write=may_keep_registers,
        check=check_place,
        explanation=gettext_lazy("企业的采掘面、罐区、库房、尾矿库等重点部位；按编号去重。"),
        empty=gettext_lazy("从 Excel 导入，或逐处登记；企业须先在企业台账里。"),
        columns=(
            Column(
                "name",
                label=gettext_lazy("部位名称"),
                synonyms=("名称", "重点部位", "部位", "场所名称"),
                searched=True,
            ),
            Column("code", synonyms=("部位编号", "编码", "序列号"), searched=True, example="GQ-01"),
            ENTERPRISE,
            Column("kind", synonyms=("部位类别", "类型", "部位类型"), example="罐区"),
            LONGITUDE,
            LATITUDE,
        ),
    )
)

from anwei.sites.registers import chemicals, installations, risks  # noqa: E402, F401 - after those they hang on
