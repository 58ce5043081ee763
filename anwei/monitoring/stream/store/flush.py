"""Writing the files of one flush: one part a day and new snapshots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.alarm_state import write_columns
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.contents import Contents, Frozen
from anwei.monitoring.stream.store.files import NewFiles, unique_name
from anwei.monitoring.stream.store.latest import NEVER
from anwei.monitoring.stream.store.manifest import Head, Part
from anwei.monitoring.stream.store.options import DAY_MS
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.store.parts import blank_part, write_part
from anwei.monitoring.stream.store.repeats import without_repeats


@dataclass(frozen=True)
class Flushed:
    """Files written by a flush, not yet named by the manifest."""

    head: Head
    parts: list[Part]
    decimals: NDArray[np.int8]
    filed: NDArray[np.int64]


def write_files(archive: Archive, files: NewFiles, frozen: Frozen, contents: Contents, now: int) -> Flushed:
    """Write parts and snapshots of frozen rows of `contents`, durably; `now` in ms."""
    head, latest, samples = contents.head, frozen.latest, frozen.rows()
    size = 1 + max(int(latest["tag"].max(initial=-1)), int(samples.tag.max(initial=-1)))
    decimals, filed = np.zeros(size, np.int8), np.full(size, NEVER)
    decimals[latest["tag"]], filed[latest["tag"]] = latest["decimals"], latest["filed"]
    parts = _write_days(
        archive,
        files,
        samples=samples,
        decimals=decimals,
        filed=filed,
        contents=contents,
        now=now,
    )
    serial = head.next_part + len(parts)
    latest_name, state_name = f"latest-{unique_name(0, serial)}", head.alarm_state
    snapshot = latest | {"decimals": decimals[latest["tag"]], "filed": filed[latest["tag"]]}
    write_columns(files.add(archive.snapshot_path(latest_name)), snapshot)
    if frozen.alarm_state is not None:
        state_name = f"alarm-{unique_name(0, serial)}"
        write_columns(files.add(archive.snapshot_path(state_name)), frozen.alarm_state)
    files.sync()
    new_head = Head(
        flushed=frozen.through,
        latest=latest_name,
        alarm_state=state_name,
        next_part=serial + 1,
        next_event=frozen.next_event,
        next_reject=frozen.next_reject,
        accepted=frozen.accepted,
    )
    return Flushed(new_head, parts, decimals, filed)


def _write_days(
    archive: Archive,
    files: NewFiles,
    *,
    samples: Samples,
    decimals: NDArray[np.int8],
    filed: NDArray[np.int64],
    contents: Contents,
    now: int,
) -> list[Part]:
    """Write one part a day; raise `decimals` and `filed` (both by tag number) in place."""
    day = samples.ts // DAY_MS
    parts: list[Part] = []
    for each in np.unique(day).tolist():
        of_day = day == each
        rows = samples if of_day.all() else take(samples, of_day)
        present = [part for part in contents.parts if part.day == each]
        rows, replaces = without_repeats(archive, present, rows, filed)
        if len(rows):
            part = blank_part(contents.head.next_part + len(parts), each, 0, replaces=replaces, now=now)
            parts.append(write_part(archive, files, part, [rows], decimals))
    good = samples.quality == Quality.GOOD
    np.maximum.at(filed, samples.tag[good], samples.ts[good])
    return parts
