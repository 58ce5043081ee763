"""四至八: what the records say; on problems (七) and next steps (八) a person has the last word."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from anwei.cases.indicators import plain
from anwei.ledgers.papers.blocks import Chart
from anwei.methods.counts import RARE
from anwei.oversight.briefing.book import Book, Where
from anwei.oversight.briefing.overall import until
from anwei.oversight.briefing.parts import Cell, Text
from anwei.oversight.briefing.tables import chinese, no_accidents
from anwei.oversight.briefing.telling import counted, figure
from anwei.standards.accidents import accident_grades

GRADES = [one.name for one in accident_grades().values()]
"""The gravest first."""


def kinds(book: Book) -> tuple[Text, ...]:
    """四: kinds of accidents, by the ledger; causes are for a person to write."""
    rows = book.told["accidents"]
    opening = book.number("acc_cnt").n - len(rows)
    if not rows:
        return ((no_accidents(book),),)
    by_type = Counter(row["type"] for row in rows)
    deadly = Counter(row["type"] for row in rows if row["deaths"])
    types = "、".join(f"{name}{n}起" for name, n in by_type.most_common())
    told = f"按事故类型：{types}。"
    if deadly:
        told += "亡人事故：" + "、".join(f"{name}{n}起" for name, n in deadly.most_common()) + "。"
    if missing := sum(row.get("missing", 0) for row in rows):
        told += f"另有下落不明{missing}人，不计入死亡。"
    if opening > 0:
        told += f"另有{plain(opening)}起按期初数统计，没有类型。"
    return ((told,), *_told_from_chance(book))


def _told_from_chance(book: Book) -> tuple[Text, ...]:
    """Say which sectors and townships rose more than chance explains, asked of all of them together."""
    places = [(name, Where(township=code)) for code, name in book.townships]
    sectors = [(name, Where(sectors=(code,))) for code, name in book.told["sectors"]]
    changes = [(name, book.change("acc_cnt", where)) for name, where in (*sectors, *places)]
    asked = [(name, change) for name, change in changes if change is not None]
    risen = [name for name, change in asked if change.difference > 0 and change.p < RARE / max(len(asked), 1)]
    if risen:
        return (("事故起数同比增加、偶然解释不了的：" + "、".join(risen) + "。",),)
    return (("各行业、各乡镇的事故起数与上年同期相比，变化都在偶然范围之内，不宜据此分高下。",),)


def hazards(book: Book) -> tuple[Text, ...]:
    """五: what was found, put right and stands open."""
    found: Text = ("本期没有隐患排查的记录。",)
    if book.is_recorded("hazards_found"):
        found = (
            until(book),
            "全县共排查隐患",
            *counted(book, "hazards_found"),
            "，其中一般隐患",
            *counted(book, "hazards_general"),
            "、重大隐患",
            *counted(book, "hazards_major"),
            *_unjudged(book),
            *_rate(book, "；整改率", "rectification_rate"),
            *_rate(book, "，按期整改率", "on_time_rate"),
            "。",
        )
    if not book.is_begun("hazards_found"):
        return (found,)  # of a register without a row nobody knows how many stand open
    return (
        found,
        (
            f"到{chinese(book.told['told_on'])}，未销号隐患",
            *counted(book, "hazards_open"),
            "，其中重大隐患",
            *counted(book, "major_open"),
            "、超期未改",
            *counted(book, "past_limit"),
            "；挂牌督办",
            *counted(book, "hazards_listed"),
            "。",
        ),
    )


def _rate(book: Book, words: str, key: str) -> Text:
    """Return a share with its name; nothing where there was nothing of which it could be one."""
    return (words, figure(book, key)) if book.is_recorded(key) and book.number(key).of else ()


def _unjudged(book: Book) -> Text:
    found, *judged = (book.number(key).n for key in ("hazards_found", "hazards_general", "hazards_major"))
    rest = found - sum(judged)
    return (f"，尚未判定等级{plain(rest)}条",) if rest else ()


def enforcement(book: Book) -> tuple[Text, ...]:
    """六: inspections, penalties, stops, tip-offs."""
    names = {
        "inspections_done": "检查企业、场所",
        "penalties_decided": "行政处罚",
        "hazards_stopped": "责令停产停业整改",
        "hazards_tipped": "群众举报并登记隐患",
    }
    told: list[Cell] = []
    for key, name in names.items():
        if book.is_recorded(key):
            told += ["，" if told else until(book), name, *counted(book, key)]
    silent = "、".join(name for key, name in names.items() if not book.is_recorded(key))
    if not silent:
        return ((*told, "。"),)
    return ((*told, f"{'；' if told else ''}本期没有{silent}的记录。"),)


def problems(book: Book) -> tuple[Text, ...]:
    """七 by the records: what is late and what is used up; nobody is accused."""
    found: list[Text] = []
    if (row := gravest(book)) and (row["deaths"] or row.get("missing")):
        found.append((f"最重的一起：{_told(row)}。",))
    for key, words in (("past_limit", "超期未改隐患"), ("major_open", "重大隐患未销号")):
        if not book.number(key).is_nothing:
            found.append((words, *counted(book, key), "。"))
    if late := _late_orders(book):
        found.append((f"督办事项逾期{late}件。",))
    found += [
        (f"{_of_whom(book, row)}{row['measure']}已超过全年控制数。",)
        for row in book.told["targets"]
        if book.number(row["key"], _of(row)).n > row["most"]
    ]
    if not found and not book.is_begun("hazards_found"):
        return (("隐患台账还没有登记，督办事项没有逾期的。",),)
    return tuple(found) or (("按现有记录，没有超期未改的隐患、未销号的重大隐患和逾期的督办事项。",),)


def gravest(book: Book) -> dict[str, Any] | None:
    """Return the gravest accident that stands in the ledger, None of none: by grade, then by whom it hurt."""

    def weight(row: dict[str, Any]) -> tuple[Any, ...]:
        hurt = (row["deaths"], row.get("missing", 0), row["serious_injuries"], row["minor_injuries"])
        return (-GRADES.index(row["grade"]) if row["grade"] in GRADES else 0, *hurt, Decimal(row["loss"]))

    return max(book.told["accidents"], key=weight, default=None)


def _told(row: dict[str, Any]) -> str:
    day = chinese(row["happened_on"]).partition("年")[2]
    hurt = [f"死亡{row['deaths']}人"] if row["deaths"] else []
    if row.get("missing"):
        hurt.append(f"下落不明{row['missing']}人")
    return f"{day}{row['unit_name'] or row['place']}{row['type']}，{'、'.join(hurt)}，{row['grade']}"


def _lessons(book: Book) -> str:
    """Return of which accident others are to learn: the gravest that killed, else a type that came twice."""
    row = gravest(book)
    if row and (row["deaths"] or row.get("missing")):
        return f"吸取“{_told(row)}”的教训，组织同类企业对照自查，措施落实到岗位。"
    types = Counter(row["type"] for row in book.told["accidents"]).most_common(1)
    return f"针对{types[0][0]}事故组织同类企业对照自查。" if types and types[0][1] > 1 else ""


def _of_whom(book: Book, row: dict[str, Any]) -> str:
    place: str = book.places.get(row["territory"], row["territory"])
    return place + (book.sector(row["sector"]) if row["sector"] else "")


def next_steps(book: Book) -> str:
    """八 as a draft: a line for each thing that the records show unfinished; a person rewrites it."""
    lines = [lesson] if (lesson := _lessons(book)) else []
    if number := book.number("past_limit").n:
        lines.append(f"对超期未改的{plain(number)}条隐患逐条明确责任岗位和完成日期，到期复查销号。")
    if number := book.number("major_open").n:
        lines.append(f"对未销号的{plain(number)}条重大隐患落实防范措施，不具备安全条件的先停产、撤人。")
    if late := _late_orders(book):
        lines.append(f"逾期的{late}件督办事项由承办单位书面说明原因和完成时间。")
    lines.append("按年度检查计划和检查频次上限安排检查，发现的隐患当场登记、限期整改。")
    return "\n".join(lines)


def by_month(book: Book) -> Chart:
    """Accidents of each month beside the year before."""
    period = book.period
    series = [(f"{period.year}年", _by_month(book, 0))]
    if book.change("acc_cnt") is not None:
        series.append((f"{period.year - 1}年", _by_month(book, 1)))
    return Chart(
        "各月事故起数（起）",
        tuple(f"{month}月" for month in range(1, period.months + 1)),
        tuple(series),
    )


def by_sector(book: Book) -> Chart:
    """Accidents of each sector that had some in either year."""
    named = [*book.told["sectors"], ["", book.sector("")]]
    compared = book.change("acc_cnt") is not None
    rows = []
    for code, name in named:
        where = Where(sectors=(code,))
        n, before = book.number("acc_cnt", where).n, book.number("acc_cnt", where, back=1).n
        if n or (compared and before):
            rows.append((name, float(n), float(before)))
    series = [(f"{book.period.year}年", tuple(n for _name, n, _before in rows))]
    if compared:
        series.append((f"{book.period.year - 1}年", tuple(before for _name, _n, before in rows)))
    return Chart("各行业事故起数（起）", tuple(name for name, _n, _before in rows), tuple(series))


def _by_month(book: Book, back: int) -> tuple[float, ...]:
    return tuple(float(book.number("acc_cnt", months=[key]).n) for key in book.period.keys(back))


def _late_orders(book: Book) -> int:
    """Return how many orders were past their day when the briefing was told."""
    told_on = book.told["told_on"]
    return sum(1 for row in book.told["orders"] if row["due"] and row["due"] < told_on and not row["closed"])


def _of(row: dict[str, str]) -> Where:
    township = None if row["is_county"] else row["territory"]
    return Where(township, (row["sector"],) if row["sector"] else None)
