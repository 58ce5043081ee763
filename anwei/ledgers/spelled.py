"""Counts that every page asks for, put into SQL once: to spell one costs more than to answer it.

A question is remembered under a key that must say all it rests on: who asks, by which posts, on which day.
What asked the database while it was put together rests on the answers as well: that is spelt anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

# What stands in a question for who asks, on which day and at which moment, until it is put (`Spelled.put`):
ANYBODY, DAY, MOMENT = -(10**15), date(1, 1, 1), datetime(1, 1, 2, tzinfo=UTC)
MOST = 5_000  # of one or two kB each; then all are forgotten


@dataclass(frozen=True)
class Spelled:
    """A question as the database takes it; without SQL it can find nothing."""

    sql: str = ""
    values: tuple[Any, ...] = ()

    def put(self, *, person: int = ANYBODY, day: date = DAY, now: datetime = MOMENT) -> Spelled:
        """Return the question of a person (key), a day and a moment."""
        on, at = connection.ops.adapt_datefield_value, connection.ops.adapt_datetimefield_value
        known = {ANYBODY: person, on(DAY): on(day), at(MOMENT): at(now)}
        return replace(self, values=tuple(known.get(value, value) for value in self.values))


_remembered: dict[Hashable, Spelled] = {}


def spelled(key: Hashable, question: Callable[[], QuerySet[Any]]) -> Spelled:
    """Return the SQL of a question, remembered under `key` unless it asked the database to find its words."""
    known = _remembered.get(key)
    if known is not None:
        return known
    asked: list[str] = []

    def listening(go_on: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return go_on(sql, *rest)

    with connection.execute_wrapper(listening):
        found = spell(question().order_by().values("pk"))
    if not asked:
        if len(_remembered) >= MOST:
            _remembered.clear()
        _remembered[key] = found
    return found


def n_each(questions: Iterable[Spelled]) -> list[int]:
    """Return how many rows each question finds: one query, none where nothing can be found."""
    asked = [*questions]
    told = {place: one for place, one in enumerate(asked) if one.sql}
    if not told:
        return [0] * len(asked)
    sql = " UNION ALL ".join(
        f"SELECT {place}, COUNT(*) FROM ({one.sql}) AS found{place}"  # noqa: S608  (Django wrote it)
        for place, one in told.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for one in told.values() for value in one.values])
        n_rows = dict(cursor.fetchall())
    return [n_rows.get(place, 0) for place in range(len(asked))]


def rows_of(question: Spelled) -> list[tuple[Any, ...]]:
    """Return what a question finds, as the database tells it: dates as SQLite keeps them are text."""
    with connection.cursor() as cursor:
        cursor.execute(question.sql, question.values)
        return list(cursor.fetchall())


def objects_of(model: type[Model], question: Spelled) -> list[Any]:
    """Return the objects that a question for all columns of a model finds."""
    return list(model._default_manager.raw(question.sql, question.values))


def texts(questions: Sequence[Spelled]) -> list[str]:
    """Return the text that each question finds, "" where there is none: one query."""
    sql = ", ".join(f"({one.sql})" for one in questions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [value for one in questions for value in one.values])
        return [text or "" for text in cursor.fetchone()]


def spell(rows: QuerySet[Any]) -> Spelled:
    """Return rows as the database is asked for them."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return Spelled()
    return Spelled(sql, tuple(values))
