"""Places as registers: 重点部位 of enterprises, and one register each of what a clerk keeps apart.

隐患路段 are kept by the traffic police, 九小场所 by the fire service, 自建房 and 在建项目 (in `projects`) by
housing: each has its own sheet, words and denominator, so each is a register of its own over one table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Label, Ledger, register, seen
from anwei.org.register_rules import (
    PHONE_HEADERS,
    PLACE_HEADERS,
    SECTOR_ALIASES,
    in_sight,
    may_keep_registers,
    phone_number,
    territory_choices,
    unit_choices,
)
from anwei.sites.models import Site
from anwei.sites.registers.columns import PLACE, check_place
from anwei.sites.registers.datum_doubts import doubt_changed_place, doubt_new_places
from anwei.sites.registers.owners import ENTERPRISE
from anwei.sites.services import USUAL_SECTORS, save_sites

Category = Site.Category
REMOVED = Column("removed_on", synonyms=("撤销时间", "销号日期", "拆除日期"), shown=False)


def sites_of(category: str) -> Callable[[Any], QuerySet[Site]]:
    """Return the rows of one category that a person may see."""
    return lambda person: seen(Site, person).filter(category=category)


def sees_site(person: Any, row: Site | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see a place with these values."""
    enterprise = row.enterprise_id if row is not None else None
    return in_sight(person, values["territory"] or "", values["sector"] or "", enterprise)


SITES = register(
    Ledger(
        code="sites",
        label=gettext_lazy("重点部位台账"),
        model=Site,
        rows=sites_of(Category.KEY),
        save=save_sites,
        key=("code",),
        parent="enterprise",
        related=("enterprise__unit",),
        order=("enterprise__unit__name", "code"),
        may_write=may_keep_registers,
        check=check_place,
        doubt=doubt_changed_place,
        doubt_new=doubt_new_places,
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
            *PLACE,
            REMOVED,
        ),
    )
)


def register_of_places(
    category: Category,
    code: str,
    label: Label,
    *,
    names: tuple[str, ...],
    kinds: tuple[str, ...],
    example: str,
    explanation: Label,
    extra: tuple[Column, ...] = (),
    check: Callable[[Mapping[str, Any]], str] = check_place,
) -> Ledger:
    """Declare the register of one category of places that need not belong to an enterprise."""
    return register(
        Ledger(
            code=code,
            label=label,
            model=Site,
            rows=sites_of(category),
            save=partial(save_sites, category=category),
            key=("code",),
            related=("unit", "enterprise__unit"),
            order=("territory", "code"),
            may_write=may_keep_registers,
            sees=sees_site,
            check=check,
            doubt=doubt_changed_place,
            doubt_new=doubt_new_places,
            opens=lambda row: reverse("site", args=[row.pk]),
            explanation=explanation,
            empty=gettext_lazy("从 Excel 导入，或逐处登记。"),
            columns=(
                Column("name", synonyms=names, searched=True),
                Column("code", synonyms=("序号编码", "编码", f"{names[0][:-2]}编号"), searched=True),
                Column("kind", synonyms=kinds, example=example),
                Column(
                    "unit",
                    display="unit__name",
                    choices=unit_choices,
                    synonyms=("管理单位", "单位名称", "所属企业", "企业名称", "监管责任单位", "负责单位"),
                    searched=True,
                    explanation=gettext_lazy("企业、乡镇或部门的全称；写企业的就算这家企业的"),
                ),
                Column(
                    "territory",
                    choices=territory_choices,
                    synonyms=PLACE_HEADERS,
                    filtered="startswith",
                ),
                Column(
                    "sector",
                    aliases=SECTOR_ALIASES,
                    required=False,
                    default=USUAL_SECTORS[category],
                    synonyms=("行业领域", "监管行业", "所属行业"),
                    filtered=True,
                    explanation=gettext_lazy("不写的按这类场所通常的行业"),
                ),
                Column("address", synonyms=("详细地址", "具体位置", "位置"), shown=False),
                *extra,
                *PLACE,
                REMOVED,
            ),
        )
    )


OWNER_OF_PLACE = (
    Column("owner", synonyms=("业主姓名", "经营者", "房主", "房屋所有人", "负责人"), shown=False),
    Column(
        "owner_phone",
        synonyms=PHONE_HEADERS,
        clean=phone_number,
        personal=True,
        shown=False,
        example="13800000000",
    ),
)

ROADS = register_of_places(
    Category.ROAD,
    "road-sections",
    gettext_lazy("隐患路段台账"),
    names=("路段名称", "隐患路段", "路段"),
    kinds=("隐患类型", "路段类型", "类型"),
    example="急弯陡坡",
    explanation=gettext_lazy("道路交通安全隐患路段和管它的单位；按编号去重，治理完的填撤销日期。"),
)
SHOPS = register_of_places(
    Category.NINE_SMALL,
    "nine-small",
    gettext_lazy("九小场所台账"),
    names=("场所名称", "店铺名称", "字号名称", "单位字号"),
    kinds=("场所类型", "业态", "类型", "经营类型"),
    example="餐饮",
    explanation=gettext_lazy("小餐饮、小商店、小旅馆等九小场所，业主电话遮盖；按编号去重。"),
    extra=(
        Column("people", synonyms=("人数", "最大容纳人数", "容纳人数"), total=True),
        *OWNER_OF_PLACE,
    ),
)
HOUSES = register_of_places(
    Category.SELF_BUILT,
    "self-built",
    gettext_lazy("自建房台账"),
    names=("房屋名称", "自建房", "房屋"),
    kinds=("用途", "房屋用途", "经营用途"),
    example="经营性",
    explanation=gettext_lazy("经营性和有风险的自建房，房主电话遮盖；按编号去重。"),
    extra=(
        Column("people", synonyms=("人数", "居住人数", "常住人数"), total=True),
        *OWNER_OF_PLACE,
    ),
)
