"""A whole briefing from its snapshot and the words people wrote, in one of the layouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation

from anwei.ledgers.papers.blocks import Chart
from anwei.oversight.briefing import overall, records, tables
from anwei.oversight.briefing.book import Book
from anwei.oversight.briefing.parts import Document, Section, Sheet, Text
from anwei.oversight.briefing.snapshot import LANGUAGE, Snapshot
from anwei.standards.briefing import Layout, layouts
from anwei.standards.risk.accident_types import CHANGE, STANDARD_1986, STANDARD_2025

TO_WRITE = "【待写：以下为按记录拟的草稿，须由人改写】"


@dataclass(frozen=True)
class Written:
    """What people wrote: 四 causes, 七 problems, 八 next steps; "" where nobody wrote."""

    causes: str = ""
    problems: str = ""
    next_steps: str = ""


@dataclass(frozen=True)
class Difference:
    """One number or cell that a correction changed."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Correction:
    """What is corrected: how the former was called, why, and each number and cell before and after."""

    of: str
    why: str
    differences: tuple[Difference, ...]


def document(
    snapshot: Snapshot,
    layout: str,
    written: Written,
    *,
    correction: Correction | None = None,
    foot: Sequence[str] = (),
) -> Document:
    """Return a briefing; the same arguments, the same text."""
    with translation.override(LANGUAGE):
        book, way = Book(snapshot), layouts()[layout]
        sections = (
            *((_corrected(correction),) if correction else ()),
            Section(
                "一、总体情况", overall.overall(book, way.overall), charts=_chart(records.by_month(book))
            ),
            _sectors(book, way),
            Section("三、分乡镇情况", sheets=_townships(book, way)),
            Section("四、事故特点和原因", (*records.kinds(book), *_lines(written.causes))),
            Section("五、隐患排查治理情况", records.hazards(book)),
            Section("六、执法检查情况", records.enforcement(book)),
            Section("七、存在问题", _lines(written.problems) or records.problems(book)),
            _next(book, written),
        )
        title = title_of(book, correction is not None)
        annexes = (tables.accidents(book), tables.hazards(book), tables.orders(book), tables.targets(book))
        return Document(title, sections, annexes, (*_sources(book), *foot))


def _standard_of_types(book: Book) -> tuple[str, ...]:
    """Return by which standard the types of the accidents are named."""
    days = [date.fromisoformat(row["happened_on"]) for row in book.told["accidents"]]
    if not days:
        return ()
    if min(days) >= CHANGE or max(days) < CHANGE:
        return (f"事故类型按{STANDARD_2025 if min(days) >= CHANGE else STANDARD_1986}。",)
    return (
        f"事故类型，{tables.chinese(CHANGE.isoformat())}以前发生的按{STANDARD_1986}，"
        f"从这一天起的按{STANDARD_2025}；名称相同的合并计数。",
    )


def title_of(book: Book, is_correction: bool = False) -> str:
    """Return the title of the paper; of a month that still runs it says until which day."""
    with translation.override(LANGUAGE):
        period = book.period.label
    if book.period.is_unfinished:
        period += f"（截至{book.period.as_of.month}月{book.period.as_of.day}日）"
    if is_correction:
        return f"关于更正{period}全县安全生产情况通报的通报"
    return f"关于{period}全县安全生产情况的通报"


def _corrected(correction: Correction) -> Section:
    rows = tuple((one.what, one.before, one.after, correction.why) for one in correction.differences)
    table = Sheet("更正前后对照表", ("更正内容", "更正前", "更正后", "原因"), rows, widths=(1.8, 1, 1, 2.2))
    text = f"{correction.of}中的下列内容更正如下，其余以本通报为准；原通报保留备查。"
    return Section("更正说明", ((text,),), (table,))


def _sectors(book: Book, way: Layout) -> Section:
    chart = _chart(records.by_sector(book))
    if way.sectors == "table":
        return Section("二、分行业情况", overall.sector_line(book), (tables.by_sector(book),), chart)
    told = overall.sector_sentences(book) if way.sectors == "sentences" else overall.sector_line(book)
    return Section("二、分行业情况", told, charts=chart)


def _townships(book: Book, way: Layout) -> tuple[Sheet, ...]:
    if way.townships == "grid":
        return (
            tables.grid(book, "acc_cnt", "各乡镇分行业事故起数"),
            tables.grid(book, "acc_death", "各乡镇分行业死亡人数"),
        )
    return (tables.by_township(book),)


def _next(book: Book, written: Written) -> Section:
    if written.next_steps:
        return Section("八、下步要求", _lines(written.next_steps))
    return Section("八、下步要求", ((TO_WRITE,), *_lines(records.next_steps(book))), to_write=True)


def _lines(text: str) -> tuple[Text, ...]:
    return tuple((line.strip(),) for line in text.splitlines() if line.strip())


def _chart(chart: Chart) -> tuple[Chart, ...]:
    """Return a chart, or none of nothing."""
    return (chart,) if any(any(values) for _name, values in chart.series) else ()


def _sources(book: Book) -> tuple[str, ...]:
    """Return the lines on what was counted how."""
    frozen: dict[str, Any] = book.told["frozen"]
    months = [key for key in frozen if key in set(book.period.keys())]
    kept = f"已定版的月份（{'、'.join(months)}）用定版数，其余" if months else ""
    return (
        f"数据说明：{kept}按{tables.chinese(book.told['told_on'])}的记录；只计本县生产安全事故，"
        "死亡含事故后30日内（道路交通、火灾7日内）死亡的（国务院令第493号第13条）。",
        *_standard_of_types(book),
        "按起发生的数与往年比较用精确检验：“变化不显著”为偶然可以解释，“样本不足”为数太少不能判断。",
    )
