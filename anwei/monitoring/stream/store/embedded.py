"""The embedded telemetry store: commit log, memory, sorted Parquet files and a DuckDB manifest.

One process owns the folder. `append` writes one commit-log record and returns when it is on the disk; a
background thread moves rows to files and merges files. Reads may run in any thread beside appends.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store import notes, reading, record
from anwei.monitoring.stream.store.alarm_state import AlarmState, read_columns
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.commit_log import CommitLog
from anwei.monitoring.stream.store.downsample import downsample
from anwei.monitoring.stream.store.errors import StoreFull, StoreUnreadable
from anwei.monitoring.stream.store.files import make_folder, new_files
from anwei.monitoring.stream.store.flush import Frozen, write_files
from anwei.monitoring.stream.store.latest import NEVER, Latest
from anwei.monitoring.stream.store.manifest import Manifest, Part
from anwei.monitoring.stream.store.memory import MemoryTable
from anwei.monitoring.stream.store.merge import due, merge_parts
from anwei.monitoring.stream.store.options import DAY_MS, StoreOptions
from anwei.monitoring.stream.store.order import sort_unique, take
from anwei.monitoring.stream.store.protocol import Columns
from anwei.monitoring.stream.store.space import SpaceGuard

T = TypeVar("T")
logger = logging.getLogger(__name__)


def wall_clock() -> int:
    """Return the time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class EmbeddedStore:
    """A TelemetryStore in one folder; see `protocol.TelemetryStore` for the meaning of each method."""

    def __init__(
        self,
        folder: Path,
        *,
        options: StoreOptions | None = None,
        clock: Callable[[], int] = wall_clock,
        background: bool = True,
    ) -> None:
        """Open or make the store. Without `background`, only `flush` and `merge` move rows.

        Raises StoreUnreadable when another process holds the folder or the version is another.
        """
        self.options = options or StoreOptions()
        self._clock = clock
        make_folder(folder)
        self._owner = _own(folder)
        self._archive = Archive(folder)
        self._manifest = Manifest(folder / "manifest.duckdb")
        self._guard = SpaceGuard(folder)
        self._append_lock = threading.Lock()  # one append, or the start of a flush
        self._state = threading.RLock()  # everything in memory; held for microseconds
        self._switch = threading.Lock()  # a flush's commit and the forgetting of what it moved
        self._maintenance = threading.Lock()  # one flush, merge or retention at a time
        self._open(folder)
        self._wake = threading.Event()
        self._room = threading.Condition(self._state)
        self._closing = False
        self._thread: threading.Thread | None = None
        if background:
            self._thread = threading.Thread(target=self._maintain, name="store-maintenance", daemon=True)
            self._thread.start()

    def _open(self, folder: Path) -> None:
        self._head = self._manifest.head()
        self._parts = tuple(self._manifest.parts())
        orphans = self._archive.remove_orphans(list(self._parts), self._head)
        self._memory = MemoryTable(self.options.chunk_rows)
        self._latest = Latest()
        if self._head.latest:
            self._latest.load(read_columns(self._archive.snapshot_path(self._head.latest)))
        state = self._head.alarm_state
        self._alarm_state = AlarmState(read_columns(self._archive.snapshot_path(state)) if state else None)
        self._marks: dict[str, int] = dict(self._manifest.rows("FROM mark"))
        self._notes = notes.Notes(self._manifest, self._head.next_event, self._head.next_reject)
        self._accepted = self._head.accepted
        self._oldest_hot: float | None = None
        self._log = CommitLog(folder / "log", after=self._head.flushed)
        for payload in self._log.replay():
            batch, written_at = record.decode(payload)
            self._remember(batch, written_at)
        if orphans or self._log.number > self._head.flushed:
            logger.info(
                "store opened: %d records replayed, %d orphan files removed",
                self._log.number - self._head.flushed,
                orphans,
            )

    # Writing

    def append(self, batch: Batch) -> list[int]:
        """Write one batch durably; return the outbox sequences of its events.

        Raises StoreFull when the disk has too little room for samples (a batch of events alone still gets
        in), OSError when the disk fails, ValueError when the mark would go back. Nothing is half-written.
        """
        with self._append_lock:
            if batch.sequence < self._marks.get(batch.stream, 0):
                raise ValueError(f"mark of {batch.stream} would go back to {batch.sequence}")
            written_at = self._clock()
            payload = record.encode(batch, written_at)
            if len(batch.samples):
                self._make_room(len(payload))
            try:
                self._log.append(payload)
            except OSError as error:
                if error.errno in _NO_SPACE:
                    raise StoreFull(f"磁盘已满，无法写入监测数据：{error.strerror}") from error
                raise
            with self._state:
                sequences = self._remember(batch, written_at)
                due = self._memory.n_rows >= self.options.flush_rows
            if due or self._log.n_bytes >= self.options.flush_bytes:
                self._wake.set()
            return sequences

    def _make_room(self, n_bytes: int) -> None:
        """Wait while a flush is far behind; refuse when the disk is nearly full."""
        self._guard.require(n_bytes)
        if self._memory.n_rows < 4 * self.options.flush_rows or self._thread is None:
            return
        self._wake.set()
        with self._room:
            self._room.wait_for(lambda: self._memory.n_rows < 4 * self.options.flush_rows, timeout=30)
            if self._memory.n_rows >= 4 * self.options.flush_rows:
                raise StoreFull("监测数据写盘受阻，内存缓冲已满；腾出磁盘空间后自动恢复。")

    def _remember(self, batch: Batch, written_at: int) -> list[int]:
        """Let memory show what the log holds."""
        self._marks[batch.stream] = batch.sequence
        samples = batch.samples
        if len(samples):
            # Adding 0.0 turns -0.0, which no scaled integer can hold, into 0.0.
            samples = replace(samples, value=samples.value + 0.0)
            self._memory.append(samples)
            self._latest.update(samples)
            self._accepted += len(samples)
        if batch.alarm_state is not None:
            self._alarm_state.add(batch.alarm_state)
        if self._oldest_hot is None:
            self._oldest_hot = time.monotonic()
        return self._notes.add(batch.events, batch.rejects, written_at)

    # Reading

    def mark(self, stream: str) -> int:
        """Return the last log sequence stored of `stream`, 0 if none."""
        with self._state:
            return self._marks.get(stream, 0)

    def alarm_state(self) -> Columns:
        """Return the last written alarm state row of every rule, {} if none."""
        with self._state:
            return self._alarm_state.read()

    def last(self, tags: NDArray[np.int32] | None = None) -> Columns:
        """Return columns tag, ts, value, quality of the newest sample of each tag (all when None)."""
        with self._state:
            return self._latest.read(tags)

    def history(
        self, tag: int, start: int, end: int, points: int | None = None, limit: int = 1_000_000
    ) -> Columns:
        """Return ts, value, quality of [start, end): at most `points`, keeping extremes, or raw to `limit`."""
        tags = np.array([tag], np.int32)
        samples = self._answer(lambda view: reading.rows(self._archive, view, tags, start, end))
        samples = take(samples, slice(0, limit)) if points is None else downsample(samples, points)
        return {"ts": samples.ts, "value": samples.value, "quality": samples.quality}

    def aggregate(self, tags: NDArray[np.int32], start: int, end: int, interval: int) -> Columns:
        """Return tag, bucket, minimum, maximum, mean, count, last of the good rows per interval (ms)."""
        tags = np.asarray(tags, np.int32)
        return self._answer(
            lambda view: reading.aggregate(self._archive, view, tags, start, end, interval)
        ).columns()

    def episodes(self, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Return outbox rows (sequence, event fields) with a sequence above `after`, oldest first."""
        return notes.read_events(self._manifest, self._waiting(), after, limit)

    def rejects(self, after: int, limit: int, reason: str = "", device: str = "") -> list[dict[str, Any]]:
        """Return rejects with a sequence above `after`, newest first; '' means any."""
        return notes.read_rejects(self._manifest, self._waiting(), after, limit, reason, device)

    def reject_counts(self, since: int) -> list[dict[str, Any]]:
        """Return count and newest time by reason and device, from the hour of `since` on."""
        with self._switch:
            return notes.count_rejects(self._manifest, self._waiting(), since)

    def dump(self) -> Samples:
        """Return every stored row ordered by (tag, ts)."""

        def read(view: reading.View) -> Samples:
            found = [self._archive.file(part).span(0, 2**31 - 1) for part in view.parts if part.has_samples]
            return sort_unique(Samples.concatenate(found + [chunk.samples for chunk in view.chunks]))

        return self._answer(read)

    def probe(self) -> dict[str, Any]:
        """Write and read back a file beside the store and query the manifest; return the store's figures.

        Raises OSError or duckdb.Error when the disk or the manifest fails.
        """
        path = self._archive.root / "probe"
        content = os.urandom(16)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.read_bytes() != content:
            raise OSError("the probe file reads back differently")
        self._manifest.rows("SELECT flushed FROM head")
        return self.figures()

    def figures(self) -> dict[str, Any]:
        """Return figures of the store without touching the disk's content."""
        with self._state:
            parts, log_bytes = self._parts, self._log.n_bytes
            figures = {"samples_stored": self._accepted, "hot_rows": self._memory.n_rows}
            tags = int((self._latest.ts != NEVER).sum())
        n_bytes = sum(part.n_bytes for part in parts) + log_bytes
        free, reserve = self._guard.free(), self._guard.reserve()
        return figures | {
            "tags": tags,
            "file_rows": sum(part.n_rows for part in parts),
            "parts": len(parts),
            "bytes": n_bytes,
            "free": free,
            "reserve": reserve,
            "full": free < reserve,
        }

    def _view(self) -> reading.View:
        with self._state:
            return reading.View(self._parts, self._memory.chunks(), self._latest.filed)

    def _waiting(self) -> list[notes.Waiting]:
        with self._state:
            return self._notes.waiting()

    def _answer(self, read: Callable[[reading.View], T]) -> T:
        """Read from a fresh view; again when a merge has removed a file between view and opening."""
        for _ in range(5):
            try:
                return read(self._view())
            except FileNotFoundError:
                continue
        return read(self._view())

    # Moving rows to files

    def flush(self) -> None:
        """Move committed rows to sorted files. Raises OSError or StoreFull; the rows then stay in memory."""
        with self._maintenance:
            frozen = self._freeze()
            if frozen.through == self._head.flushed:
                return
            with new_files() as files:
                now = self._clock()
                flushed = write_files(self._archive, files, frozen, self._head, now)
                with self._switch:
                    with self._manifest.transaction() as transaction:
                        transaction.add_parts(flushed.parts)
                        transaction.set_head(flushed.head)
                        transaction.set_marks(frozen.marks)
                        notes.write_notes(transaction, frozen.waiting, self.options, now)
                    with self._room:
                        old, self._head = self._head, flushed.head
                        self._set_parts([*self._parts, *flushed.parts])
                        self._memory.drop(frozen.chunks)
                        self._notes.drop(frozen.waiting)
                        self._latest.adopt(flushed.decimals, flushed.filed)
                        self._room.notify_all()
            self._log.forget(frozen.through, frozen.log_bytes)
            self._manifest.checkpoint()
            for name in {old.latest, old.alarm_state} - {self._head.latest, self._head.alarm_state, ""}:
                self._archive.snapshot_path(name).unlink(missing_ok=True)

    def _freeze(self) -> Frozen:
        with self._append_lock, self._state:
            self._oldest_hot = None
            alarm_state = self._alarm_state.read() if self._alarm_state.changed else None
            self._alarm_state.changed = False
            through = self._log.rotate()
            return Frozen(
                through=through,
                log_bytes=self._log.n_bytes,
                chunks=self._memory.freeze(),
                waiting=self._notes.freeze(),
                marks=dict(self._marks),
                latest=self._latest.snapshot(),
                alarm_state=alarm_state,
                next_event=self._notes.next_event,
                next_reject=self._notes.next_reject,
                accepted=self._accepted,
            )

    def merge(self, *, everything: bool = False) -> int:
        """Merge what is due, or every day into one part; return the number of merges done."""
        options = replace(self.options, merge_fan_in=2, settle_ms=0) if everything else self.options
        count = 0
        while self._merge_next(options, 2**62 if everything else self._clock()):
            count += 1
        return count

    def _merge_next(self, options: StoreOptions, now: int) -> bool:
        with self._maintenance:
            inputs = due(self._parts, options, now)
            if not inputs:
                return False
            self._guard.require(sum(part.n_bytes for part in inputs))
            day = inputs[0].day
            whole_day = len(inputs) == sum(part.day == day for part in self._parts)
            with new_files() as files:
                merged = merge_parts(self._archive, files, inputs, whole_day, self._clock())
                with self._manifest.transaction() as transaction:
                    transaction.remove_parts(inputs)
                    transaction.add_parts([merged])
                with self._state:
                    self._set_parts([*(part for part in self._parts if part not in inputs), merged])
            self._archive.remove(inputs)
            return True

    def retain(self, before: int, rollups_before: int) -> int:
        """Drop samples of days wholly before `before` and rollups of days wholly before `rollups_before`.

        Rollups are kept at least as long as their samples. Returns the number of files removed.
        """
        with self._maintenance:
            first, first_rollup = before // DAY_MS, min(before, rollups_before) // DAY_MS
            gone = [part for part in self._parts if part.day < first_rollup]
            thinned = [part for part in self._parts if first_rollup <= part.day < first and part.has_samples]
            if not gone and not thinned:
                return 0
            with self._manifest.transaction() as transaction:
                transaction.remove_parts(gone)
                transaction.forget_samples(thinned)
            with self._state:
                kept = [part for part in self._parts if part not in gone and part not in thinned]
                self._set_parts(kept + [replace(part, has_samples=False) for part in thinned])
            return self._archive.remove(gone) + self._archive.remove(thinned, rollups=False)

    def _set_parts(self, parts: list[Part]) -> None:
        self._parts = tuple(sorted(parts, key=lambda part: (part.day, part.id)))

    def close(self) -> None:
        """Stop the background thread and release the files; rows in memory are in the commit log."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._maintenance, self._append_lock:
            self._log.close()
            self._manifest.close()
            os.close(self._owner)

    def _maintain(self) -> None:
        while not self._closing:
            self._wake.wait(timeout=5.0)
            self._wake.clear()
            try:
                self._work()
            except (OSError, StoreFull) as error:
                logger.warning("store: maintenance put off: %s", error)
                self._wake.clear()
                time.sleep(0.5)
            except Exception:
                logger.exception("store: maintenance failed; it is tried again")
                time.sleep(1.0)

    def _work(self) -> None:
        """Do what is due; called every few seconds and when the memory fills."""
        oldest = self._oldest_hot
        aged = oldest is not None and time.monotonic() - oldest >= self.options.flush_age_s
        if (
            aged
            or self._memory.n_rows >= self.options.flush_rows
            or self._log.n_bytes >= self.options.flush_bytes
        ):
            self.flush()
        if not self._closing:
            self._merge_next(self.options, self._clock())
        now, keep = self._clock(), self.options.samples_keep_ms
        if keep is not None:
            rollups = self.options.rollups_keep_ms
            self.retain(now - keep, 0 if rollups is None else now - rollups)


_NO_SPACE = (28, 122)  # ENOSPC, EDQUOT


def _own(folder: Path) -> int:
    """Lock the folder for this process; the lock ends with the process."""
    descriptor = os.open(folder / "owner", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreUnreadable(f"另一个进程正在使用监测数据目录 {folder}。") from error
    return descriptor
