"""The manifest: a small DuckDB file that says which files and rows the store consists of.

Its commit is the only switch: what it does not name does not exist. All tables are made once, when the file
is made, and none has a key or an index: schema changes and key rewrites at run time are where DuckDB's log
replay has failed before.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from anwei.monitoring.stream.store.errors import StoreUnreadable
from anwei.monitoring.stream.store.files import sync

VERSION = 1
_TABLES = """
CREATE TABLE version (number INTEGER NOT NULL);
CREATE TABLE part (
    id BIGINT NOT NULL, day INTEGER NOT NULL, level TINYINT NOT NULL, name VARCHAR NOT NULL,
    n_rows BIGINT NOT NULL, first_ts BIGINT NOT NULL, last_ts BIGINT NOT NULL, n_bytes BIGINT NOT NULL,
    replaces BOOLEAN NOT NULL, has_samples BOOLEAN NOT NULL, added_at BIGINT NOT NULL);
CREATE TABLE head (
    flushed BIGINT NOT NULL, latest VARCHAR NOT NULL, alarm_state VARCHAR NOT NULL, next_part BIGINT NOT NULL,
    next_event BIGINT NOT NULL, next_reject BIGINT NOT NULL, accepted BIGINT NOT NULL);
CREATE TABLE mark (stream VARCHAR NOT NULL, sequence BIGINT NOT NULL);
CREATE TABLE outbox (sequence BIGINT NOT NULL, written_at BIGINT NOT NULL, event VARCHAR NOT NULL);
CREATE TABLE reject (
    sequence BIGINT NOT NULL, received_at BIGINT NOT NULL, reason VARCHAR NOT NULL, device VARCHAR NOT NULL,
    tag VARCHAR NOT NULL, detail VARCHAR NOT NULL, n BIGINT NOT NULL);
CREATE TABLE reject_hour (
    hour BIGINT NOT NULL, reason VARCHAR NOT NULL, device VARCHAR NOT NULL, n BIGINT NOT NULL,
    newest BIGINT NOT NULL);
INSERT INTO head VALUES (0, '', '', 1, 1, 1, 0);
"""


_INSERT_PART = "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Part:
    """One sample file and its rollup, of one UTC day.

    `id` is that of the oldest part merged into it; `replaces` says that a good row replaces one of a part of
    the same day with a smaller id. Times in ms.
    """

    id: int
    day: int
    level: int
    name: str
    n_rows: int
    first_ts: int
    last_ts: int
    n_bytes: int
    replaces: bool
    has_samples: bool
    added_at: int

    @property
    def folder(self) -> str:
        """The folder name of the day, as engines that know partitioned data sets expect it."""
        return f"day={self.day}"


@dataclass(frozen=True)
class Head:
    """The one row that says how far the files go."""

    flushed: int = 0  # number of the last commit-log record whose content is in files and tables
    latest: str = ""  # name of the snapshot of the last values
    alarm_state: str = ""  # name of the snapshot of the alarm state
    next_part: int = 1
    next_event: int = 1
    next_reject: int = 1
    accepted: int = 0  # samples taken since the store was made, duplicates included


class Manifest:
    """Thread-safe access to the DuckDB file; one transaction at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file, made on first use.

        Raises StoreUnreadable for a file of another version.
        """
        if not path.exists():
            _create(path)
        self._path = path
        self._lock = threading.Lock()
        self._connection = duckdb.connect(
            str(path),
            config={
                "threads": 1,
                "memory_limit": "400MB",
                "temp_directory": "",
                "preserve_insertion_order": True,
                "checkpoint_threshold": "256MB",
            },
        )
        version = self.rows("SELECT number FROM version")
        if version != [(VERSION,)]:
            self._connection.close()
            raise StoreUnreadable(f"{path} is a telemetry store of version {version}, not {VERSION}")

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._lock:
            return self._connection.execute(query, list(parameters)).fetchall()

    def head(self) -> Head:
        """Return how far the files go."""
        return Head(*self.rows("FROM head")[0])

    def parts(self) -> list[Part]:
        """Return all parts, oldest first within a day."""
        return [Part(*row) for row in self.rows("FROM part ORDER BY day, id")]

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commit durably at the end of the block, or roll back when it raises."""
        with self._lock:
            self._connection.begin()
            try:
                yield Transaction(self._connection)
                self._connection.commit()
            except BaseException:
                with suppress(duckdb.Error):  # a failed commit has already ended the transaction
                    self._connection.rollback()
                raise

    def checkpoint(self) -> None:
        """Fold DuckDB's own log into the file, which keeps both small."""
        with self._lock:
            self._connection.execute("CHECKPOINT")

    def copy(self, target: Path) -> None:
        """Copy the file durably, with everything committed so far."""
        with self._lock:
            self._connection.execute("CHECKPOINT")
            shutil.copyfile(self._path, target)
        sync(target)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()


class Transaction:
    """What one commit of the manifest may change."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def set_head(self, head: Head) -> None:
        """Replace the head row."""
        self._connection.execute("DELETE FROM head")
        self._connection.execute("INSERT INTO head VALUES (?, ?, ?, ?, ?, ?, ?)", list(astuple(head)))

    def set_marks(self, marks: dict[str, int]) -> None:
        """Replace the marks of all streams."""
        self._connection.execute("DELETE FROM mark")
        for stream, sequence in marks.items():
            self._connection.execute("INSERT INTO mark VALUES (?, ?)", [stream, sequence])

    def add_parts(self, parts: Sequence[Part]) -> None:
        """Name new files."""
        for part in parts:
            self._connection.execute(_INSERT_PART, list(astuple(part)))

    def remove_parts(self, parts: Sequence[Part]) -> None:
        """Stop naming files."""
        for part in parts:
            self._connection.execute("DELETE FROM part WHERE name = ?", [part.name])

    def forget_samples(self, parts: Sequence[Part]) -> None:
        """Keep only the rollup of parts."""
        for part in parts:
            self._connection.execute("UPDATE part SET has_samples = false WHERE name = ?", [part.name])

    def insert(self, table: str, columns: dict[str, list[Any]]) -> None:
        """Append rows given as columns in the order of the table's."""
        rows = pa.table(columns)
        if rows.num_rows:
            self._connection.register("new_rows", rows)
            self._connection.execute(f"INSERT INTO {table} SELECT * FROM new_rows")  # noqa: S608
            self._connection.unregister("new_rows")

    def delete(self, condition: str, parameters: Sequence[Any]) -> None:
        """Remove rows: `condition` is `table WHERE ...`."""
        self._connection.execute(f"DELETE FROM {condition}", list(parameters))  # noqa: S608


def _create(path: Path) -> None:
    """Make the file under another name first, so that a half-made one is never opened."""
    draft = path.with_suffix(".draft")
    for leftover in (draft, draft.with_name(draft.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        # 16 KiB blocks: the default of 256 KiB would make this small file many times its size.
        connection.execute(f"ATTACH '{_quoted(draft)}' AS draft (BLOCK_SIZE 16384, STORAGE_VERSION 'latest')")
        connection.execute("USE draft")
        connection.execute(_TABLES)
        connection.execute("INSERT INTO version VALUES (?)", [VERSION])
        connection.execute("CHECKPOINT draft")
        connection.execute("USE memory")
        connection.execute("DETACH draft")
    sync(draft)
    draft.rename(path)
    sync(path.parent)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
