"""在建项目台账, with what hangs on a project: who takes part in it, and its dangerous works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import PHONE_HEADERS, may_keep_registers, phone_number
from anwei.sites.models import DangerousWork, ProjectParty, Site
from anwei.sites.registers.columns import check_place, in_order
from anwei.sites.registers.identity import credit_code, doubt_credit_code
from anwei.sites.registers.places import register_of_places, sites_of


def check_project(values: Mapping[str, Any]) -> str:
    """Refuse a project that ends before it starts, and half a place."""
    return _ENDS_LATER(values) or check_place(values)


_ENDS_LATER = in_order("starts_on", "ends_on", gettext_lazy("竣工日期不能早于开工日期"))

PROJECTS = register_of_places(
    Site.Category.PROJECT,
    "projects",
    gettext_lazy("在建项目台账"),
    names=("项目名称", "工程名称", "项目"),
    kinds=("工程类别", "项目类型", "工程类型"),
    example="房屋建筑",
    explanation=gettext_lazy("在建工程；参建单位和危大工程各有台账，挂在项目下。"),
    extra=(
        Column("starts_on", synonyms=("开工时间", "计划开工日期")),
        Column("ends_on", synonyms=("竣工时间", "计划竣工日期"), shown=False),
    ),
    check=check_project,
)


def project_choices(person: Any) -> list[tuple[int, str]]:
    """Return the standing projects a person may name, by code and by name."""
    rows = sites_of(Site.Category.PROJECT)(person).filter(removed_on__isnull=True).order_by("pk")
    pairs = list(rows.values_list("pk", "code", "name"))
    return [(pk, code) for pk, code, _name in pairs] + [(pk, name) for pk, _code, name in pairs]


PROJECT = Column(
    "site",
    label=gettext_lazy("项目"),
    display="site__name",
    required=True,
    choices=project_choices,
    synonyms=("项目名称", "工程名称", "项目编号"),
    searched=True,
    explanation=gettext_lazy("在建项目台账里的编号或名称"),
)

PROJECT_PARTIES = register(
    Ledger(
        code="project-parties",
        label=gettext_lazy("参建单位台账"),
        model=ProjectParty,
        key=("site", "role", "name"),
        parent="site",
        beneath=("role", "name", "manager"),
        related=("site",),
        order=("site", "pk"),
        may_write=may_keep_registers,
        explanation=gettext_lazy(
            "每个项目的建设、总包、分包、监理、设计、勘察单位（建设工程安全生产管理条例第四条）。"
        ),
        empty=gettext_lazy("从 Excel 导入，或逐家登记；项目须先在在建项目台账里。"),
        columns=(
            PROJECT,
            Column(
                "role",
                synonyms=("单位类型", "参建角色", "单位性质"),
                aliases={
                    "建设": "owner",
                    "业主单位": "owner",
                    "施工单位": "contractor",
                    "施工总承包": "contractor",
                    "总承包单位": "contractor",
                    "总包": "contractor",
                    "分包": "subcontractor",
                    "专业分包": "subcontractor",
                    "劳务分包": "subcontractor",
                    "监理": "supervisor",
                    "设计": "designer",
                    "勘察": "surveyor",
                },
                filtered=True,
            ),
            Column("name", synonyms=("参建单位", "单位全称", "企业名称"), searched=True),
            Column(
                "credit_code",
                synonyms=("信用代码", "社会信用代码"),
                clean=credit_code,
                doubt=doubt_credit_code,
                shown=False,
                example="91140000000000000U",
            ),
            Column("manager", synonyms=("项目经理", "负责人", "总监理工程师")),
            Column(
                "phone",
                synonyms=tuple(header for header in PHONE_HEADERS if header != "联系电话"),
                clean=phone_number,
                personal=True,
                example="13800000000",
            ),
        ),
    )
)

DANGEROUS_WORKS = register(
    Ledger(
        code="dangerous-works",
        label=gettext_lazy("危大工程台账"),
        model=DangerousWork,
        key=("site", "name"),
        parent="site",
        beneath=("name", "beyond_scale", "accepted_on"),
        related=("site",),
        order=("site", "pk"),
        may_write=may_keep_registers,
        explanation=gettext_lazy("危险性较大的分部分项工程（住建部令第37号）；超过一定规模的须专家论证。"),
        empty=gettext_lazy("从 Excel 导入，或逐项登记；项目须先在在建项目台账里。"),
        columns=(
            PROJECT,
            Column(
                "name", synonyms=("危大工程名称", "分部分项工程", "工程内容"), searched=True, example="深基坑"
            ),
            Column("beyond_scale", synonyms=("超规模", "是否超过一定规模", "超危大"), filtered=True),
            Column("plan_approved_on", synonyms=("方案审批日期", "专项施工方案审批日期"), shown=False),
            Column("experts_on", synonyms=("论证日期", "专家论证时间")),
            Column("accepted_on", synonyms=("验收时间",)),
        ),
    )
)
