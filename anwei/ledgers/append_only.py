"""Append-only in the database itself: UPDATE and DELETE are refused by triggers, in two dialects.

One change of a sealed row is let through: its content becomes empty, nothing else (`anwei.ledgers.erasure`).
SQLite's table remake drops triggers, so they are made anew after every migration and asserted at start.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import JSONField
from django.utils.translation import gettext as _

from anwei.ledgers.erasure import empty_content
from anwei.ledgers.models import AppendOnly, SealedRow

PREFIX = "append_only_"

SQLITE = """
CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {level} {when}EXECUTE FUNCTION append_only_refuse()
"""

VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


class Unprotected(RuntimeError):
    """A table that must be append-only is not."""


def create(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger anew on the tables that exist."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        tables = connection.introspection.table_names(cursor)
        for name, statement in _statements(connection).items():
            if _table_of(name) in tables:
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers; for a test database that is about to be emptied, and before making them anew."""
    with connection.cursor() as cursor:
        for name in _present(connection):
            on_table = f" ON {_table_of(name)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on_table}")


def require(connection: BaseDatabaseWrapper) -> None:
    """Raise Unprotected when a trigger is missing or is not ours."""
    present = _present(connection)
    for name, statement in _statements(connection).items():
        if name not in present or (connection.vendor == "sqlite" and present[name] != statement):
            table = _table_of(name)
            raise Unprotected(
                _("数据表 %(table)s 未受只增保护；请执行 anwei migrate 后再启动。") % {"table": table}
            )


def after_migrate(using: str, **kwargs: Any) -> None:
    """Receive `post_migrate`."""
    create(connections[using])


def _statements(connection: BaseDatabaseWrapper) -> dict[str, str]:
    template = (SQLITE if connection.vendor == "sqlite" else POSTGRESQL).strip()
    return {
        (name := f"{PREFIX}{table}_{verb.lower()}"): template.format(
            name=name, verb=verb, table=table, level="ROW" if when else "STATEMENT", when=when
        )
        for model in apps.get_models()
        if issubclass(model, AppendOnly)
        for table, verb in product([model._meta.db_table], VERBS[connection.vendor])
        for when in [_unless_erasure(model, connection) if verb == "UPDATE" else ""]
    }


def _unless_erasure(model: type[AppendOnly], connection: BaseDatabaseWrapper) -> str:
    """Return the condition under which an UPDATE of a sealed row is refused: it is no erasure."""
    if not issubclass(model, SealedRow):
        return ""
    empty, quoted = empty_content(model), connection.ops.quote_name
    json_type = "::jsonb" if connection.vendor == "postgresql" else ""
    terms = []
    for field in model._meta.concrete_fields:
        new, old = (f"{side}.{quoted(str(field.column))}" for side in ("NEW", "OLD"))
        if field.name not in empty:
            terms.append(f"{new} IS NOT DISTINCT FROM {old}")
        elif isinstance(field, JSONField):
            terms.append(f"{new} = '{json.dumps(empty[field.name])}'{json_type}")
        else:
            terms.append(f"{new} = ''")
    return f"WHEN (NOT ({' AND '.join(terms)})) "


def _table_of(trigger: str) -> str:
    return trigger.removeprefix(PREFIX).rpartition("_")[0]


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    if connection.vendor == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    else:
        query = (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{PREFIX}%"])
        return dict(cursor.fetchall())
