"""Keeping the entries of the search as the registers are.

A save or delete is followed at once, in its own transaction. What is written in bulk makes no signal: new
rows are caught up with by the worker, and the nightly rebuild mends whatever else was missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Exists, Max, Model, OuterRef
from django.db.models.signals import post_delete, post_save

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.search.grams import gram_text, normal
from anwei.ledgers.search.registers import Searchable, searchables

CHUNK = 1000
WRITTEN = ["title", "detail", "url", "text", "grams"]
TITLE_LENGTH = 250


def follow_saves() -> None:
    """Listen to every save and delete; called once, when the rooms have declared what can be searched."""
    post_save.connect(_saved, dispatch_uid="search_saved")
    post_delete.connect(_deleted, dispatch_uid="search_deleted")


def index(one: Searchable, rows: Iterable[Any]) -> int:
    """Write the entries of rows of a register; return how many."""
    n_rows = 0
    for chunk in _chunks(rows):
        SearchEntry.objects.bulk_create(
            [entry for row in chunk if (entry := _entry(one, row)).title],
            update_conflicts=True,
            unique_fields=["register", "row"],
            update_fields=WRITTEN,
        )
        n_rows += len(chunk)
    return n_rows


def catch_up() -> int:
    """Write the entries of rows newer than the newest one known; return how many."""
    newest = dict(SearchEntry.objects.values_list("register").annotate(Max("row")))
    return sum(
        index(one, one.rows().filter(pk__gt=newest.get(one.code, 0)).iterator(CHUNK)) for one in searchables()
    )


def rebuild() -> int:
    """Write every entry anew and drop those without a row; return how many stand now."""
    for one in searchables():
        entries = SearchEntry.objects.filter(register=one.code)
        rows = one.model._default_manager.filter(pk=OuterRef("row"))
        entries.exclude(Exists(rows)).delete()
        index(one, one.rows().iterator(CHUNK))
    SearchEntry.objects.exclude(register__in=[one.code for one in searchables()]).delete()
    return SearchEntry.objects.count()


def _saved(sender: type[Model], instance: Model, update_fields: frozenset[str] | None, **_more: Any) -> None:
    for one in searchables():
        if isinstance(instance, one.model):
            if update_fields is None or not one.columns or one.columns & update_fields:
                index(one, [instance])
        else:
            _follow(one, sender, instance)


def _deleted(sender: type[Model], instance: Model, **_more: Any) -> None:
    for one in searchables():
        if sender is one.model:
            SearchEntry.objects.filter(register=one.code, row=instance.pk).delete()
        else:
            _follow(one, sender, instance)


def _follow(one: Searchable, sender: type[Model], instance: Model) -> None:
    if rows := one.follows.get(sender):
        index(one, rows(instance).select_related(*one.related).iterator(CHUNK))


def _entry(one: Searchable, row: Any) -> SearchEntry:
    words = one.text(row)
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


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
