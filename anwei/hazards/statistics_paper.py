"""隐患排查治理情况统计分析表 as DOCX."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import override

from anwei.hazards.models import Origin, Statistics
from anwei.hazards.statistics import Figures, Period
from anwei.ledgers.papers.blocks import Block, Paragraph, Signature, Table
from anwei.ledgers.papers.layout import chinese_date, printout
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.sites.models import Enterprise


def statistics_docx(
    enterprise: Enterprise,
    period: Period,
    figures: Figures,
    reported: Statistics | None,
    *,
    person: Person,
    now: datetime,
) -> bytes:
    """Return the table as a paper; one that was not confirmed yet says so."""
    with override("zh-hans"):
        origins = [f"{Origin(key).label}{n}件" for key, n in figures.by_origin.items()]
        rows = [
            ["项目", "合计", "其中重大"],
            ["上期结转未销号", str(figures.carried), ""],
            ["本期排查发现", str(figures.found), str(figures.found_major)],
            ["本期整改销号", str(figures.rectified), str(figures.rectified_major)],
            ["其中按期整改", str(figures.on_time), ""],
            ["期末未销号", str(figures.open), str(figures.open_major)],
            ["其中逾期", str(figures.overdue), ""],
            ["重复隐患", str(figures.repeats), ""],
            ["整改资金（万元）", figures.funds, ""],
        ]
        told: list[Block] = [
            Paragraph(
                f"单位：{enterprise.unit.name}　　统一社会信用代码：{enterprise.credit_code}", indented=False
            ),
            Table(rows, (3, 1, 1)),
            Paragraph(f"发现来源：{'、'.join(origins) or '本期没有发现'}。"),
        ]
        if reported is not None and reported.analysis:
            told.append(Paragraph(f"分析：{reported.analysis}"))
        if reported is None:
            signed = ["主要负责人（签字）：", "（未确认报送，数字按记录现状）"]
        else:
            signed = [f"主要负责人：{reported.confirmed_by}", chinese_date(day_of(reported.confirmed_at))]
        told.append(Signature([], signed))
        part = f"第{period.quarter}季度" if period.quarter else "度"
        title = f"事故隐患排查治理情况统计分析表\n（{period.year}年{part}）"
        return printout(title, told, by=str(person), at=now, number=enterprise.credit_code)
