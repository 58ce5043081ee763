"""What the records say otherwise now than a briefing, whose doors open the records of now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from anwei.emergency.models import Accident
from anwei.oversight.briefing.book import Book, Where, told_number
from anwei.oversight.briefing.document import Difference
from anwei.oversight.briefing.period import YEARS_BEFORE
from anwei.oversight.briefing.snapshot import ACCIDENT_COLUMNS, LANGUAGE, Snapshot, take
from anwei.oversight.models import Briefing


@dataclass(frozen=True)
class Since:
    """What changed since a briefing was made: numbers of facts, which a correction tells; then the rest.

    The rest are the rows of the first annex and the other numbers of the whole county.
    """

    facts: list[Difference]
    rest: list[Difference]


def changed_since(briefing: Briefing, now: datetime) -> Since:
    """Return what the records say otherwise now, whatever was frozen or published."""
    told = take(Book(briefing.snapshot).period, now, live=True)
    return Since(
        list(differences(briefing.snapshot, told)),
        [*_accidents(briefing.snapshot, told), *_others(briefing.snapshot, told)],
    )


def differences(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Yield the numbers of facts in which two snapshots differ: all, by township and by sector."""
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


def _others(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Yield the other numbers of the county that differ: what is no fact of the period moves by itself."""
    old, new = Book(before), Book(after)
    for key, one in old.measures.items():
        was, now = (told_number(book.number(key)) for book in (old, new))
        if not one.corrected and was != now:
            yield Difference(f"{one.name}（{one.unit}）", was, now)


def _accidents(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Yield the accidents that the annex tells otherwise than the ledger, or one of them not at all."""
    old, new = ({row["pk"]: row for row in told["accidents"]} for told in (before, after))
    with translation.override(LANGUAGE):
        for key in sorted(old.keys() | new.keys()):
            was, now = old.get(key), new.get(key)
            if was is None or now is None:
                number = (was or now or {})["number"]
                yield Difference(number, _counted(was), _counted(now))
            elif changed := [name for name in ACCIDENT_COLUMNS if was[name] != now[name]]:
                yield Difference(was["number"], _told(was, changed), _told(now, changed))


def _counted(row: dict[str, Any] | None) -> str:
    return "不计入" if row is None else "计入"


def _told(row: dict[str, Any], names: list[str]) -> str:
    labels = (str(Accident._meta.get_field(name).verbose_name) for name in names)  # type: ignore[union-attr]
    return "，".join(f"{label} {row[name]}" for label, name in zip(labels, names, strict=True))
