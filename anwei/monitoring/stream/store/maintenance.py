"""Moving rows to files, merging files, dropping old ones; by hand or in a background thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import duckdb

from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.commit_log import CommitLog
from anwei.monitoring.stream.store.contents import Contents, Frozen
from anwei.monitoring.stream.store.errors import StoreFull
from anwei.monitoring.stream.store.files import new_files
from anwei.monitoring.stream.store.flush import Flushed, write_files
from anwei.monitoring.stream.store.manifest import Manifest
from anwei.monitoring.stream.store.merge import due, merge_parts
from anwei.monitoring.stream.store.notes import write_notes
from anwei.monitoring.stream.store.options import DAY_MS, StoreOptions
from anwei.monitoring.stream.store.space import SpaceGuard

CHECKPOINT_ROOM = 16 << 20  # DuckDB is not asked to rewrite its file on a disk fuller than this

logger = logging.getLogger(__name__)


@dataclass
class Maintenance:
    """One flush, merge or retention at a time; appends stop only while a flush takes its rows.

    `append_lock` is held by an append from the log's record to its showing in memory.
    """

    archive: Archive
    manifest: Manifest
    log: CommitLog
    contents: Contents
    guard: SpaceGuard
    options: StoreOptions
    clock: Callable[[], int]
    append_lock: threading.Lock = field(default_factory=threading.Lock)
    switch: threading.Lock = field(default_factory=threading.Lock)  # a commit and what follows from it

    def __post_init__(self) -> None:
        self.wake = threading.Event()
        self._busy = threading.Lock()
        self._pending: tuple[Frozen, Flushed] | None = None
        self._merging = True
        self.broken = ""  # why this process must start anew
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the background thread works."""
        return self._thread is not None

    def start(self) -> None:
        """Start the background thread."""
        self._thread = threading.Thread(target=self._run, name="store-maintenance", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background thread after what it is doing."""
        self._stopping = True
        self.wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def flush(self) -> None:
        """Move committed rows to sorted files.

        Raises OSError or duckdb.Error when the disk refuses; the rows stay in memory and in the commit log,
        and the next flush tries again.
        """
        with self._busy:
            if self._pending is None:
                self._pending = self._write()
            if self._pending is not None:
                # Not removed when the commit fails: whether it has reached the disk is then unknown, and a
                # manifest must never name a missing file. The same files are committed at the next try.
                self._commit(*self._pending)

    def _write(self) -> tuple[Frozen, Flushed] | None:
        with self.append_lock:
            frozen = self.contents.freeze(self.log.rotate(), self.log.n_bytes)
        if frozen.through == self.contents.head.flushed:
            return None
        try:
            with new_files() as files:
                return frozen, write_files(self.archive, files, frozen, self.contents, self.clock())
        except BaseException:
            self.contents.alarm_state.changed |= frozen.alarm_state is not None
            raise

    def _commit(self, frozen: Frozen, flushed: Flushed) -> None:
        old = self.contents.head
        with self.switch:
            if self.manifest.head().flushed < frozen.through:
                with self.manifest.transaction() as transaction:
                    transaction.add_parts(flushed.parts)
                    transaction.set_head(flushed.head)
                    transaction.set_marks(frozen.marks)
                    write_notes(transaction, frozen.waiting, self.options, self.clock())
            self.contents.settle(frozen, flushed.head, flushed.parts, flushed.decimals, flushed.filed)
        self._pending = None  # what fails from here on is only tidying
        with self.append_lock:  # an append may be opening a segment
            self.log.forget(frozen.through, frozen.log_bytes)
        if self.guard.free() > CHECKPOINT_ROOM:
            self.manifest.checkpoint()
        for name in {old.latest, old.alarm_state} - {flushed.head.latest, flushed.head.alarm_state, ""}:
            self.archive.snapshot_path(name).unlink(missing_ok=True)

    def merge(self, *, everything: bool = False) -> int:
        """Merge what is due, or every day into one part; return the number of merges done."""
        options = replace(self.options, merge_fan_in=2**31, settle_ms=0) if everything else self.options
        count = 0
        while self._merge_next(options, 2**62 if everything else self.clock()):
            count += 1
        return count

    def _merge_next(self, options: StoreOptions, now: int) -> bool:
        with self._busy:
            inputs = due(self.contents.parts, options, now)
            if not inputs or not self._merging:
                return False
            if self.guard.free() - sum(part.n_bytes for part in inputs) < self.guard.reserve():
                return False
            day = inputs[0].day
            whole_day = len(inputs) == sum(part.day == day for part in self.contents.parts)
            with new_files() as files:
                merged = merge_parts(self.archive, files, inputs, whole_day, self.clock())
            try:
                with self.manifest.transaction() as transaction:
                    transaction.remove_parts(inputs)
                    transaction.add_parts([merged])
            except duckdb.Error:
                self._merging = False  # until the next start, which knows whether the commit reached the disk
                raise
            self.contents.set_parts([*(p for p in self.contents.parts if p not in inputs), merged])
            self.archive.remove(inputs)
            return True

    def retain(self, before: int, rollups_before: int) -> int:
        """Drop samples of days wholly before `before` and rollups of days wholly before `rollups_before`.

        Rollups are kept at least as long as their samples, and a day that has been added to since is kept
        whole: old data that was imported is not at once deleted again. Returns the number of files removed.
        """
        with self._busy:
            parts = self.contents.parts
            first, first_rollup = before // DAY_MS, min(before, rollups_before) // DAY_MS
            new = {part.day for part in parts if part.added_at >= before}
            old = [part for part in parts if part.day < first and part.day not in new]
            gone = [part for part in old if part.day < first_rollup]
            thinned = [part for part in old if part.day >= first_rollup and part.has_samples]
            if not gone and not thinned:
                return 0
            with self.manifest.transaction() as transaction:
                transaction.remove_parts(gone)
                transaction.forget_samples(thinned)
            kept = [part for part in parts if part not in gone and part not in thinned]
            self.contents.set_parts([*kept, *(replace(part, has_samples=False) for part in thinned)])
            return self.archive.remove(gone) + self.archive.remove(thinned, rollups=False)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Keep files and manifest as they are for the length of the block."""
        with self._busy:
            yield

    def flush_due(self) -> bool:
        """Say whether rows, log or age ask for a flush."""
        oldest = self.contents.oldest_hot
        return (
            self.contents.memory.n_rows >= self.options.flush_rows
            or self.log.n_bytes >= self.options.flush_bytes
            or (oldest is not None and time.monotonic() - oldest >= self.options.flush_age_s)
        )

    def _run(self) -> None:
        while not self._stopping:
            self.wake.wait(timeout=5.0)
            self.wake.clear()
            try:
                self._work()
            except duckdb.FatalException as error:
                # DuckDB refuses all work until the file is opened anew, which replays its log.
                self.broken = str(error)
                logger.critical("store: the manifest is broken in this process: %s", error)
                return
            except (OSError, StoreFull) as error:
                logger.warning("store: maintenance put off: %s", error)
                time.sleep(0.5)
            except Exception:
                logger.exception("store: maintenance failed; it is tried again")
                time.sleep(0.5)

    def _work(self) -> None:
        if self.flush_due() or self._pending is not None:
            self.flush()
        while not self._stopping and not self.flush_due() and self._merge_next(self.options, self.clock()):
            pass
        now, keep = self.clock(), self.options.samples_keep_ms
        if keep is not None and not self._stopping:
            rollups = self.options.rollups_keep_ms
            self.retain(now - keep, 0 if rollups is None else now - rollups)
