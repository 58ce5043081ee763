"""The embedded telemetry store: commit log, memory, sorted Parquet files and a DuckDB manifest.

One process owns the folder. `append` writes one commit-log record and returns when it is on the disk; a
background thread moves rows to files and merges files. Reads may run in any thread beside appends.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store import notes, reading, record
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.commit_log import CommitLog
from anwei.monitoring.stream.store.contents import Contents
from anwei.monitoring.stream.store.copy import copy_store
from anwei.monitoring.stream.store.downsample import downsample
from anwei.monitoring.stream.store.errors import StoreBroken, StoreFull, StoreUnreadable
from anwei.monitoring.stream.store.files import make_folder
from anwei.monitoring.stream.store.maintenance import Maintenance
from anwei.monitoring.stream.store.manifest import Manifest
from anwei.monitoring.stream.store.options import StoreOptions
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.store.space import SpaceGuard
from anwei.monitoring.stream.wire import Columns

T = TypeVar("T")
RAW_ROWS = 1_000_000  # of one history answer
SOFT_LIMIT, HARD_LIMIT = 4, 12  # multiples of `flush_rows` in memory: appends wait, appends are refused
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)

logger = logging.getLogger(__name__)


def wall_clock() -> int:
    """Return the time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class EmbeddedStore:
    """A TelemetryStore in one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        options: StoreOptions | None = None,
        clock: Callable[[], int] = wall_clock,
        background: bool = True,
    ) -> None:
        """Open or make the store. Without `background`, only `flush`, `merge` and `retain` move rows.

        Raises StoreUnreadable when another process holds the folder or the version is another.
        """
        self.options = options or StoreOptions()
        self._clock = clock
        make_folder(folder)
        with ExitStack() as opened:  # released again when anything below fails
            opened.callback(os.close, _own(folder))
            self._manifest = opened.enter_context(closing(Manifest(folder / "manifest.duckdb")))
            self._archive = opened.enter_context(closing(Archive(folder)))
            self._contents = Contents(self._archive, self._manifest, self.options.chunk_rows)
            self._log = opened.enter_context(
                closing(CommitLog(folder / "log", after=self._contents.head.flushed))
            )
            self._recover()
            self._opened = opened.pop_all()
        self._guard = SpaceGuard(folder)
        self._maintenance = Maintenance(
            self._archive, self._manifest, self._log, self._contents, self._guard, self.options, clock
        )
        if background:
            self._maintenance.start()

    def _recover(self) -> None:
        """Remove what a crash left half-done, and show again what only the commit log holds."""
        head = self._contents.head
        orphans = self._archive.remove_orphans(self._contents.parts, head)
        for payload in self._log.replay():
            self._contents.remember(*record.decode(payload))
        replayed = self._log.number - head.flushed
        logger.info("store open: %d records replayed, %d orphan files removed", replayed, orphans)

    def append(self, batch: Batch) -> list[int]:
        """Write one batch durably; return the outbox sequences of its events.

        Raises StoreFull when the disk has too little room for samples (a batch of events alone still gets
        in), OSError when the disk fails, StoreBroken when only a new start helps, ValueError when the mark
        would go back. Nothing is half-written.
        """
        if self._maintenance.broken:
            raise StoreBroken(_("监测数据库需要重新打开：{error}").format(error=self._maintenance.broken))
        with self._maintenance.append_lock:
            if batch.sequence < self._contents.marks.get(batch.stream, 0):
                raise ValueError(f"the mark of {batch.stream} would go back to {batch.sequence}")
            written_at = self._clock()
            payload = record.encode(batch, written_at)
            if len(batch.samples):
                self._make_room(len(payload))
            try:
                self._log.append(payload)
            except OSError as error:
                if error.errno in _NO_SPACE:
                    sentence = _("磁盘已满，无法写入监测数据：{error}。").format(error=error.strerror)
                    raise StoreFull(sentence) from error
                raise
            sequences = self._contents.remember(batch, written_at)
        if self._maintenance.running and self._maintenance.flush_due():
            self._maintenance.wake.set()
            self._slow_down()
        return sequences

    def _make_room(self, n_bytes: int) -> None:
        """Raise StoreFull when the disk or the memory has no room for more samples."""
        self._guard.require(n_bytes)
        if self._contents.memory.n_rows >= HARD_LIMIT * self.options.flush_rows:
            raise StoreFull(_("监测数据长时间未能写入文件，内存缓冲已满；写盘恢复后自动继续接收。"))

    def _slow_down(self) -> None:
        """Wait a moment while a flush is far behind."""
        ceiling = SOFT_LIMIT * self.options.flush_rows
        if self._contents.memory.n_rows >= ceiling:
            with self._contents.room:
                self._contents.room.wait_for(lambda: self._contents.memory.n_rows < ceiling, timeout=1.0)

    def mark(self, stream: str) -> int:
        """Return the last log sequence stored of `stream`, 0 if none."""
        with self._contents.lock:
            return self._contents.marks.get(stream, 0)

    def marks(self) -> dict[str, int]:
        """Return the last log sequence stored of every stream."""
        with self._contents.lock:
            return dict(self._contents.marks)

    def alarm_state(self) -> Columns:
        """Return the last written alarm state row of every rule, {} if none."""
        with self._contents.lock:
            return self._contents.alarm_state.read()

    def last(self, tags: NDArray[np.int32] | None = None) -> Columns:
        """Return columns tag, ts, value, quality of the newest sample of each tag (all when None)."""
        with self._contents.lock:
            return self._contents.latest.read(tags)

    def history(
        self, tag: int, start: int, end: int, points: int | None = None, limit: int = RAW_ROWS
    ) -> Columns:
        """Return ts, value, quality of [start, end).

        At most `points` rows that keep the extremes of each bucket of time, or the first `limit` raw rows.
        With `points`, a span above 7 days is read from the hourly rollups; see reading.extremes_by_hour.
        """
        tags = np.array([tag], np.int32)
        if points is not None and end - start > reading.LONG_MS:
            samples = self._answer(
                lambda view: reading.extremes_by_hour(self._archive, view, tag, start, end)
            )
        else:
            samples = self._answer(lambda view: reading.rows(self._archive, view, tags, start, end))
        samples = take(samples, slice(0, limit)) if points is None else downsample(samples, points)
        return {"ts": samples.ts, "value": samples.value, "quality": samples.quality}

    def aggregate(self, tags: NDArray[np.int32], start: int, end: int, interval: int) -> Columns:
        """Return tag, bucket, minimum, maximum, mean, count, last of the good rows per interval (ms).

        Intervals count from `start`; those without a good row are left out.
        """
        wanted = np.asarray(tags, np.int32)
        return self._answer(
            lambda view: reading.aggregate(
                self._archive, view, wanted, start=start, end=end, interval=interval
            )
        ).columns()

    def episodes(self, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Return outbox rows (sequence, event fields) with a sequence above `after`, oldest first."""
        return notes.read_events(self._manifest, self._contents.waiting(), after, limit)

    def rejects(self, after: int, limit: int, reason: str = "", device: str = "") -> list[dict[str, Any]]:
        """Return rejects with a sequence above `after`, newest first; '' means any."""
        waiting = self._contents.waiting()
        return notes.read_rejects(
            self._manifest, waiting, after=after, limit=limit, reason=reason, device=device
        )

    def reject_counts(self, since: int) -> list[dict[str, Any]]:
        """Return count and newest time by reason and device, from the hour of `since` on."""
        with self._maintenance.switch:
            return notes.count_rejects(self._manifest, self._contents.waiting(), since)

    def dump(self) -> Samples:
        """Return every stored row ordered by (tag, ts)."""
        return self._answer(lambda view: reading.every_row(self._archive, view))

    def probe(self) -> dict[str, Any]:
        """Write, sync and read back a file and ask the manifest; return the store's figures.

        Raises OSError or duckdb.Error when the disk or the manifest fails.
        """
        path = self._archive.root / "probe"
        content = os.urandom(16)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.read_bytes() != content:
            raise OSError(errno.EIO, "the probe file reads back differently")
        self._manifest.head()
        return self.figures()

    def figures(self) -> dict[str, Any]:
        """Return figures from memory: samples taken, rows, tags, parts, bytes, free space."""
        contents = self._contents
        with contents.lock:
            parts, accepted, hot_rows = contents.parts, contents.accepted, contents.memory.n_rows
        free, reserve = self._guard.free(), self._guard.reserve()
        return {
            "samples_stored": accepted,
            "hot_rows": hot_rows,
            "file_rows": sum(part.n_rows for part in parts),
            "newest_event": contents.notes.next_event - 1,
            "tags": contents.n_tags(),
            "parts": len(parts),
            "bytes": sum(part.n_bytes for part in parts) + self._log.n_bytes,
            "free": free,
            "reserve": reserve,
            "full": free < reserve,
        }

    def copy(self, target: Path) -> None:
        """Write the store as it is now to a new folder of the same file system; see copy_store."""
        copy_store(self._maintenance, self._archive, target)

    def flush(self) -> None:
        """Move committed rows to sorted files; see Maintenance.flush."""
        self._maintenance.flush()

    def merge(self, *, everything: bool = False) -> int:
        """Merge what is due, or every day into one part; return the number of merges done."""
        return self._maintenance.merge(everything=everything)

    def retain(self, before: int, rollups_before: int) -> int:
        """Drop days wholly before the two times (ms); return the number of files removed."""
        return self._maintenance.retain(before, rollups_before)

    def close(self) -> None:
        """Stop the background thread and release the files; rows in memory are in the commit log."""
        self._maintenance.stop()
        with self._maintenance.append_lock:
            self._opened.close()

    def _answer(self, read: Callable[[reading.View], T]) -> T:
        """Read from a fresh view; again when a merge has removed a file between view and opening."""
        for _attempt in range(5):
            try:
                return read(self._contents.view())
            except FileNotFoundError:
                continue
        with self._maintenance.at_rest():  # a row of merges, one a day, outran a long read
            return read(self._contents.view())


def _own(folder: Path) -> int:
    """Lock the folder for this process; the lock ends with the process."""
    descriptor = os.open(folder / "owner", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreUnreadable(_("另一个进程正在使用监测数据目录 {folder}。").format(folder=folder)) from error
    return descriptor
