"""The index over pairs of characters, in two dialects: FTS5 on SQLite, an inverted index on PostgreSQL.

SQLite's is an external-content table kept by triggers, so that whatever writes entries keeps it too. Django's
table remake drops triggers, so all of it is made anew after every migration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.search.grams import SHORTEST, grams

TABLE = SearchEntry._meta.db_table

LEARN = "INSERT INTO ledgers_search_index(rowid, grams) VALUES (new.id, new.grams);"
FORGET = """
    INSERT INTO ledgers_search_index(ledgers_search_index, rowid, grams)
    VALUES ('delete', old.id, old.grams);
"""
SQLITE = (
    "DROP TABLE IF EXISTS ledgers_search_index",
    "DROP TRIGGER IF EXISTS ledgers_search_insert",
    "DROP TRIGGER IF EXISTS ledgers_search_delete",
    "DROP TRIGGER IF EXISTS ledgers_search_update",
    """
    CREATE VIRTUAL TABLE ledgers_search_index USING fts5(
        grams, content='ledgers_searchentry', content_rowid='id', tokenize='unicode61 remove_diacritics 0')
    """,
    f"CREATE TRIGGER ledgers_search_insert AFTER INSERT ON ledgers_searchentry BEGIN {LEARN} END",
    f"CREATE TRIGGER ledgers_search_delete AFTER DELETE ON ledgers_searchentry BEGIN {FORGET} END",
    f"""
    CREATE TRIGGER ledgers_search_update AFTER UPDATE OF grams ON ledgers_searchentry
    WHEN old.grams <> new.grams BEGIN {FORGET} {LEARN} END
    """,
    "INSERT INTO ledgers_search_index(ledgers_search_index) VALUES ('rebuild')",
)
POSTGRESQL = (
    """
    CREATE INDEX IF NOT EXISTS ledgers_search_index
    ON ledgers_searchentry USING gin (string_to_array(grams, ' '))
    """,
)
SQLITE_CANDIDATES = "SELECT rowid FROM ledgers_search_index WHERE ledgers_search_index MATCH %s"
POSTGRESQL_CANDIDATES = "string_to_array(ledgers_searchentry.grams, ' ') @> %s"


def after_migrate(using: str, **kwargs: Any) -> None:
    """Receive `post_migrate`: make the index anew."""
    create(connections[using])


def create(database: BaseDatabaseWrapper) -> None:
    """Make the index of the entries that are there, and what keeps it."""
    with database.cursor() as cursor:
        if TABLE in database.introspection.table_names(cursor):
            for statement in SQLITE if database.vendor == "sqlite" else POSTGRESQL:
                cursor.execute(statement)


def holding(words: Sequence[str]) -> Q:
    """Return the condition that an entry's text holds every word somewhere within.

    The index finds the candidates; the text itself decides, because pairs of neighbouring words would do too.
    """
    condition = Q()
    for word in words:
        condition &= Q(text__contains=word)
    pairs = [grams(word) for word in words if len(word) >= SHORTEST]
    if connection.vendor == "sqlite":
        phrases = " AND ".join(f'"{" ".join(one)}"' for one in pairs)
        return Q(pk__in=RawSQL(SQLITE_CANDIDATES, [phrases])) & condition  # noqa: S611 (our own SQL)
    wanted = [gram for one in pairs for gram in one]
    return Q(RawSQL(POSTGRESQL_CANDIDATES, [wanted], output_field=BooleanField())) & condition  # noqa: S611
