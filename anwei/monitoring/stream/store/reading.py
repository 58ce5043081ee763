"""Questions about stored rows, answered from one consistent view of files and memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.buckets import Buckets
from anwei.monitoring.stream.store.manifest import Part
from anwei.monitoring.stream.store.memory import Chunk
from anwei.monitoring.stream.store.options import DAY_MS, HOUR_MS
from anwei.monitoring.stream.store.order import sort_unique, take

LONG_MS = 7 * DAY_MS  # at one sample a second: 600,000 rows, some 20 MiB
_HIGHEST_TAG = np.iinfo(np.int32).max


@dataclass(frozen=True)
class View:
    """What the store consisted of at one moment; nothing in it changes."""

    parts: tuple[Part, ...]  # by day, oldest first
    chunks: tuple[Chunk, ...]
    filed: NDArray[np.int64]  # by tag: time of the newest good sample in a file


def rows(archive: Archive, view: View, tags: NDArray[np.int32], start: int, end: int) -> Samples:
    """Return the rows of `tags` in [start, end), ordered by (tag, ts), each once."""
    tags = np.unique(tags)
    found = [
        archive.file(part).select(tags, start, end)
        for part in view.parts
        if part.has_samples and part.first_ts < end and part.last_ts >= start
    ]
    wanted = mark_tags(tags)
    found += [chunk.select(tags, wanted, start, end) for chunk in view.chunks]
    found = [samples for samples in found if len(samples)]
    return sort_unique(found[0] if len(found) == 1 else Samples.concatenate(found))


def aggregate(
    archive: Archive, view: View, tags: NDArray[np.int32], *, start: int, end: int, interval: int
) -> Buckets:
    """Return minimum, maximum, mean, count, last of the good rows per tag and interval from `start` on.

    Whole hours come from the rollups where interval and start allow it, the rest from rows. Days on which
    late rows may replace filed ones, so that rollups would count a row twice, come from rows as well.
    """
    tags = np.unique(tags)
    buckets = Buckets(tags, start, end, interval)
    if interval % HOUR_MS or start % HOUR_MS:
        buckets.add_rows(rows(archive, view, tags, start, end))
        return buckets
    whole_hours = max(start, end // HOUR_MS * HOUR_MS)
    days = defaultdict(list)
    for part in view.parts:
        days[part.day].append(part)
    memory = _memory_rows(view, tags, start, end)
    late_days = set((memory.ts[late_rows(memory, view.filed)] // DAY_MS).tolist()) & days.keys()
    for day in range(start // DAY_MS, (end - 1) // DAY_MS + 1):
        low, high = max(start, day * DAY_MS), min(end, (day + 1) * DAY_MS)
        parts = days.get(day, [])
        lost = any(not part.has_samples for part in parts)
        disputed = day in late_days or any(part.replaces for part in parts[1:])
        if disputed and not lost:
            buckets.add_rows(rows(archive, view, tags, low, high))
            continue
        for part in parts:
            for rollup in archive.rollups(part, tags):
                buckets.add_rollup(rollup, low, min(high, whole_hours))
        if high > whole_hours:
            tail = View(tuple(parts), (), view.filed)
            buckets.add_rows(rows(archive, tail, tags, max(low, whole_hours), high))
        buckets.add_rows(sort_unique(take(memory, (memory.ts >= low) & (memory.ts < high))))
    return buckets


def extremes_by_hour(archive: Archive, view: View, tag: int, start: int, end: int) -> Samples:
    """Return each hour's lowest good value, at its begin, and its highest, at its middle, ordered by time.

    An hour in which all good values are equal gives one row; the part of an hour at `start` gives its rows.
    Doubtful values are in no rollup and so not in the answer.
    """
    tags = np.array([tag], np.int32)
    whole = -(-start // HOUR_MS) * HOUR_MS
    hours = aggregate(archive, view, tags, start=whole, end=end, interval=HOUR_MS).columns()
    spread = hours["maximum"] > hours["minimum"]
    middle = np.minimum(hours["bucket"][spread] + HOUR_MS // 2, end - 1)
    ts = np.concatenate([hours["bucket"], middle])
    value = np.concatenate([hours["minimum"], hours["maximum"][spread]])
    quality = np.full(len(ts), Quality.GOOD, np.uint8)
    lowest_and_highest = Samples(np.full(len(ts), tag, np.int32), ts, value, quality)
    return sort_unique(Samples.concatenate([rows(archive, view, tags, start, whole), lowest_and_highest]))


def every_row(archive: Archive, view: View) -> Samples:
    """Return all rows, ordered by (tag, ts), each once."""
    found = [archive.file(part).span(0, _HIGHEST_TAG) for part in view.parts if part.has_samples]
    return sort_unique(Samples.concatenate(found + [chunk.samples for chunk in view.chunks]))


def mark_tags(tags: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return an array that says of each tag number whether it is wanted; its last element is false."""
    wanted = np.zeros(int(tags.max(initial=0)) + 2, np.bool_)
    wanted[tags] = True
    return wanted


def _memory_rows(view: View, tags: NDArray[np.int32], start: int, end: int) -> Samples:
    wanted = mark_tags(tags)
    return Samples.concatenate([chunk.select(tags, wanted, start, end) for chunk in view.chunks])


def late_rows(samples: Samples, filed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which good rows may repeat a filed one: they are not newer than all that is filed of their tag."""
    if not len(filed):
        return np.zeros(len(samples), np.bool_)
    known = samples.tag < len(filed)
    newest = filed[np.where(known, samples.tag, 0)]
    late: NDArray[np.bool_] = known & (samples.ts <= newest) & (samples.quality == Quality.GOOD)
    return late
