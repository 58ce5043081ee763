"""A county's PostgreSQL in backups: dumped by `pg_dump`, proved by loading it into a database made for that.

Addresses never stand in a command line, where every user of the machine reads them, but in the environment.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from anwei.language import gettext as _

DUMP = "anwei.pgdump"
IN_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class DatabaseNotCopied(RuntimeError):
    """The database could not be dumped, made or loaded; the message says why and never holds a password."""


def dump(address: str, target: Path) -> None:
    """Write the whole database into the file `target`, as it is at one moment."""
    _run("pg_dump", address, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    target.chmod(0o600)


def load(address: str, source: Path) -> None:
    """Fill an empty database from a dump. Raises DatabaseNotCopied when it holds tables already."""
    if tables(address):
        raise DatabaseNotCopied(_("目标数据库不是空的，未恢复。"))
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    name = conninfo_to_dict(address)["dbname"]
    _run("pg_restore", address, *words, f"--dbname={name}", str(source))


def tables(address: str) -> list[str]:
    """Return the names of the tables of a database, sorted."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    with _connected(address) as connection:
        return [name for (name,) in connection.execute(query)]


def row_counts(address: str) -> dict[str, int]:
    """Return the number of rows of every table."""
    counts = {}
    with _connected(address) as connection:
        for name in tables(address):
            row = connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()
            counts[name] = row[0] if row else 0
    return counts


@contextmanager
def scratch(address: str) -> Iterator[str]:
    """Make a database beside the one at `address`, give its address, and drop it.

    Raises DatabaseNotCopied when the user may not make databases.
    """
    name = f"anwei_drill_{secrets.token_hex(4)}"
    with _connected(address) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            sentence = _("备份要试恢复才算数，请给数据库用户 CREATEDB 权限：ALTER ROLE {user} CREATEDB")
            user = conninfo_to_dict(address).get("user", "")
            raise DatabaseNotCopied(sentence.format(user=user)) from None
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise DatabaseNotCopied(_("数据库连不上：{error}").format(error=str(error).strip())) from error


def _run(program: str, address: str, *words: str) -> None:
    if shutil.which(program) is None:
        sentence = _("没有 {program}：请安装与服务器同版本的 PostgreSQL 客户端（postgresql-client）")
        raise DatabaseNotCopied(sentence.format(program=program))
    parts = {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    given = {variable: parts[name] for name, variable in IN_ENVIRONMENT.items() if name in parts}
    done = subprocess.run(
        [program, *words], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DatabaseNotCopied(done.stderr.strip()[-500:])
