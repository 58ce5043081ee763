"""What a folder holds, counted and verified: the figures that a backup notes and a restoration compares."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from anwei.language import gettext as _
from anwei.portal import postgres
from anwei.portal.backup.copies import owned_copy
from anwei.portal.backup.failed import BackupFailed
from anwei.portal.database import VARIABLE, address
from anwei.portal.family import anwei_command


def figures(root: Path, *, drill: bool) -> dict[str, Any]:
    """Return what a folder holds: rows of every table, the store's figures, what `anwei verify` says.

    A dump of PostgreSQL is loaded first: in a `drill` into a database that is dropped again.
    """
    with owned_copy(root / "telemetry") as store:
        figures = store.figures()
        telemetry = {
            "samples_stored": figures["samples_stored"],
            "rows": figures["hot_rows"] + figures["file_rows"],
            "tags": figures["tags"],
            "marks": store.marks(),
        }
    with _loaded(root / "business", drill=drill) as url:
        counts = postgres.row_counts(url) if url else _row_counts(root)
        return {"tables": counts, "telemetry": telemetry, "chain": _verified(root, url)}


@contextmanager
def _loaded(business: Path, *, drill: bool) -> Iterator[str]:
    """Give the address of the database with the dump in it, or '' where SQLite's file is the database."""
    source = business / postgres.DUMP
    if source.exists() != bool(address()):
        kind, cure = ("PostgreSQL", _("须设置")) if source.exists() else ("SQLite", _("不能设置"))
        sentence = _("备份中的业务数据库是 {kind}，{cure} {variable}。")
        raise BackupFailed(sentence.format(kind=kind, cure=cure, variable=VARIABLE))
    if not source.exists():
        yield ""
        return
    try:
        with postgres.scratch(address()) if drill else nullcontext(address()) as url:
            postgres.load(url, source)
            yield url
    except postgres.DatabaseNotCopied as error:
        raise BackupFailed(str(error)) from error


def _row_counts(root: Path) -> dict[str, int]:
    """Return the number of rows of every table; raises BackupFailed when SQLite finds the file damaged."""
    path = next((root / "business").glob("*.sqlite3"))
    with closing(sqlite.connect(str(path))) as database:
        state = database.execute("PRAGMA integrity_check").fetchone()[0]
        if state != "ok":
            raise BackupFailed(_("业务数据库损坏：{state}").format(state=state))
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        count = 'SELECT count(*) FROM "{}"'
        return {name: database.execute(count.format(name)).fetchone()[0] for (name,) in names}


def _verified(root: Path, url: str) -> str:
    """Return what `anwei verify` says of the chains and the evidence below `root`; raises BackupFailed."""
    done = subprocess.run(
        anwei_command("verify"),
        env={**os.environ, "ANWEI_DATA": str(root), VARIABLE: url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed((done.stderr or done.stdout).strip()[-500:])
    return done.stdout.strip()
