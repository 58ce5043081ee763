"""Sealed rows as the database tells them: tuples of canonical values, no model instances, no converters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from anwei.ledgers.links import Value
from anwei.ledgers.models import SealedRow
from anwei.ledgers.spelling import spellers

PAGE = 5000
Raw = tuple[Any, ...]


class Link(NamedTuple):
    """One row of a chain, in canonical spelling."""

    pk: int
    key: tuple[Any, ...]
    number: int
    values: tuple[Value, ...]
    contents: tuple[Value, ...]
    content_digest: str
    digest: str


@dataclass(frozen=True)
class Places:
    """Where in a raw row each part begins: (pk, key..., number, values..., contents..., two digests)."""

    number: int
    values: int
    contents: int

    @classmethod
    def of(cls, model: type[SealedRow]) -> Places:
        """Return the places of a model's raw rows."""
        number = 1 + len(model.chain_fields)
        return cls(number, number + 1, number + 1 + len(model.sealed_fields))


def pages(model: type[SealedRow], place: int = 0, n_shares: int = 1) -> Iterator[list[Raw]]:
    """Yield the rows of one share of the chains in the order of their primary keys, PAGE at a time.

    No statement stays open between. The share of a chain is told by the last sign of its key (`share_of`).
    """
    after, mine = 0, "" if n_shares == 1 else f"AND {_share(model)} %% {n_shares} = {place}"
    while page := _fetch(model, f"id > %s {mine} ORDER BY id LIMIT %s", [after, PAGE]):
        yield page
        after = page[-1][0]


def share_of(chain: str, n_shares: int) -> int:
    """Return the share that the chain of this name falls to, as the database reckons it in `pages`.

    A strange key, or a name that an intruder made up, may be told apart otherwise here: it is then in doubt,
    and read again.
    """
    return ord(chain.rstrip('"]')[-1:] or "\0") % n_shares


def _share(model: type[SealedRow]) -> str:
    last = f"CAST({_quoted(model.chain_fields[-1])} AS text)"
    if connection.vendor == "sqlite":
        return f"COALESCE(unicode(substr({last}, -1)), 0)"
    return f"ascii(right({last}, 1))"


def digests(model: type[SealedRow]) -> Iterator[list[tuple[int, str]]]:
    """Yield primary key and digest of all rows, in the order of the keys."""
    after, table = 0, _quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT id, {_told('digest')} FROM {table} WHERE id > %s ORDER BY id LIMIT %s",  # noqa: S608
                [after, PAGE],
            )
            if not (page := cursor.fetchall()):
                return
            yield page
            after = page[-1][0]


def links_of(model: type[SealedRow], key: Sequence[Any]) -> Iterator[Link]:
    """Yield the rows of one chain in the order of their numbers."""
    places = Places.of(model)
    where = " AND ".join(f"{_quoted(name)} = %s" for name in model.chain_fields)
    for row in _fetch(model, f"{where} ORDER BY number, id", list(key)):
        yield Link(
            row[0],
            row[1 : places.number],
            row[places.number],
            row[places.values : places.contents],
            row[places.contents : -2],
            row[-2],
            row[-1],
        )


def _fetch(model: type[SealedRow], where: str, parameters: list[Any]) -> list[Raw]:
    columns = (
        "id",
        *model.chain_fields,
        "number",
        *model.sealed_fields,
        *model.content_fields,
        "content_digest",
        "digest",
    )
    names = ", ".join(_told(name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {_quoted(model._meta.db_table)} WHERE {where}", parameters)  # noqa: S608  names of our own models
        rows: list[Raw] = cursor.fetchall()
    again = spellers(model, columns, connection.vendor)
    return [_spelled(row, again) for row in rows] if again else rows


def _spelled(row: Raw, again: list[tuple[int, Any]]) -> Raw:
    values = list(row)
    for place, spell in again:
        values[place] = spell(values[place])
    return tuple(values)


def _told(name: str) -> str:
    """Return a column as an expression, so that SQLite's driver finds no declared type to convert."""
    return f"+{_quoted(name)}" if connection.vendor == "sqlite" else _quoted(name)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
