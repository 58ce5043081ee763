"""Rows not yet flushed, in memory: an open chunk in arrival order and sealed chunks sorted by tag.

Rows below the published count of a chunk never change, so a reader needs the store's lock only to take the
list of chunks, not to read them. One row takes 21 bytes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Samples
from anwei.monitoring.stream.store.order import take


class Chunk:
    """Up to `capacity` rows; `by_tag` says whether they are sorted by tag (stable)."""

    def __init__(self, samples: Samples, *, by_tag: bool) -> None:
        self.samples = samples
        self.by_tag = by_tag

    def select(self, tags: NDArray[np.int32], wanted: NDArray[np.bool_], start: int, end: int) -> Samples:
        """Return the rows of `tags` in [start, end); `wanted[tag]` marks the same tags."""
        samples = self.samples
        if self.by_tag:
            low = np.searchsorted(samples.tag, tags, "left")
            high = np.searchsorted(samples.tag, tags, "right")
            spans = [slice(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True) if b > a]
            samples = Samples.concatenate([take(samples, span) for span in spans])
        elif len(tags) == 1:
            samples = take(samples, samples.tag == tags[0])
        else:
            inside = np.minimum(samples.tag, len(wanted) - 1)
            samples = take(samples, wanted[inside])
        return take(samples, (samples.ts >= start) & (samples.ts < end))


class MemoryTable:
    """Append rows, freeze what is there, drop what has been flushed. Not locked: the store locks."""

    def __init__(self, chunk_rows: int) -> None:
        self._capacity = chunk_rows
        self._sealed: list[Chunk] = []
        self._open = _blank(chunk_rows)
        self._used = 0
        self.n_rows = 0

    def append(self, samples: Samples) -> None:
        """Add rows in arrival order."""
        done = 0
        while done < len(samples):
            count = min(len(samples) - done, self._capacity - self._used)
            target, source = slice(self._used, self._used + count), slice(done, done + count)
            self._open.tag[target] = samples.tag[source]
            self._open.ts[target] = samples.ts[source]
            self._open.value[target] = samples.value[source]
            self._open.quality[target] = samples.quality[source]
            self._used += count
            done += count
            if self._used == self._capacity:
                self._seal()
        self.n_rows += len(samples)

    def chunks(self) -> tuple[Chunk, ...]:
        """Return the chunks with the rows there are now."""
        open_rows = take(self._open, slice(0, self._used))
        return (*self._sealed, Chunk(open_rows, by_tag=False))

    def freeze(self) -> list[Chunk]:
        """Seal everything and return the sealed chunks; they stay readable until `drop`."""
        if self._used:
            self._seal()
        return list(self._sealed)

    def drop(self, flushed: list[Chunk]) -> None:
        """Forget chunks that are in files now."""
        gone = set(map(id, flushed))
        self._sealed = [chunk for chunk in self._sealed if id(chunk) not in gone]
        self.n_rows -= sum(len(chunk.samples) for chunk in flushed)

    def _seal(self) -> None:
        rows = take(self._open, slice(0, self._used))
        self._sealed.append(Chunk(take(rows, np.argsort(rows.tag, kind="stable")), by_tag=True))
        self._open = _blank(self._capacity)
        self._used = 0


def _blank(rows: int) -> Samples:
    return Samples(
        np.empty(rows, np.int32), np.empty(rows, np.int64), np.empty(rows), np.empty(rows, np.uint8)
    )
