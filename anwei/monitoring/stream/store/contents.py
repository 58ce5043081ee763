"""What the store holds at this moment: files by name, rows not yet in files, newest values, marks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.alarm_state import AlarmState, read_columns
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.latest import NEVER, Latest
from anwei.monitoring.stream.store.manifest import Head, Manifest, Part
from anwei.monitoring.stream.store.memory import Chunk, MemoryTable
from anwei.monitoring.stream.store.notes import Notes, Waiting
from anwei.monitoring.stream.store.order import sort_unique
from anwei.monitoring.stream.store.reading import View
from anwei.monitoring.stream.wire import Columns


@dataclass(frozen=True)
class Frozen:
    """Everything up to one commit-log record, to be moved to files by a flush."""

    through: int  # number of the record
    log_bytes: int
    chunks: list[Chunk]
    waiting: list[Waiting]
    marks: dict[str, int]
    latest: Columns  # tag, ts, value, quality, decimals, filed
    alarm_state: Columns | None  # None when unchanged since the last flush
    next_event: int
    next_reject: int
    accepted: int

    def rows(self) -> Samples:
        """Return the frozen rows ordered by (tag, ts), each once."""
        return sort_unique(Samples.concatenate([chunk.samples for chunk in self.chunks]))


class Contents:
    """Guarded by `lock`, which is held for microseconds; `room` tells that memory has been freed."""

    def __init__(self, archive: Archive, manifest: Manifest, chunk_rows: int) -> None:
        self.lock = threading.RLock()
        self.room = threading.Condition(self.lock)
        self.head = manifest.head()
        self.parts = tuple(manifest.parts())
        self.marks: dict[str, int] = dict(manifest.rows("FROM mark"))
        self.memory = MemoryTable(chunk_rows)
        self.latest = Latest()
        self.alarm_state = AlarmState()
        self.notes = Notes(self.head.next_event, self.head.next_reject)
        self.accepted = self.head.accepted
        self.oldest_hot: float | None = None  # monotonic seconds at which the oldest unflushed batch came
        if self.head.latest:
            self.latest.load(read_columns(archive.snapshot_path(self.head.latest)))
        if self.head.alarm_state:
            self.alarm_state = AlarmState(read_columns(archive.snapshot_path(self.head.alarm_state)))

    def remember(self, batch: Batch, written_at: int) -> list[int]:
        """Show what the commit log holds now; return the outbox sequences of the batch's events."""
        samples = batch.samples
        with self.lock:
            self.marks[batch.stream] = batch.sequence
            if len(samples):
                # Adding 0.0 turns -0.0, which no scaled integer can hold, into 0.0.
                samples = replace(samples, value=samples.value + 0.0)
                self.memory.append(samples)
                self.latest.update(samples)
                self.accepted += len(samples)
            if batch.alarm_state is not None:
                self.alarm_state.add(batch.alarm_state)
            if self.oldest_hot is None:
                self.oldest_hot = time.monotonic()
            return self.notes.add(batch.events, batch.rejects, written_at)

    def view(self) -> View:
        """Return what there is to read."""
        with self.lock:
            return View(self.parts, self.memory.chunks(), self.latest.filed)

    def waiting(self) -> list[Waiting]:
        """Return outbox rows and rejects not yet in the manifest."""
        with self.lock:
            return self.notes.waiting()

    def freeze(self, through: int, log_bytes: int) -> Frozen:
        """Return what a flush shall move; it stays readable here until `settle`."""
        with self.lock:
            return Frozen(
                through=through,
                log_bytes=log_bytes,
                chunks=self.memory.freeze(),
                waiting=self.notes.freeze(),
                marks=dict(self.marks),
                latest=self.latest.snapshot(),
                alarm_state=self.alarm_state.take_changed(),
                next_event=self.notes.next_event,
                next_reject=self.notes.next_reject,
                accepted=self.accepted,
            )

    def settle(
        self,
        frozen: Frozen,
        head: Head,
        parts: Iterable[Part],
        decimals: NDArray[np.int8],
        filed: NDArray[np.int64],
    ) -> None:
        """Forget what a flush has moved, and show its files instead."""
        with self.room:
            self.head = head
            self.set_parts([*self.parts, *parts])
            self.memory.drop(frozen.chunks)
            self.notes.drop(frozen.waiting)
            self.latest.adopt(decimals, filed)
            self.oldest_hot = time.monotonic() if self.memory.n_rows else None
            self.room.notify_all()

    def set_parts(self, parts: Iterable[Part]) -> None:
        """Show these files."""
        with self.lock:
            self.parts = tuple(sorted(parts, key=lambda part: (part.day, part.id)))

    def n_tags(self) -> int:
        """Return the number of tags that have a sample."""
        with self.lock:
            return int((self.latest.ts != NEVER).sum())
