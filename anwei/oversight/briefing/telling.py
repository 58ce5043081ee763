"""Numbers of a book as figures and as phrases: how many, how it changed, and what chance explains."""

from __future__ import annotations

from anwei.cases.indicators import plain
from anwei.oversight.briefing.book import EVERYWHERE, Book, Change, Where, told_number
from anwei.oversight.briefing.parts import Cell, Figure, Text
from anwei.standards.briefing import measures, zero_base

PERCENT = "+0.0%;-0.0%;0.0%"


def figure(
    book: Book, key: str, where: Where = EVERYWHERE, *, back: int = 0, month: str = "", text: str = ""
) -> Figure:
    """Return a number with its rows; of a share the text has both counts, "—" of what nobody recorded."""
    if not book.is_recorded(key):
        return Figure(text or zero_base())
    number = book.number(key, where, back=back, months=[month] if month else None)
    doors = () if number.is_nothing else book.doors(key, where, back=back, month=month)
    if number.of is None:
        return Figure(text or plain(number.n), number.n, doors)
    share = number.share
    return Figure(
        told_number(number), None if share is None else share, doors, "0.0%" if share is not None else ""
    )


def counted(book: Book, key: str, where: Where = EVERYWHERE, *, month: str = "") -> Text:
    """Return a number with its unit."""
    return (figure(book, key, where, month=month), measures()[key].unit)


def moved(change: Change | None, unit: str, *, base: str, until: str = "") -> str:
    """Return how a number changed, in words: 下降2起（-20.0%，变化不显著）; "" where nothing was recorded.

    Of fewer months than the number beside it has, `until`, both that are compared stand there too.
    """
    if change is None:
        return ""
    both = f"{until}{plain(change.n)}{unit}，{base}{plain(change.before)}{unit}" if until else ""
    if not change.difference:
        return f"{change.direction}（{both}）" if both else change.direction
    told = f"{base}为0" if not change.before else change.percent
    words = "；".join(filter(None, ("，".join(filter(None, (told, change.verdict))), both)))
    return f"{change.direction}{plain(abs(change.difference))}{unit}（{words}）"


def changes(book: Book, keys: tuple[str, ...], where: Where = EVERYWHERE, *, years: int = 1) -> str:
    """Return how several numbers changed against the year before or the mean of `years`, "" of none."""
    base = "上年同期" if years == 1 else "前两年同期平均"
    told = []
    for key in keys:
        one, change = measures()[key], book.change(key, where, years=years)
        if change is not None:
            told.append(f"{one.name}{moved(change, one.unit, base=base, until=book.compared_until)}")
    return "，".join(told)


def percent(change: Change | None) -> Figure:
    """Return a change as a cell: the signed share, "—" of nothing or where nothing was recorded."""
    if change is None or not change.before:
        return Figure(zero_base())
    return Figure(change.percent, change.difference / change.before, form=PERCENT)


def pair(book: Book, key: str, where: Where) -> tuple[Cell, Cell]:
    """Return a number and its change against the year before, for a row of a table."""
    return figure(book, key, where), percent_beside(book, key, where)


def percent_beside(book: Book, key: str, where: Where) -> Figure:
    """Return the change of the number beside it: "—" where fewer months are compared than that one has."""
    return percent(None if book.compared_until else book.change(key, where))


def scope_words(book: Book) -> str:
    """Return which months are set beside the years before, where that is not all of the period."""
    period = book.period
    if book.told["compared"] == "ended":
        if not (until := book.compared_until):
            return ""
        return f"（{period.months}月未结束、往年按月统计，同比为{until}）"
    if period.is_unfinished:
        return f"（往年同为1月1日至{period.as_of.month}月{period.as_of.day}日）"
    return ""
