"""The record of an assessment as DOCX: what was assessed by what, each step with its clause, who confirmed.

It is a form of the enterprise or the regulator, no official paper: the place of its number stays blank, the
county fills it in by its own series.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from anwei.ledgers.papers.blocks import Block, Heading, Paragraph, Signature, Table
from anwei.ledgers.papers.layout import chinese_date, gongwen
from anwei.sites.models import Assessment
from anwei.standards.calendar import COUNTY_TIME

TITLES = {
    Assessment.Method.GB18218: "危险化学品重大危险源辨识、分级记录",
    Assessment.Method.NO_19: "危险化学品企业安全风险评估诊断分级记录",
    Assessment.Method.LEC: "风险点评估记录（LEC 法）",
    Assessment.Method.LS: "风险点评估记录（LS 法）",
}
BLANK_NUMBER = "编号：　　　　　　　　"


def record_docx(assessment: Assessment, *, by: str, at: datetime) -> bytes:
    """Return the record; `by` is who takes it out, at the moment `at`."""
    mark = f"{by} {at.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M} 导出 · 评估记录 {assessment.pk}"
    title = TITLES[Assessment.Method(assessment.method)]
    return gongwen(title, list(_blocks(assessment)), number=BLANK_NUMBER, mark=mark)


def _blocks(assessment: Assessment) -> Iterator[Block]:
    result = assessment.result
    yield Table(tuple(_facts(assessment)), has_header=False)
    if assessment.method == Assessment.Method.GB18218:
        yield Heading(1, "一、单元内危险化学品")
        yield _inventory(assessment)
    yield Heading(1, "二、计算步骤")
    yield Table(
        (("依据", "内容"), *((step["clause"] or "—", step["text"]) for step in result["steps"])),
        widths=(2.6, 7.4),
    )
    yield Heading(1, "三、须人工核定的事项")
    done = "已核定" if assessment.confirmed_at else "待核定"
    for place, point in enumerate(result["confirm"], 1):
        yield Paragraph(f"{place}. {point['clause']} {point['text']}（{done}）")
    if not result["confirm"]:
        yield Paragraph("无。")
    yield Signature(
        left=("评估单位（盖章）", str(assessment.owner or ""), "评估人：", "    年  月  日"),
        right=("复核部门（盖章）", "", "复核人：", "    年  月  日"),
    )


def _facts(assessment: Assessment) -> Iterator[tuple[str, str]]:
    yield "单位", str(assessment.owner.unit.name if assessment.owner else "—")
    yield (
        "评估对象",
        f"{assessment.thing}{f'（{assessment.installation.code}）' if assessment.installation else ''}",
    )
    yield "方法", assessment.get_method_display()
    yield "版本", assessment.version
    if assessment.method == Assessment.Method.GB18218:
        people = assessment.inputs["people"]
        yield "厂外 500 m 常住人数", "未填" if people is None else str(people)
    yield "结论", conclusion(assessment)
    yield "评估", _act(assessment.assessor, assessment.assessed_at)
    yield "复核", _act(assessment.confirmed_by, assessment.confirmed_at)
    yield "下次评估", chinese_date(assessment.review_on) if assessment.review_on else "—"


def conclusion(assessment: Assessment) -> str:
    """Return the result in a line, in Chinese."""
    result = assessment.result
    if assessment.method != Assessment.Method.GB18218:
        return f"{assessment.get_grade_display()}风险"
    if not result["is_major_hazard"]:
        return f"S = {result['S']['shown']}，不构成重大危险源"
    if result["level"] is None:
        return f"S = {result['S']['shown']}，构成重大危险源，未分级"
    return f"S = {result['S']['shown']}，R = {result['R']['shown']}，{result['level_name']}重大危险源"


def _inventory(assessment: Assessment) -> Table:
    shares = assessment.inputs["shares"]
    registered = assessment.result.get("registered") or [{}] * len(shares)  # not kept by earlier versions
    rows = [
        (
            share["name"],
            "、".join(share["categories"]) or "—",
            figures.get("design_t") or "—",
            figures.get("actual_t") or "—",
            share["quantity_t"],
            share["critical_t"],
            share["ratio"]["shown"],
            share["beta"],
        )
        for share, figures in zip(shares, registered, strict=True)
    ]
    head = ("化学品", "类别", "设计（吨）", "实际（吨）", "q（吨）", "Q（吨）", "q/Q", "β")
    return Table((head, *rows), widths=(2.2, 1.2, 1.3, 1.3, 1.2, 1.2, 1.1, 0.5))


def _act(person: object, at: datetime | None) -> str:
    if at is None:
        return "—"
    return f"{person or '系统'} {chinese_date(timezone.localtime(at).date())}"
