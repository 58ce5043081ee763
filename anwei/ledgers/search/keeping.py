"""Keeping the entries of the search as the registers are.

A save or delete is followed after its commit (`following`). What that missed is mended by the worker: it
catches up with new rows every few seconds, with all rows without an entry every hour, and rebuilds every
night. A row without a title has an empty entry, which nothing finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.pieces import pieces
from anwei.ledgers.search.grams import gram_text, normal
from anwei.ledgers.search.registers import Searchable, Words, searchables

CHUNK = 1000
WRITTEN = ["title", "detail", "url", "text", "grams"]
TITLE_LENGTH = 250


def index(one: Searchable, rows: Iterable[Any]) -> int:
    """Write the entries of rows of a register; return how many."""
    n_rows = 0
    for chunk in pieces(rows, CHUNK):
        SearchEntry.objects.bulk_create(
            [_entry(one, row) for row in chunk],
            update_conflicts=True,
            unique_fields=["register", "row"],
            update_fields=WRITTEN,
        )
        n_rows += len(chunk)
    return n_rows


def refresh(one: Searchable, keys: Iterable[int]) -> None:
    """Write the entries of the rows with these keys as they stand now, and drop those of rows that do not."""
    for chunk in pieces(sorted(keys), CHUNK):
        rows = list(one.rows().filter(pk__in=chunk))
        index(one, rows)
        if gone := set(chunk) - {row.pk for row in rows}:
            SearchEntry.objects.filter(register=one.code, row__in=gone).delete()


def catch_up(seen: dict[str, int] | None = None) -> int:
    """Write the entries of rows that have none; return how many.

    `seen` are the newest keys an earlier look met, by register: only newer rows are looked at, and it is
    brought up to date. So a look costs what is new; one without it, all rows, whose keys are compared.
    """
    seen = {} if seen is None else seen
    n_rows = 0
    for one in searchables():
        newer = one.rows().filter(pk__gt=seen.get(one.code, 0))
        newest = newer.order_by("-pk").values_list("pk", flat=True).first()
        if newest is not None:
            known = SearchEntry.objects.filter(register=one.code, row=OuterRef("pk"))
            missing = newer.filter(pk__lte=newest).exclude(Exists(known))
            keys = list(missing.values_list("pk", flat=True))
            refresh(one, keys)
            n_rows += len(keys)
            seen[one.code] = newest  # not before they are written
    return n_rows


def rebuild() -> int:
    """Write every entry anew and drop those without a row; return how many can be found now."""
    for one in searchables():
        rows = one.rows().order_by().filter(pk=OuterRef("row"))
        SearchEntry.objects.filter(register=one.code).exclude(Exists(rows)).delete()
        index(one, one.rows().iterator(CHUNK))
    SearchEntry.objects.exclude(register__in=[one.code for one in searchables()]).delete()
    return SearchEntry.objects.exclude(title="").count()


def _entry(one: Searchable, row: Any) -> SearchEntry:
    words = one.text(row)
    if not words.title:
        words = Words("")
    text = normal(" ".join(words))
    return SearchEntry(
        register=one.code,
        row=row.pk,
        title=words.title[:TITLE_LENGTH],
        detail=words.detail[:TITLE_LENGTH],
        url=one.url(row),
        text=text,
        grams=gram_text(text),
    )
