"""Following saves and deletes: what a transaction touches is noted, and written once it is committed.

Nothing of the index is written within a transaction of the registers: SQLite's FTS5 can fail in one that
rolls savepoints back, and then the save itself would fail. The rows are read again after the commit: a row
saved five times is written once, and what was rolled back is never found. Where a process dies in between,
the worker catches up with new rows and its nightly rebuild mends the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from anwei.ledgers.pieces import pieces
from anwei.ledgers.search.keeping import CHUNK, refresh
from anwei.ledgers.search.registers import searchables


class _Touched:
    """What one transaction touched: rows by register, and rows of other models that registers follow."""

    def __init__(self) -> None:
        self.rows: dict[str, set[int]] = {}
        self.followed: dict[tuple[str, type[Model]], dict[Any, Model]] = {}

    def write(self) -> None:
        """Write the entries; of a transaction's many requests the first finds all of it."""
        rows, followed = self.rows, self.followed
        self.rows, self.followed = {}, {}
        for one in searchables():
            refresh(one, rows.get(one.code, ()))
            for sender, rows_of in one.follows.items():
                for instances in pieces(followed.get((one.code, sender), {}).values(), CHUNK):
                    refresh(one, rows_of(instances).values_list("pk", flat=True))


def follow_saves() -> None:
    """Listen to every save and delete; called once, when the rooms have declared what can be searched."""
    post_save.connect(_saved, dispatch_uid="search_saved")
    post_delete.connect(_deleted, dispatch_uid="search_deleted")


def follow_bulk(model: type[Model], written: Iterable[tuple[Model, Iterable[str]]]) -> None:
    """Follow rows that were written in bulk, which makes no signal; with each the names of its fields."""
    touched = _touched_now()
    for row, names in written:
        _touch(touched, model, row, frozenset(names))
    transaction.on_commit(touched.write, robust=True)


def _saved(sender: type[Model], instance: Model, update_fields: frozenset[str] | None, **_more: Any) -> None:
    _follow(sender, instance, update_fields)


def _deleted(sender: type[Model], instance: Model, **_more: Any) -> None:
    _follow(sender, instance, None)


def _follow(sender: type[Model], instance: Model, update_fields: frozenset[str] | None) -> None:
    """Note a row and ask for the writing, each time: a savepoint that is rolled back takes its along."""
    touched = _touched_now()
    if _touch(touched, sender, instance, update_fields):
        transaction.on_commit(touched.write, robust=True)


def _touched_now() -> _Touched:
    """Return what the transaction of this thread has asked to be written; outside of one, nothing yet."""
    for _savepoints, do, _robust in transaction.get_connection().run_on_commit:
        owner = getattr(do, "__self__", None)
        if isinstance(owner, _Touched):
            return owner
    return _Touched()


def _touch(
    touched: _Touched,
    sender: type[Model],
    instance: Model,
    update_fields: frozenset[str] | None = None,
) -> bool:
    """Note a row; return whether the search has to do with it."""
    noted = False
    for one in searchables():
        if isinstance(instance, one.model):
            if update_fields is None or not one.columns or one.columns & update_fields:
                touched.rows.setdefault(one.code, set()).add(instance.pk)
                noted = True
        elif sender in one.follows:
            followed = touched.followed.setdefault((one.code, sender), {})
            followed[instance.pk] = copy(instance)  # a deleted one loses its key after the signal
            noted = True
    return noted
