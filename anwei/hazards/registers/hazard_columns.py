"""The columns of 隐患台账 as the county's sheets have them: found, ordered, ended."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.queries import turn_of
from anwei.hazards.lifecycle import KIND
from anwei.hazards.models import Grade, Hazard
from anwei.hazards.timing import last_day
from anwei.ledgers.declaration import Column
from anwei.org.holdings import day_of
from anwei.org.register_rules import PLACE_HEADERS, SECTOR_ALIASES, territory_choices
from anwei.sites.registers.owners import enterprise_choices


def remaining(hazard: Hazard) -> str:
    """Return how long the present step has, or how long it is overdue."""
    if hazard.deadline is None:
        return ""
    n_days = (last_day(hazard.deadline) - timezone.localdate()).days
    if hazard.deadline < timezone.now():
        return _("▲ 超期 %(n)d 天") % {"n": max(-n_days, 1)}
    return _("今天到期") if n_days == 0 else _("剩 %(n)d 天") % {"n": n_days}


def _day(at: datetime | None) -> date | None:
    return None if at is None else day_of(at)


def _measures(hazard: Hazard) -> str:
    """Return the measures: those of a major hazard's five implementations, else what was ordered."""
    return hazard.measures or hazard.requirement


def _responsible(hazard: Hazard) -> str:
    """Return who answers for putting it right: as named, else who took it on, else the post it was given to.

    None is named before somebody ordered it to be put right.
    """
    named = hazard.responsible_name or getattr(hazard, "taken_on_by", None)
    return named or (hazard.implementer.title if hazard.order else "")


def _turn(hazard: Hazard) -> str:
    post = turn_of(hazard)
    return "" if post is None else str(post)


