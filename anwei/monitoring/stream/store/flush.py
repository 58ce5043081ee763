"""Writing the files of one flush: one part a day and new snapshots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.alarm_state import write_columns
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.contents import Frozen
from anwei.monitoring.stream.store.files import NewFiles, unique_name
from anwei.monitoring.stream.store.latest import NEVER
from anwei.monitoring.stream.store.manifest import Head, Part
from anwei.monitoring.stream.store.options import DAY_MS
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.store.parts import blank_part, write_part
from anwei.monitoring.stream.store.reading import late_rows


@dataclass(frozen=True)
class Flushed:
    """Files written by a flush, not yet named by the manifest."""

    head: Head
    parts: list[Part]
    decimals: NDArray[np.int8]
    filed: NDArray[np.int64]


def write_files(archive: Archive, files: NewFiles, frozen: Frozen, head: Head, now: int) -> Flushed:
    """Write parts and snapshots of frozen rows, durably; `head` is the present one, `now` in ms."""
    latest, samples = frozen.latest, frozen.rows()
    size = 1 + max(int(latest["tag"].max(initial=-1)), int(samples.tag.max(initial=-1)))
    decimals, filed = np.zeros(size, np.int8), np.full(size, NEVER)
    decimals[latest["tag"]], filed[latest["tag"]] = latest["decimals"], latest["filed"]
    parts = _write_days(
        archive,
        files,
        samples=samples,
        decimals=decimals,
        filed=filed,
        first_id=head.next_part,
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
    first_id: int,
    now: int,
) -> list[Part]:
    """Write one part a day; raise `decimals` and `filed` (both by tag number) in place."""
    day = samples.ts // DAY_MS
    late = late_rows(samples, filed)
    parts = []
    for number, each in enumerate(np.unique(day).tolist()):
        of_day = day == each
        rows = samples if of_day.all() else take(samples, of_day)
        part = blank_part(first_id + number, each, 0, late=bool(late[of_day].any()), now=now)
        parts.append(write_part(archive, files, part, [rows], decimals))
    good = samples.quality == Quality.GOOD
    np.maximum.at(filed, samples.tag[good], samples.ts[good])
    return parts
