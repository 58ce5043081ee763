"""履职档案 to print: who, in which posts, from when to when, how many acts of which kind, and each one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone

from anwei.ledgers.papers.blocks import Block, Heading, Paragraph, Table
from anwei.ledgers.papers.layout import chinese_date, printout
from anwei.org.duty_record import Deed
from anwei.org.models import Holding, Person, Post

MOST = 2000  # acts one paper lists; it says so when there are more


def duty_record_docx(
    whose: Post | Person,
    holdings: Iterable[Holding],
    deeds: Sequence[Deed],
    days: tuple[date, date],
    *,
    by: str,
    at: datetime,
) -> bytes:
    """Return the record of a post or a person, of the days from the first to the last, both included.

    `by` is who takes it, at the moment `at`.
    """
    first, last = days
    is_post = isinstance(whose, Post)
    register = [
        (
            str(held.person) if is_post else f"{held.post.unit.name} {held.post.title}",
            _term(held),
            held.document,
        )
        for held in holdings
    ]
    counts = Counter(deed.kind for deed in deeds).most_common()
    rows = [
        (f"{timezone.localtime(deed.at):%Y-%m-%d %H:%M}", deed.kind, deed.sentence, deed.person)
        for deed in sorted(deeds, key=lambda deed: deed.at)
    ]
    name = f"{whose.unit.name} {whose.title}" if isinstance(whose, Post) else whose.full_name
    blocks: list[Block] = [
        Table(
            (
                ("岗位" if is_post else "姓名", name),
                ("起止", f"{chinese_date(first)}至{chinese_date(last)}"),
                ("履职记录", f"{len(deeds)} 件（{by}有权查看的）"),
            ),
            has_header=False,
        ),
        Heading(1, "一、任职"),
        Table((("任职人" if is_post else "岗位", "起止", "任职文件"), *register), widths=(4, 3.4, 2.6))
        if register
        else Paragraph("没有任职记录。"),
        Heading(1, "二、履职情况"),
    ]
    if rows:
        if len(rows) >= MOST:
            blocks.append(Paragraph(f"本档案只列最近的 {MOST} 件，更早的请缩短起止日期另行导出。"))
        blocks += [
            Table((("类别", "件数"), *((kind, str(n)) for kind, n in counts))),
            Table((("时间", "类别", "事项", "经办人"), *rows), widths=(2.4, 1.4, 4.8, 1.4)),
        ]
    else:
        blocks.append(Paragraph(f"此期间没有{by}有权查看的办理记录。"))
    blocks.append(
        Paragraph(
            f"本档案由系统按办理记录自动形成，各事项的办理记录可逐条核验；只列{by}有权查看的事项，不作为全部履职情况的证明。"
        )
    )
    return printout("安全生产履职档案", blocks, by=by, at=at)


def _term(held: Holding) -> str:
    return f"{held.from_on:%Y-%m-%d} 至 {f'{held.to_on:%Y-%m-%d}' if held.to_on else '今'}"
