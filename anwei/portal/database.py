"""Which business database: SQLite in the data folder, or the county's PostgreSQL named by ANWEI_DATABASE."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from anwei.datafolder import DataFolder
from anwei.language import gettext as _

VARIABLE = "ANWEI_DATABASE"
SCHEMES = ("postgresql", "postgres")
STATEMENT_MS, LOCK_MS, IDLE_MS = 60_000, 20_000, 60_000  # the patience of SQLite's busy timeout, and less
CONNECT_S = 5
OUR_OPTIONS = (
    f"-c statement_timeout={STATEMENT_MS} -c lock_timeout={LOCK_MS}"
    f" -c idle_in_transaction_session_timeout={IDLE_MS} -c synchronous_commit=on"
)
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


class UnreadableAddress(ValueError):
    """ANWEI_DATABASE names no database; the message says how it must look, without repeating a password."""


def address() -> str:
    """Return the PostgreSQL address of ANWEI_DATABASE, '' where the data folder's own SQLite is used."""
    return os.environ.get(VARIABLE, "")


def connection_parts(url: str) -> dict[str, str]:
    """Return host, port, user, password, dbname and what else (sslmode ...) an address names.

    Raises UnreadableAddress.
    """
    from psycopg import ProgrammingError  # here: who runs on SQLite need not wait for its driver
    from psycopg.conninfo import conninfo_to_dict

    sentence = _("{variable} 应为 postgresql://用户:口令@主机:端口/库名").format(variable=VARIABLE)
    if urlsplit(url).scheme not in SCHEMES:
        raise UnreadableAddress(sentence)
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        raise UnreadableAddress(sentence) from None
    if not parts.get("dbname"):
        raise UnreadableAddress(sentence)
    return {name: str(value) for name, value in parts.items() if value is not None}


def database(folder: DataFolder, url: str) -> dict[str, Any]:
    """Return Django's settings of the business database."""
    return _postgresql(connection_parts(url)) if url else _sqlite(folder)


def _sqlite(folder: DataFolder) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder.database,
        "CONN_MAX_AGE": 600,  # s; opening one with its PRAGMAs costs as much as a small page's queries
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;",
        },
    }


def _postgresql(parts: dict[str, str]) -> dict[str, Any]:
    named = {django: parts.pop(name, "") for name, django in DJANGO_NAMES.items()}
    options = f"{OUR_OPTIONS} {parts.pop('options', '')}".strip()  # what the address says comes last and wins
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "CONN_MAX_AGE": 0,  # every request has a thread of its own: a kept connection would serve nobody
        "OPTIONS": {"connect_timeout": CONNECT_S, "application_name": "anwei", **parts, "options": options},
    }
