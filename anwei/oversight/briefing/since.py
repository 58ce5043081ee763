"""What the records say otherwise now than a briefing, whose doors open the records of now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from anwei.cases.periods import Span
from anwei.oversight.briefing.book import Book, Where, told_number
from anwei.oversight.briefing.document import Difference
from anwei.oversight.briefing.period import YEARS_BEFORE
from anwei.oversight.briefing.snapshot import LANGUAGE, Snapshot, take
from anwei.oversight.briefing.tables import accidents
from anwei.oversight.figures import newest_issues
from anwei.oversight.models import Briefing
from anwei.standards.accidents import type_labels, type_name

COMPARED = {1: "与上年同期", 2: "与前两年同期平均"}


@dataclass(frozen=True)
class Since:
    """What changed since a briefing was made: the facts, which a correction tells; then other numbers."""

    facts: list[Difference]
    rest: list[Difference]


def changed_since(briefing: Briefing, now: datetime) -> Since:
    """Return what the records say otherwise now, whatever was frozen or published."""
    told = take(Book(briefing.snapshot).period, now, live=True)
    return Since(list(differences(briefing.snapshot, told)), list(_others(briefing.snapshot, told)))


def why_outdated(briefing: Briefing, since: Since) -> str:
    """Say why a draft is to be made anew: months were corrected or records changed since; "" else."""
    told = briefing.snapshot["frozen"]
    period = Book(briefing.snapshot).period
    span = Span(date(period.year - YEARS_BEFORE, 1, 1), period.ends)
    newest = newest_issues(span)
    if anew := [month for month, (issue, _digest) in told.items() if newest[month].issue > issue]:
        return _("%(months)s 定版后又有更正，这份通报还是更正前的数，请重新生成。") % {
            "months": _("、").join(sorted(anew))
        }
    if since.facts:
        return _("生成以后事故记录有变化（“%(what)s”等 %(n)d 处），请重新生成。") % {
            "what": since.facts[0].what,
            "n": len(since.facts),
        }
    return ""


def differences(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Yield the facts in which two snapshots differ: numbers by place and sector, comparisons, accidents."""
    with translation.override(LANGUAGE):
        old, new = Book(before), Book(after)
        places = dict((*old.townships, *new.townships))
        wheres: list[tuple[str, Where]] = [("全县", Where())]
        wheres += [(name, Where(township=code)) for code, name in places.items()]
        wheres += [(new.sector(code), Where(sectors=(code,))) for code in (*dict(new.told["sectors"]), "")]
        backs = {
            0: "",
            **{back: f"（{new.period.year - back}年同期）" for back in range(1, YEARS_BEFORE + 1)},
        }
        for key, one in new.measures.items():
            for back, when in backs.items() if one.corrected else ():
                for name, where in wheres:
                    was, now = (told_number(book.number(key, where, back=back)) for book in (old, new))
                    if was != now:
                        yield Difference(f"{one.name}{when}：{name}（{one.unit}）", was, now)
            for back, when in COMPARED.items() if one.corrected else ():
                was, now = (_compared(book, key, back) for book in (old, new))
                if was != now:
                    yield Difference(f"{one.name}：{when}", was, now)
        yield from _accidents(old, new)


def _compared(book: Book, key: str, back: int) -> str:
    return "比较" if book.is_compared(key, back) else "没有记录，不作比较"


def _others(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Yield the other numbers of the county that differ: what is no fact of the period moves by itself."""
    old, new = Book(before), Book(after)
    for key, one in old.measures.items():
        was, now = (told_number(book.number(key)) for book in (old, new))
        if not one.corrected and was != now:
            yield Difference(f"{one.name}（{one.unit}）", was, now)


def _accidents(old: Book, new: Book) -> Iterator[Difference]:
    """Yield the cells of the first annex that differ, and the accidents that stand in one of them alone."""
    heads = (*accidents(new).heads, "下落不明")
    before, after = _annex(old), _annex(new)
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            yield Difference((was or now or [""])[0], _counted(was), _counted(now))
            continue
        for head, cell, cell_now in zip(heads, was, now, strict=True):
            if cell != cell_now:
                yield Difference(f"{was[0]} {head}", cell, cell_now)


def _annex(book: Book) -> dict[int, list[str]]:
    """Return the rows of the first annex and who is missing, whom the text tells.

    Types have the plain name, which papers once did not use.
    """
    plain = {str(label): type_name(code) for code, label in type_labels().items()}
    rows = zip(book.told["accidents"], accidents(book).rows, strict=True)
    return {
        told["pk"]: [*(plain.get(str(cell), str(cell)) for cell in cells), str(told.get("missing", 0))]
        for told, cells in rows
    }


def _counted(row: list[str] | None) -> str:
    return "不计入" if row is None else "计入"
