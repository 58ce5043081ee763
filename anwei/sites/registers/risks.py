"""风险点台账: what can go wrong where, how grave it is, what keeps it in check and who, at four levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import may_keep_registers
from anwei.sites.models import Grade, RiskControl, RiskPoint, Site
from anwei.sites.risks.points import (
    COLUMN,
    LEVELS,
    highest,
    points_seen,
    save_risk_points,
    title_at,
    usual_level,
    without_phones,
)
from anwei.sites.risks.words import (
    accident_codes,
    accident_words,
    accidents_in_words,
    factor_in_words,
    factor_words,
    outdated,
)
from anwei.standards.risk.control import control_rules

LONGEST_TITLE = 60
GRADE_ALIASES = {
    **dict.fromkeys(("红", "红色", "红色风险", "重大风险", "一级", "1级", "Ⅰ级", "A级", "极高"), "red"),
    **dict.fromkeys(("橙", "橙色", "橙色风险", "较大风险", "二级", "2级", "Ⅱ级", "B级", "高"), "orange"),
    **dict.fromkeys(("黄", "黄色", "黄色风险", "一般风险", "三级", "3级", "Ⅲ级", "C级", "中"), "yellow"),
    **dict.fromkeys(("蓝", "蓝色", "蓝色风险", "低风险", "四级", "4级", "Ⅳ级", "D级"), "blue"),
}
LEVEL_ALIASES = {
    **dict.fromkeys(("公司", "厂级", "公司（厂）级", "企业级", "矿级"), "enterprise"),
    **dict.fromkeys(("部门", "车间级", "部门（车间）级", "车间", "区队级"), "department"),
    **dict.fromkeys(("班组", "班级"), "team"),
    **dict.fromkeys(("岗位", "个人", "员工级"), "job"),
}
LEVEL_HEADERS = {
    "enterprise": ("公司级", "厂级责任人", "公司（厂）级责任人", "公司级管控责任人", "企业级责任人"),
    "department": ("部门级", "车间级责任人", "部门（车间）级责任人", "部门级管控责任人", "车间级"),
    "team": ("班组级", "班组责任人", "班组级管控责任人"),
    "job": ("岗位级", "岗位责任人", "岗位级管控责任人"),
}
MEASURE_HEADERS = {
    "engineering": ("工程技术", "工程控制措施", "工程技术控制措施"),
    "management": ("管理控制措施", "制度措施", "管控措施", "主要防控措施"),
    "training": ("培训教育", "教育培训措施", "培训措施"),
    "protection": ("个体防护", "个人防护措施", "防护措施"),
    "emergency": ("应急处置", "应急措施", "应急处置方法"),
}


def site_choices(person: Any) -> Iterable[tuple[int, str]]:
    """Return the standing places a person may name, by code and by name (with whose, where two share it)."""
    rows = Site.objects.all() if person is None else Site.objects.visible_to(person)
    places = list(
        rows.filter(removed_on__isnull=True).select_related("enterprise__unit", "unit").order_by("pk")
    )
    n_named = Counter(place.name for place in places)
    yield from ((place.pk, place.code) for place in places)
    for place in places:
        yield place.pk, place.name if n_named[place.name] == 1 else f"{place.whose} {place.name}"


SITE = Column(
    "site",
    label=gettext_lazy("所在场所"),
    display="site__name",
    required=True,
    choices=site_choices,
    synonyms=("场所", "所在位置", "部位", "所在部位", "场所编号", "部位编号"),
    searched=True,
    explanation=gettext_lazy("场所编号，或场所名称；重名的写“企业 场所”"),
    example="GQ-01",
)


def control_title(text: str) -> str:
    """Return who is responsible without a telephone number, which has no business on a sign.

    Raises ValueError where nothing else was written.
    """
    if not (title := without_phones(text)):
        raise ValueError(_("请填写岗位或姓名，不要只填电话"))
    return title


def check_point(values: Mapping[str, Any]) -> str:
    """Refuse a grave point for which nobody stands at the level that its grade demands."""
    grade = values.get("grade") or ""
    named = {level for level in LEVELS if values.get(COLUMN.format(level=level))}
    if values.get("controller"):
        named.add(values.get("control_level") or usual_level(grade))
    if not (missing := control_rules().lacks(grade, named)):
        return ""
    labels = dict(RiskControl.Level.choices)
    words = {
        "grade": dict(Grade.choices)[grade],
        "levels": _("或").join(str(labels[level]) for level in missing),
    }
    return _("%(grade)s风险须有%(levels)s责任人（分级管控，层级为模板，可改）") % words


def doubt_accidents(words: str) -> str:
    """Doubt codes of GB 6441-1986, which only records of before may keep."""
    old = outdated(",".join(accident_codes(words))) if words else []
    if not old:
        return ""
    return _("“%(old)s”是 GB 6441-1986 的代码，只用于 2026-07-01 前的记录") % {
        "old": accident_words(",".join(old))
    }


def _control_column(level: str) -> Column:
    return Column(
        COLUMN.format(level=level),
        label=_LABELS[level],
        value=lambda row: title_at(row, level),
        synonyms=LEVEL_HEADERS[level],
        clean=control_title,
        default="",
        longest=LONGEST_TITLE,
        shown=False,
        example="主要负责人" if level == "enterprise" else "安全管理人员",
        explanation=gettext_lazy("岗位或姓名；与本单位岗位同名的自动关联"),
    )


_LABELS = {
    "enterprise": gettext_lazy("公司级责任人"),
    "department": gettext_lazy("部门级责任人"),
    "team": gettext_lazy("班组级责任人"),
    "job": gettext_lazy("岗位级责任人"),
}

RISK_POINTS = register(
    Ledger(
        code="risk-points",
        label=gettext_lazy("风险点台账"),
        model=RiskPoint,
        save=save_risk_points,
        rows=points_seen,
        key=("code",),
        parent="site",
        narrowed_by=(("enterprise", "site__enterprise"),),
        related=("site__unit", "site__enterprise__unit"),
        order=("site", "code"),
        may_write=may_keep_registers,
        check=check_point,
        opens=lambda row: reverse("risk_point", args=[row.pk]),
        explanation=gettext_lazy("风险分级管控清单：风险点、等级、五类措施、四级责任人；按编号去重。"),
        empty=gettext_lazy("从 Excel 导入风险分级管控清单，或逐个登记；场所须先在重点部位台账里。"),
        columns=(
            Column(
                "name",
                synonyms=("风险点名称", "名称", "风险源", "风险单元", "危险源"),
                searched=True,
                example="氨储罐",
            ),
            Column(
                "code",
                synonyms=("编号", "风险编号", "风险点代码", "序列号"),
                searched=True,
                example="FX-0001",
            ),
            replace(SITE, synonyms=(*SITE.synonyms, "区域位置", "位置")),
            Column(
                "enterprise",
                label=gettext_lazy("企业"),
                path="site__enterprise__unit__name",
                editable=False,
                searched=True,
            ),
            Column(
                "factor",
                label=gettext_lazy("危险有害因素"),
                value=lambda row: factor_words(row.factor),
                clean=factor_in_words,
                default="",
                synonyms=("危险有害因素代码", "危害因素", "危险因素", "危险源类别", "有害因素"),
                explanation=gettext_lazy("GB/T 13861-2022 的代码或名称"),
                example="110101",
                shown=False,
            ),
            Column(
                "accidents",
                label=gettext_lazy("可能的事故类型"),
                value=lambda row: accident_words(row.accidents),
                clean=accidents_in_words,
                doubt=doubt_accidents,
                default="",
                synonyms=("事故类型", "可能导致的事故类型", "可能发生的事故类型", "易发生的事故类型", "后果"),
                explanation=gettext_lazy("GB 6441-2025 的名称或代码，多个用顿号隔开"),
                example="火灾、中毒",
            ),
            Column(
                "description",
                synonyms=("风险描述", "描述", "危害描述", "主要风险", "可能发生的情形", "危险有害因素描述"),
                shown=False,
            ),
            Column(
                "grade",
                synonyms=("风险等级", "等级", "风险级别", "风险颜色", "颜色", "评估等级", "风险分级"),
                aliases=GRADE_ALIASES,
                filtered=True,
            ),
            *(Column(name, synonyms=headers, shown=False) for name, headers in MEASURE_HEADERS.items()),
            *(_control_column(level) for level in LEVELS),
            Column(
                "control_level",
                label=gettext_lazy("管控层级"),
                value=lambda row: highest(row)[0],
                choices=lambda person: RiskControl.Level.choices,
                aliases=LEVEL_ALIASES,
                default="",
                synonyms=("管控级别", "责任层级", "管控等级"),
                explanation=gettext_lazy("与“责任人”一起填，等于填了该层级的责任人"),
            ),
            Column(
                "controller",
                label=gettext_lazy("责任人"),
                value=lambda row: highest(row)[1],
                clean=control_title,
                default="",
                longest=LONGEST_TITLE,
                synonyms=("管控责任人", "责任岗位", "风险点责任人"),
                example="主要负责人",
                explanation=gettext_lazy("没写管控层级的，按风险等级的通常层级；撤销某层级时，两处都清空"),
            ),
            Column(
                "review_months",
                synonyms=("复评周期", "评估周期", "复评周期（月）", "评审周期"),
                shown=False,
            ),
            Column("review_on", editable=False),
            Column("removed_on", synonyms=("撤销时间", "消除日期"), shown=False),
        ),
    )
)
