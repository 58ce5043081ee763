"""Finding: what a person may see whose name holds what they typed, the best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.search.dialects import holding
from anwei.ledgers.search.grams import normal, query_words
from anwei.ledgers.search.registers import searchables

LOOKED_AT = 1000  # results beyond are counted as "more than": nobody reads them
SUGGESTED_FROM = 200


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
    hits = SearchEntry.objects.filter(holding(words)).filter(_visible_to(person))
    begins = Q(text__startswith=normal(query))
    best = list(hits.filter(begins).values_list("pk", "register", "title")[:at_most])
    rest = list(hits.exclude(begins).values_list("pk", "register", "title")[: at_most + 1 - len(best)])
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
    return entries_of(find(person, query, at_most=SUGGESTED_FROM).keys[:n])


def entries_of(keys: Iterable[int]) -> list[SearchEntry]:
    """Return entries in the order of their keys."""
    wanted = tuple(keys)
    rows = SearchEntry.objects.in_bulk(wanted)
    return [rows[key] for key in wanted if key in rows]


def _visible_to(person: Any) -> Q:
    """Return the condition that the person may see the row behind an entry, by its own model's rule."""
    visible = Q(pk__in=())
    for one in searchables():
        row: QuerySet[Any] = one.visible(person).filter(pk=OuterRef("row")).order_by()
        visible |= Q(register=one.code) & Q(Exists(row))
    return visible


def _holds_all(title: str, words: Iterable[str]) -> bool:
    plain = normal(title)
    return all(word in plain for word in words)
