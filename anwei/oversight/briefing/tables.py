"""The tables of a briefing: by sector, by township, township x industry, and the annexes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.urls import reverse

from anwei.cases.indicators import plain
from anwei.oversight.briefing.book import EVERYWHERE, Book, Door, Where
from anwei.oversight.briefing.parts import Cell, Figure, Sheet
from anwei.oversight.briefing.telling import figure, pair, percent_beside, scope_words
from anwei.standards.briefing import industries, zero_base

FOUR = ("acc_cnt", "acc_death", "acc_injury", "acc_loss")


def zero_note(book: Book) -> str:
    """Return what the dash of a table means, and which months are compared."""
    if until := book.compared_until:
        dash = f"表中不列同比（“{zero_base()}”）"
        return f"注：{book.period.months}月未结束、往年按月统计，{dash}；{until}的同比见正文。"
    note = f"注：“{zero_base()}”表示上年同期为零或者没有同期记录；起数、人数少时，百分比的变化多属偶然。"
    scope = scope_words(book).strip("（）")
    return f"{note}{scope}。" if scope else note


def by_sector(book: Book) -> Sheet:
    """分行业: accidents, deaths, injuries and loss, each with its change."""
    codes = [code for code, _name in book.told["sectors"]] + [""]
    rows = [(book.sector(code), *_four(book, Where(sectors=(code,)))) for code in codes]
    return Sheet(
        "分行业事故情况",
        ("行业", *_heads_of_four()),
        (*rows, ("合计", *_four(book, EVERYWHERE))),
        zero_note(book),
        (1.6, 0.8, 1.15, 0.8, 1.15, 0.8, 1.15, 1.25, 1.15),
    )


def by_township(book: Book) -> Sheet:
    """分乡镇: the same four."""
    rows = [(name, *_four(book, Where(township=code))) for code, name in book.townships]
    return Sheet(
        "分乡镇事故情况",
        ("乡镇", *_heads_of_four()),
        (*rows, ("合计", *_four(book, EVERYWHERE))),
        zero_note(book),
        (1.6, 0.8, 1.15, 0.8, 1.15, 0.8, 1.15, 1.25, 1.15),
    )


def grid(book: Book, key: str, title: str) -> Sheet:
    """乡镇×行业: one number by township and industry, the sum and its change."""
    rows = [_grid_row(book, key, name, code) for code, name in book.townships]
    return Sheet(
        title,
        ("乡镇", *(one.name for one in industries()), "合计", "同比"),
        (*rows, _grid_row(book, key, "合计", None)),
        zero_note(book) + "农林牧渔、水上、农机等未单列的行业计入其他。",
        (1.7, 1, 1.3, 1, 1.3, 1, 1, 1.4),
    )


def accidents(book: Book) -> Sheet:
    """附件1: every accident of the ledger that counts."""
    rows: list[tuple[Cell, ...]] = []
    for row in book.told["accidents"]:
        opened = (Door("", reverse("accident", args=[row["pk"]])),)
        rows.append(
            (
                Figure(row["number"], None, opened),
                row["happened_on"],
                row["unit_name"] or row["place"],
                book.sector(row["sector"]),
                row["type"],
                row["grade"].removesuffix("事故"),
                _plain_figure(row["deaths"]),
                _plain_figure(row["serious_injuries"] + row["minor_injuries"]),
                Figure(plain(Decimal(row["loss"])), Decimal(row["loss"])),
            )
        )
    heads = ("编号", "日期", "单位或地点", "行业", "类型", "等级", "死亡", "受伤", "损失")
    return Sheet(
        "附件1 事故统计表",
        heads,
        tuple(rows),
        "启用事故台账以前的月份按期初数统计，不列明细。损失单位：万元。",
        (1.75, 1.35, 1.7, 1.15, 1.75, 0.7, 0.6, 0.6, 0.85),
        no_accidents(book),
    )


def no_accidents(book: Book) -> str:
    """Return what is said where the ledger has none: were there any, opening figures counted them."""
    if book.number("acc_cnt").n:
        return "本期事故按期初数统计，没有逐起的台账，不列明细、不分类型。"
    return "本期台账没有计入统计的事故。"


def hazards(book: Book) -> Sheet:
    """附件2: hazards by township."""
    keys = (
        "hazards_found",
        "hazards_general",
        "hazards_major",
        "rectification_rate",
        "hazards_open",
        "past_limit",
    )
    places = [(name, Where(township=code)) for code, name in book.townships]
    rows: list[tuple[Cell, ...]] = [
        (name, *(figure(book, key, where) for key in keys)) for name, where in (*places, ("合计", EVERYWHERE))
    ]
    heads = ("乡镇", "排查", "一般", "重大", "整改率", "未销号", "超期未改")
    day = chinese(book.told["told_on"])
    note = f"注：未销号、超期未改为{day}的数，不限何时发现；尚未判定等级的不在一般、重大之内。"
    return Sheet("附件2 隐患统计表", heads, tuple(rows), note, (1.6, 0.8, 0.8, 0.8, 2, 0.9, 1.1))


def orders(book: Book) -> Sheet:
    """附件3: supervision orders that stood open in the period."""
    rows: list[tuple[Cell, ...]] = [
        (
            Figure(row["number"], None, (Door("", reverse("case", args=[row["pk"]])),)),
            row["title"],
            row["body"],
            row["due"],
            row["state"],
            row["progress"] or "",
        )
        for row in book.told["orders"]
    ]
    heads = ("编号", "督办事项", "承办单位", "时限", "状态", "进展")
    return Sheet(
        "附件3 督办进度表",
        heads,
        tuple(rows),
        widths=(1.3, 2, 1.4, 1.1, 1, 1.8),
        empty="本期没有督办事项。",
    )


def targets(book: Book) -> Sheet:
    """附件4: control targets of the year and what is used up."""
    rows: list[tuple[Cell, ...]] = []
    for row in book.told["targets"]:
        where = Where(
            None if row["is_county"] else row["territory"], (row["sector"],) if row["sector"] else None
        )
        used = figure(book, row["key"], where)
        most = Decimal(row["most"])
        share = book.number(row["key"], where).n / most if most else None
        rows.append(
            (
                book.places.get(row["territory"], row["territory"]),
                book.sector(row["sector"]) if row["sector"] else "各行业",
                row["measure"],
                used,
                Figure(str(row["most"]), most),
                Figure(zero_base()) if share is None else Figure(f"{100 * share:.1f}%", share, form="0.0%"),
            )
        )
    heads = ("责任单位", "行业", "控制指标", "已发生", "全年控制数", "占全年")
    return Sheet("附件4 年度控制指标进度表", heads, tuple(rows), empty="本年没有登记控制指标。")


def chinese(day: str) -> str:
    """Return a day of a snapshot as papers write it."""
    told = date.fromisoformat(day)
    return f"{told.year}年{told.month}月{told.day}日"


def _four(book: Book, where: Where) -> tuple[Cell, ...]:
    return tuple(cell for key in FOUR for cell in pair(book, key, where))


def _heads_of_four() -> tuple[str, ...]:
    return tuple(head for name in ("起数", "死亡", "受伤", "直接经济损失（万元）") for head in (name, "同比"))


def _grid_row(book: Book, key: str, name: str, township: str | None) -> tuple[Cell, ...]:
    cells = (figure(book, key, Where(township, one.sectors)) for one in industries())
    whole = Where(township)
    return (name, *cells, figure(book, key, whole), percent_beside(book, key, whole))


def _plain_figure(n: int) -> Figure:
    return Figure(str(n), Decimal(n))
