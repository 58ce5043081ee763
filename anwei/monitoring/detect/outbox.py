"""What was found, numbered, until the worker has asked for it: one small SQLite file of this process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

KEEP = 100_000  # findings
_SCHEMA = """
CREATE TABLE IF NOT EXISTS finding (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, tag INTEGER NOT NULL, at INTEGER NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
    UNIQUE (kind, tag, at, key)
)
"""

Finding = dict[
    str, Any
]  # kind, tag, at (ms of the row), key (the limit's kind), and what belongs to the kind


class Outbox:
    """A finding is unique on (kind, tag, at, key): rows read again after a crash find nothing twice."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(_SCHEMA)

    def put(self, findings: Iterable[Finding]) -> None:
        """Write findings durably; one already there stays as it is."""
        rows = [
            (one["kind"], one["tag"], one["at"], one.get("key", ""), msgspec.msgpack.encode(one))
            for one in findings
        ]
        if not rows:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(
                "INSERT OR IGNORE INTO finding (kind, tag, at, key, body) VALUES (?, ?, ?, ?, ?)", rows
            )
            self._connection.execute(
                "DELETE FROM finding WHERE sequence <= (SELECT max(sequence) FROM finding) - ?", (KEEP,)
            )
        except sqlite3.Error:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def after(self, sequence: int, limit: int) -> list[tuple[int, Finding]]:
        """Return findings numbered above `sequence`, oldest first."""
        rows = self._connection.execute(
            "SELECT sequence, body FROM finding WHERE sequence > ? ORDER BY sequence LIMIT ?",
            (sequence, limit),
        )
        return [(number, msgspec.msgpack.decode(body)) for number, body in rows.fetchall()]

    def newest(self) -> int:
        """Return the last number given, 0 without any."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'finding'").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
