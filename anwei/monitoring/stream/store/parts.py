"""Writing one part: a sample file and the rollup of exactly that file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Samples
from anwei.monitoring.stream.store import scaled
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.files import NewFiles, unique_name
from anwei.monitoring.stream.store.manifest import Part
from anwei.monitoring.stream.store.rollup import RollupWriter
from anwei.monitoring.stream.store.sample_file import SampleWriter


def blank_part(id: int, day: int, level: int, *, replaces: bool, now: int) -> Part:
    """Return a part without rows, under a name never used before; `now` in ms."""
    name = unique_name(level, id)
    largest = np.iinfo(np.int64)
    return Part(
        id=id,
        day=day,
        level=level,
        name=name,
        n_rows=0,
        first_ts=int(largest.max),
        last_ts=int(largest.min),
        n_bytes=0,
        replaces=replaces,
        has_samples=True,
        added_at=now,
    )


def write_part(
    archive: Archive, files: NewFiles, part: Part, pieces: Iterable[Samples], decimals: NDArray[np.int8]
) -> Part:
    """Write ordered pieces of whole tags to the files of `part`; return it with its figures.

    `decimals` is indexed by tag number and raised in place where values ask for more.
    """
    archive.make_day(part)
    samples_path = files.add(archive.samples_path(part))
    rollup_path = files.add(archive.rollup_path(part))
    first_ts, last_ts, n_rows = part.first_ts, part.last_ts, 0
    with SampleWriter(samples_path) as sample_file, RollupWriter(rollup_path) as rollup_file:
        for piece in pieces:
            values = scaled.encode(piece, decimals)
            sample_file.write(piece, values)
            rollup_file.write(piece, values)
            n_rows += len(piece)
            first_ts = min(first_ts, int(piece.ts.min()))
            last_ts = max(last_ts, int(piece.ts.max()))
    n_bytes = samples_path.stat().st_size + rollup_path.stat().st_size
    return replace(part, n_rows=n_rows, first_ts=first_ts, last_ts=last_ts, n_bytes=n_bytes)