FOUND = (
    Column(
        "number",
        synonyms=("隐患编号", "台账编号", "问题编号"),
        required=False,
        of_new_rows=True,
        searched=True,
        explanation=gettext_lazy("新登记的留空，由系统编号；原台账自己的编号会记入登记说明"),
        example="2026-001",
    ),
    Column(
        "found_on",
        label=gettext_lazy("检查日期"),
        kind="date",
        path="found_at",
        value=lambda row: _day(row.found_at),
        required=True,
        synonyms=("发现日期", "排查日期", "检查时间", "排查时间", "发现时间", "登记日期", "隐患发现时间"),
        example="2026-11-20",
    ),
    Column(
        "enterprise",
        label=gettext_lazy("单位"),
        display="enterprise__unit__name",
        choices=enterprise_choices,
        required=False,
        synonyms=("企业名称", "单位名称", "被检查单位", "受检单位", "企业", "生产经营单位", "隐患单位"),
        searched=True,
        explanation=gettext_lazy("企业台账里的全称；不属于企业的留空，填属地和行业"),
    ),
    Column(
        "place",
        label=gettext_lazy("部位"),
        synonyms=("隐患部位", "存在部位", "具体位置", "隐患地点", "地点", "场所"),
        example="一号罐区",
    ),
    Column(
        "description",
        label=gettext_lazy("描述"),
        synonyms=(
            "隐患描述",
            "隐患内容",
            "存在问题",
            "存在的问题",
            "问题描述",
            "存在隐患",
            "隐患名称",
            "问题隐患",
        ),
        searched=True,
        example="配电箱未上锁",
    ),
    Column(
        "grade",
        synonyms=("隐患等级", "隐患级别", "级别", "隐患类别"),
        aliases={
            "一般隐患": Grade.GENERAL,
            "一般事故隐患": Grade.GENERAL,
            "重大隐患": Grade.MAJOR,
            "重大事故隐患": Grade.MAJOR,
        },
        required=False,
        of_new_rows=True,
        filtered=True,
        explanation=gettext_lazy("由监管人员在系统里核定，表中的记入登记说明"),
    ),
    Column(
        "criterion",
        label=gettext_lazy("依据条款"),
        synonyms=("判定依据", "判定条款", "法规依据", "检查依据", "依据", "违反条款"),
        longest=200,
        required=False,
        of_new_rows=True,
        searched=True,
        example="GM-03-02",
        shown=False,
    ),
)
ORDERED = (
    Column(
        "measures",
        label=gettext_lazy("措施"),
        path="measures",
        value=_measures,
        sortable=False,
        synonyms=("整改措施", "治理措施", "整改意见", "整改要求", "整改建议"),
        required=False,
        of_new_rows=True,
        shown=False,
    ),
    Column(
        "responsible_name",
        label=gettext_lazy("责任人"),
        path="responsible_name",
        value=_responsible,
        sortable=False,
        synonyms=("整改责任人", "整改负责人", "责任人姓名"),
        required=False,
        of_new_rows=True,
        shown=False,
    ),
    Column(
        "due_on",
        label=gettext_lazy("期限"),
        synonyms=("整改期限", "整改时限", "完成时限", "计划完成时间", "限期整改日期", "要求完成时间"),
        required=False,
        of_new_rows=True,
    ),
    Column(
        "funds",
        label=gettext_lazy("资金（万元）"),
        kind="number",
        path="funds",
        value=lambda row: None if row.funds is None else float(row.funds),
        synonyms=("资金", "整改资金", "治理资金", "投入资金"),
        required=False,
        of_new_rows=True,
        shown=False,
        total=True,
    ),
    Column(
        "emergency_plan",
        label=gettext_lazy("预案"),
        synonyms=("应急预案", "应急措施", "防范措施"),
        required=False,
        of_new_rows=True,
        shown=False,
    ),
)
ENDED = (
    Column(
        "verifier", label=gettext_lazy("验收人"), path="verifier", editable=False, shown=False, sortable=False
    ),
    Column(
        "closed_on",
        label=gettext_lazy("销号时间"),
        kind="date",
        path="closed_at",
        value=lambda row: _day(row.closed_at),
        synonyms=("销号日期", "办结日期", "办结时间", "整改完成时间", "整改完成日期", "验收日期", "完成日期"),
        required=False,
        of_new_rows=True,
        shown=False,
    ),
    Column(
        "n_before",
        label=gettext_lazy("整改前照片"),
        kind="integer",
        path="n_before",
        editable=False,
        shown=False,
    ),
    Column(
        "n_after",
        label=gettext_lazy("整改后照片"),
        kind="integer",
        path="n_after",
        editable=False,
        shown=False,
    ),
    Column(
        "phase",
        label=gettext_lazy("状态"),
        choices=lambda person: [(str(phase), label) for phase, label in KIND.phase_labels.items()],
        aliases={
            "未整改": "acting",
            "正在整改": "acting",
            "未完成": "acting",
            "未销号": "acting",
            "待整改": "acting",
            "整改完成": "closed",
            "已整改": "closed",
            "已完成": "closed",
            "销号": "closed",
            "已验收": "closed",
            "已办结": "closed",
        },
        synonyms=("整改状态", "办理状态", "隐患状态", "是否整改"),
        required=False,
        of_new_rows=True,
        filtered=True,
    ),
    Column(
        "remaining",
        label=gettext_lazy("剩余、超期"),
        kind="text",
        path="deadline",
        value=remaining,
        editable=False,
        explanation=gettext_lazy("现环节的期限"),
    ),
    Column("turn", label=gettext_lazy("现由谁办"), value=_turn, editable=False, sortable=False),
    Column(
        "origin",
        synonyms=("隐患来源", "检查类型", "排查类型", "来源渠道"),
        aliases={
            "检查": "inspection",
            "执法": "inspection",
            "自查": "self_check",
            "巡查": "patrol",
            "举报": "tip_off",
            "交办": "upper",
        },
        required=False,
        filtered=True,
        explanation=gettext_lazy("不填：有省平台编号的为上级交办，其余为执法检查"),
        shown=False,
    ),
    Column(
        "finder",
        label=gettext_lazy("检查人"),
        value=lambda row: row.finder_name if row.tells_finder else "",
        path="finder",
        sortable=False,
        synonyms=("检查人员", "排查人", "发现人", "排查人员"),
        shown=False,
    ),
    Column(
        "provincial_number",
        synonyms=("省平台编码", "省系统编号", "省级编号", "上级编号", "平台编号"),
        searched=True,
        shown=False,
        example="S2026000001",
    ),
    Column(
        "territory",
        choices=territory_choices,
        synonyms=PLACE_HEADERS,
        required=False,
        of_new_rows=True,
        shown=False,
    ),
    Column(
        "sector",
        synonyms=("行业类别", "行业领域", "所属行业", "监管行业"),
        aliases=SECTOR_ALIASES,
        required=False,
        of_new_rows=True,
        filtered=True,
        shown=False,
    ),
)
