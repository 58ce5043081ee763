"""The index over pairs of characters, in two dialects: FTS5 on SQLite, an inverted index on PostgreSQL.

SQLite's is an external-content table kept by triggers, so that whatever writes entries keeps it too. Django's
table remake drops triggers, so all of it is made anew after every migration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.search.grams import SHORTEST, grams

TABLE = SearchEntry._meta.db_table
INDEX = "ledgers_search_index"

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
CANDIDATES = "string_to_array(ledgers_searchentry.grams, ' ') @> %s"  # PostgreSQL


def after_migrate(using: str, **kwargs: Any) -> None:
    """Receive `post_migrate`: make the index anew."""
    create(connections[using])


def create(database: BaseDatabaseWrapper) -> None:
    """Make the index of the entries that are there, and what keeps it."""
    with database.cursor() as cursor:
        if TABLE in database.introspection.table_names(cursor):
            for statement in SQLITE if database.vendor == "sqlite" else POSTGRESQL:
                cursor.execute(statement)


def holding(words: Sequence[str], *, begins: bool = False) -> QuerySet[SearchEntry]:
    """Return the entries whose text holds every word somewhere within, or begins with them.

    The index finds the candidates, one by one as they are asked for; the text itself decides, because pairs
    of neighbouring words would do too.
    """
    rows = SearchEntry.objects.all()
    for word in words:
        rows = rows.filter(text__contains=word)
    if begins:
        rows = rows.filter(text__startswith=" ".join(words))
    if connection.vendor == "sqlite":
        return rows.extra(  # noqa: S610 (a join with a table that no model describes)
            tables=[INDEX],
            where=[f"{INDEX}.rowid = {TABLE}.id", f"{INDEX}.{INDEX} MATCH %s"],
            params=[_phrases(words, begins)],
        )
    pairs = [gram for word in words if len(word) >= SHORTEST for gram in grams(word)]
    return rows.filter(RawSQL(CANDIDATES, [pairs], output_field=BooleanField()))  # noqa: S611 (our own SQL)


def _phrases(words: Sequence[str], begins: bool) -> str:
    """Return the query of FTS5; every word is letters and digits only, so that none is an operator."""
    phrases = {word: f'"{" ".join(grams(word))}"' for word in words if len(word) >= SHORTEST}
    if begins and words[0] in phrases:
        phrases[words[0]] = f"^ {phrases[words[0]]}"
    return " AND ".join(phrases.values())
