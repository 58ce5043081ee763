"""Merging the parts of a day: fewer files to read, fewer bytes, each (tag, ts) once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Samples
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.files import NewFiles
from anwei.monitoring.stream.store.manifest import Part
from anwei.monitoring.stream.store.options import DAY_MS, HOUR_MS, StoreOptions
from anwei.monitoring.stream.store.order import sort_unique
from anwei.monitoring.stream.store.parts import blank_part, write_part

_PIECE_ROWS = 1_000_000


def due(parts: Sequence[Part], options: StoreOptions, now: int) -> list[Part]:
    """Return the parts of one day to merge next, or []; `now` in ms.

    Equals merge with equals, so a row is rewritten once a level however many parts a day gets; once the day
    has ended and been quiet for a while, all that is left becomes one part.
    """
    days: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        if part.has_samples:
            days[part.day].append(part)
    for day, of_day in sorted(days.items(), reverse=True):
        levels: dict[int, list[Part]] = defaultdict(list)
        for part in of_day:
            levels[part.level].append(part)
        for _, equals in sorted(levels.items()):
            if len(equals) >= options.merge_fan_in:
                return equals
        ended = (day + 1) * DAY_MS + HOUR_MS < now
        quiet = max(part.added_at for part in of_day) + options.settle_ms <= now
        if len(of_day) > 1 and ended and quiet:
            return of_day
    return []


def merge_parts(archive: Archive, files: NewFiles, inputs: Sequence[Part], whole_day: bool, now: int) -> Part:
    """Write the union of parts of one day as one part, durably.

    `whole_day` says that they are all the parts of the day, so that nothing is left to replace.
    """
    levels = {part.level for part in inputs}
    part = blank_part(
        min(part.id for part in inputs),
        inputs[0].day,
        max(levels) + (1 if len(levels) == 1 else 0),
        replaces=not whole_day and any(part.replaces for part in inputs),
        now=now,
    )
    highest = max(int(archive.file(each).last_tag.max(initial=-1)) for each in inputs)
    decimals = np.zeros(highest + 1, np.int8)
    merged = write_part(archive, files, part, _pieces(archive, inputs), decimals)
    files.sync()
    return merged


def _pieces(archive: Archive, inputs: Sequence[Part]) -> Iterator[Samples]:
    """Yield the rows of all inputs in order, about _PIECE_ROWS at a time, whole tags only."""
    for first, last in _tag_ranges(archive, inputs):
        found = [archive.file(part).span(first, last) for part in inputs]
        rows = sort_unique(Samples.concatenate(found))
        if len(rows):
            yield rows


def _tag_ranges(archive: Archive, inputs: Sequence[Part]) -> list[tuple[int, int]]:
    """Cut the tag numbers into ranges that hold about _PIECE_ROWS rows each."""
    files = [archive.file(part) for part in inputs]
    last_tag: NDArray[np.int32] = np.concatenate([file.last_tag for file in files])
    rows = np.concatenate([file.rows for file in files])
    order = np.argsort(last_tag, kind="stable")
    last_tag, piece = last_tag[order], np.cumsum(rows[order]) // _PIECE_ROWS
    ends = [int(last_tag[piece == each].max()) for each in np.unique(piece)]
    ranges, first = [], 0
    for end in sorted(set(ends)):
        ranges.append((first, end))
        first = end + 1
    return ranges
