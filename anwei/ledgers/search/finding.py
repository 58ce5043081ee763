"""Finding: what a person may see whose name holds what they typed, the best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.search.dialects import holding
from anwei.ledgers.search.grams import normal, query_words
from anwei.ledgers.search.registers import searchables

LOOKED_AT = 200  # results beyond are counted as "more than": nobody reads them
FEW = 1000  # rows of a person: so few are looked through one by one, without the index


@dataclass(frozen=True)
class Found:
    """What a search found: keys of entries, the best first, and how many of each register.

    `more` says that there are others beyond LOOKED_AT.
    """

    keys: tuple[int, ...]
    by_register: dict[str, int]
    more: bool

    @property
    def count(self) -> int:
        """How many results are counted."""
        return sum(self.by_register.values())


def find(person: Any, query: str, *, register: str = "", at_most: int = LOOKED_AT) -> Found:
    """Return what `person` may see whose name, number or surroundings hold every word of `query`.

    A name that begins with it comes first, then one that holds it, then the rest; `register` narrows the
    keys, not the counts. Nothing is found for less than two characters.
    """
    words = query_words(query)
    if not words:
        return Found((), {}, False)
    visible = _visible_to(person)
    columns = ("pk", "register", "title")
    begins = Q(text__startswith=" ".join(words))
    best = list(holding(words, begins=True).filter(visible).values_list(*columns)[: at_most + 1])
    others = holding(words).filter(visible).exclude(begins)
    rest = list(others.values_list(*columns)[: at_most + 1 - len(best)])  # asks nothing when best is enough
    rank = {one.code: place for place, one in enumerate(searchables())}
    ordered = sorted(best, key=lambda hit: (rank[hit[1]], hit[0]))
    ordered += sorted(rest, key=lambda hit: (not _holds_all(hit[2], words), rank[hit[1]], hit[0]))
    kept = ordered[:at_most]
    return Found(
        tuple(pk for pk, code, _title in kept if register in ("", code)),
        dict(Counter(code for _pk, code, _title in kept)),
        len(ordered) > at_most,
    )


def suggest(person: Any, query: str, n: int) -> list[SearchEntry]:
    """Return the first few results while a person is still typing."""
    return entries_of(find(person, query).keys[:n], person)


def entries_of(keys: Iterable[int], person: Any) -> list[SearchEntry]:
    """Return entries in the order of their keys, as `person` may read them."""
    wanted = tuple(keys)
    rows = SearchEntry.objects.in_bulk(wanted)
    for one in searchables():
        if one.details is not None:
            entries = [entry for entry in rows.values() if entry.register == one.code]
            details = one.details(person, [entry.row for entry in entries]) if entries else {}
            for entry in entries:
                entry.detail = details.get(entry.row, "")
    return [rows[key] for key in wanted if key in rows]


def _visible_to(person: Any) -> Q:
    """Return the condition that the person may see the row behind an entry, by its own model's rule.

    Where a person may see few rows, they are named; else each candidate is asked. That is a CASE, not an OR:
    for an OR, SQLite would read all entries of each register and leave the index aside.
    """
    few = _few_rows(person)
    if few is not None:
        named = Q(pk__in=())
        for code, keys in few.items():
            named |= Q(register=code, row__in=keys)
        return Q(pk__in=SearchEntry.objects.filter(named).values("pk"))
    rules = [
        When(register=one.code, then=Exists(one.visible(person).filter(pk=OuterRef("row")).order_by()))
        for one in searchables()
    ]
    return Q(Case(*rules, default=Value(False), output_field=BooleanField()))


def _few_rows(person: Any) -> dict[str, list[int]] | None:
    """Return the rows a person may see by register, None where they are more than FEW."""
    few: dict[str, list[int]] = {}
    left = FEW
    for one in searchables():
        keys = list(one.visible(person).order_by().values_list("pk", flat=True)[: left + 1])
        left -= len(keys)
        if left < 0:
            return None
        few[one.code] = keys
    return few


def _holds_all(title: str, words: Iterable[str]) -> bool:
    plain = normal(title)
    return all(word in plain for word in words)
