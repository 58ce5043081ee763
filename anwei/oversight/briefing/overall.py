"""一、总体情况 in the three ways, and the sentences on sectors."""

from __future__ import annotations

from collections.abc import Iterator

from anwei.oversight.briefing.book import Book, Where
from anwei.oversight.briefing.parts import Cell, Text
from anwei.oversight.briefing.tables import FOUR, chinese
from anwei.oversight.briefing.telling import changes, counted, figure, moved, scope_words
from anwei.standards.briefing import Industry, fields, measures

NO_RECORDS = "没有事故的记录：事故台账和期初数都没有登记，不等于没有发生事故。"
CHINESE = "零一二三四五六七八九十"


def overall(book: Book, kind: str) -> tuple[Text, ...]:
    """Return the paragraphs of a kind: compared, bracketed or plain."""
    if not book.is_recorded("acc_cnt"):
        return ((until(book), NO_RECORDS),)
    told = {"compared": _compared, "bracketed": _bracketed, "plain": _plain}[kind]
    return (*told(book), _larger(book), _month(book), *_quota(book))


def until(book: Book) -> str:
    """Return how the period is called where numbers follow: an unfinished month names its day."""
    period = book.period
    if not period.is_unfinished:
        return f"{period.label}，"
    return f"截至{chinese(book.told['as_of'])}（{period.months}月未结束），"


def _compared(book: Book) -> Iterator[Text]:
    yield (
        until(book),
        "全县共发生生产安全事故",
        *counted(book, "acc_cnt"),
        "，死亡",
        *counted(book, "acc_death"),
        "，受伤",
        *counted(book, "acc_injury"),
        "，直接经济损失",
        *counted(book, "acc_loss"),
        "。",
    )
    yield (_sentence("同比", changes(book, FOUR), scope_words(book)),)
    if means := changes(book, FOUR, years=2):
        yield (_sentence("与前两年同期平均相比", means, ""),)
    else:
        yield ("没有前两年同期的记录，不与两年均值比较。",)


def _bracketed(book: Book) -> Iterator[Text]:
    yield (
        until(book),
        "全县共发生生产安全事故",
        *counted(book, "acc_cnt"),
        "（其中亡人事故",
        *counted(book, "fatal_cnt"),
        "）、死亡",
        *counted(book, "acc_death"),
        "、受伤",
        *counted(book, "acc_injury"),
        "，直接经济损失",
        *counted(book, "acc_loss"),
        "。",
    )
    yield (_sentence("同比", changes(book, ("acc_cnt", "fatal_cnt", *FOUR[1:])), scope_words(book)),)


def _plain(book: Book) -> Iterator[Text]:
    for place, key in enumerate(FOUR):
        one = measures()[key]
        told = moved(book.change(key), one.unit, base="上年同期", until=book.compared_until)
        words = f"，同比{told}。" if told else "。"
        yield (until(book) if not place else "", one.name, *counted(book, key), words)
    yield (scope_words(book).strip("（）") + "。" if scope_words(book) else "",)


def _sentence(head: str, told: str, scope: str) -> str:
    return f"{head}{scope}：{told}。" if told else "没有上年同期的记录，不作比较。"


def _larger(book: Book) -> Text:
    number = book.number("large_cnt")
    if not number.n:
        return ("未发生较大及以上事故。",)
    return ("发生较大及以上事故", *counted(book, "large_cnt"), "。")


def _month(book: Book) -> Text:
    """当月, with the same month of the year before where it can be cut alike."""
    period, month = book.period, book.period.keys()[-1]
    head = f"{period.months}月"
    if period.is_unfinished:
        head += f"（截至{period.as_of.day}日）"
    change = moved(book.month_change("acc_cnt"), "起", base="上年同月")
    return (
        head,
        "发生事故",
        *counted(book, "acc_cnt", month=month),
        "，死亡",
        *counted(book, "acc_death", month=month),
        "，受伤",
        *counted(book, "acc_injury", month=month),
        f"；事故起数与上年同月相比{change}。" if change else "。",
    )


def _quota(book: Book) -> Iterator[Text]:
    """How much of the county's own targets is used up."""
    for row in book.told["targets"]:
        if not row["is_county"] or row["sector"] or not row["most"]:
            continue
        number = book.number(row["key"]).n
        share = f"{100 * number / row['most']:.1f}%"
        yield (
            f"{row['measure']}占全年控制指标（{row['most']}）的{share}（",
            figure(book, row["key"]),
            f"/{row['most']}）。",
        )


def sector_sentences(book: Book) -> tuple[Text, ...]:
    """One paragraph a field that had accidents, and one that names those that had none."""
    if not book.is_recorded("acc_cnt"):
        return (("没有事故的记录，不分行业统计。",),)
    told = [_field(book, number, one) for number, one in enumerate(_hit(book), start=1)]
    return (*told, *_none(book))


def sector_line(book: Book) -> tuple[Text, ...]:
    """All fields in one paragraph."""
    if not book.is_recorded("acc_cnt"):
        return (("没有事故的记录，不分行业统计。",),)
    parts: list[Text] = []
    for one in _hit(book):
        where = Where(sectors=one.sectors)
        parts.append(
            (one.name, *counted(book, "acc_cnt", where), "、死亡", *counted(book, "acc_death", where))
        )
    if not parts:
        return (_none(book)[0],)
    joined: list[Cell] = ["从行业看，"]
    for place, part in enumerate(parts):
        joined += ["；" if place else "", *part]
    return ((*joined, "。"), *_none(book))


def _field(book: Book, number: int, one: Industry) -> Text:
    where = Where(sectors=one.sectors)
    told = changes(book, ("acc_cnt", "acc_death"), where)
    return (
        f"（{CHINESE[number]}）{one.name}。",
        "发生事故",
        *counted(book, "acc_cnt", where),
        "（死亡",
        *counted(book, "acc_death", where),
        f"），同比{told}。" if told else "）。",
    )


def _hit(book: Book) -> list[Industry]:
    return [one for one in fields() if not book.number("acc_cnt", Where(sectors=one.sectors)).is_nothing]


def _none(book: Book) -> tuple[Text, ...]:
    hit = _hit(book)
    names = [one.name for one in fields() if one not in hit]
    return ((f"{'、'.join(names)}未发生事故。",),) if names else ()
