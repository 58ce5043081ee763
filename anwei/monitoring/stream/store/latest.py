"""The newest sample of every tag, and what the encoder remembers of a tag, in arrays by tag number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.wire import Columns

NEVER = np.iinfo(np.int64).min


class Latest:
    """Arrays indexed by tag number; they grow with the largest number seen (33 bytes a tag).

    Late data never moves the last value, and neither does a sample stamped in the future: it would hide
    every true one until its time comes.
    """

    def __init__(self) -> None:
        self.ts = np.empty(0, np.int64)
        self.value = np.empty(0)
        self.quality = np.empty(0, np.uint8)
        self.decimals = np.empty(0, np.int8)  # of the tag's values, as last seen by the encoder
        self.filed = np.empty(0, np.int64)  # newest good sample that is in a file

    def update(self, samples: Samples) -> None:
        """Let newer samples replace the last ones; rows may come in any order."""
        if (samples.quality == Quality.FUTURE).any():
            samples = take(samples, samples.quality != Quality.FUTURE)
        if not len(samples):
            return
        self.reserve(int(samples.tag.max()))
        newer = samples.ts >= self.ts[samples.tag]
        if not newer.all():
            samples = take(samples, newer)
        if (samples.ts[1:] < samples.ts[:-1]).any():
            samples = take(samples, np.argsort(samples.ts, kind="stable"))
        tag = samples.tag
        again = tag[samples.ts == self.ts[tag]]
        rivals = [self._row(t) for t in again.tolist()]
        self.ts[tag] = samples.ts  # of repeated tags the last assignment, the newest, stays
        self.value[tag] = samples.value
        self.quality[tag] = samples.quality
        lost = (self.value.view(np.int64)[tag] != samples.value.view(np.int64)) | (
            self.quality[tag] != samples.quality
        )
        lost &= self.ts[tag] == samples.ts
        for i in np.flatnonzero(lost).tolist():
            rivals.append((int(tag[i]), int(samples.ts[i]), float(samples.value[i]), int(samples.quality[i])))
        for row in rivals:
            self._settle(row)

    def _row(self, tag: int) -> tuple[int, int, float, int]:
        return tag, int(self.ts[tag]), float(self.value[tag]), int(self.quality[tag])

    def _settle(self, row: tuple[int, int, float, int]) -> None:
        """Apply the store's rule for equal (tag, ts): better quality, then larger value."""
        tag, ts, value, quality = row
        if ts != self.ts[tag]:
            return
        mine = (-quality, not np.isnan(value), 0.0 if np.isnan(value) else value)
        held = float(self.value[tag])
        theirs = (-int(self.quality[tag]), not np.isnan(held), 0.0 if np.isnan(held) else held)
        if mine > theirs:
            self.value[tag], self.quality[tag] = value, quality

    def read(self, tags: NDArray[np.int32] | None) -> Columns:
        """Return columns tag, ts, value, quality of the tags that have a sample (all when None)."""
        if tags is None:
            tags = np.arange(len(self.ts), dtype=np.int32)
        tags = tags[(tags >= 0) & (tags < len(self.ts))]
        tags = tags[self.ts[tags] != NEVER]
        return {
            "tag": tags,
            "ts": self.ts[tags],
            "value": self.value[tags],
            "quality": self.quality[tags],
        }

    def reserve(self, tag: int) -> None:
        """Make room for tag number `tag`."""
        have = len(self.ts)
        if tag < have:
            return
        more = max(1024, tag + 1 - have, have // 2)
        self.ts = np.concatenate([self.ts, np.full(more, NEVER)])
        self.value = np.concatenate([self.value, np.full(more, np.nan)])
        self.quality = np.concatenate([self.quality, np.zeros(more, np.uint8)])
        self.decimals = np.concatenate([self.decimals, np.zeros(more, np.int8)])
        self.filed = np.concatenate([self.filed, np.full(more, NEVER)])

    def snapshot(self) -> Columns:
        """Return everything about the tags that have a sample, as columns."""
        tag = np.flatnonzero((self.ts != NEVER) | (self.filed != NEVER) | (self.decimals != 0))
        return {
            "tag": tag.astype(np.int32),
            "ts": self.ts[tag],
            "value": self.value[tag],
            "quality": self.quality[tag],
            "decimals": self.decimals[tag],
            "filed": self.filed[tag],
        }

    def load(self, columns: Columns) -> None:
        """Take a snapshot into an empty table."""
        tag = columns["tag"]
        if len(tag):
            self.reserve(int(tag.max()))
        self.ts[tag], self.value[tag], self.quality[tag] = columns["ts"], columns["value"], columns["quality"]
        self.decimals[tag], self.filed[tag] = columns["decimals"], columns["filed"]

    def adopt(self, decimals: NDArray[np.int8], filed: NDArray[np.int64]) -> None:
        """Take what a flush learnt, by tag number."""
        if len(decimals):
            self.reserve(len(decimals) - 1)
        # A new array: readers may hold the old one.
        self.decimals[: len(decimals)] = decimals
        self.filed = np.concatenate([filed, self.filed[len(filed) :]])
