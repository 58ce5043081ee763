"""The disk of the data folder: how full it is, who stops at which point, and when it will be full.

What matters less gives way first: below `reserve` the store takes no samples, below half of it the log takes
no messages, and the rest is for alarms and for what people write.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from anwei.datafolder import DataFolder

CEILING = 1 << 30  # bytes of the reserve
STEP_S, KEPT = 600.0, 144  # the use of the disk is noted every ten minutes, for a day
ENOUGH_S = 3600.0  # of notes, to tell a rate
DAY_S = 86_400.0


@dataclass(frozen=True)
class Disk:
    """Bytes of the file system below a folder."""

    size: int
    free: int  # that this process may still write

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """Look at the disk that `folder` lies on."""
        found = os.statvfs(folder)
        return cls(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)

    @property
    def reserve(self) -> int:
        """Bytes that samples leave free: 5 %, at most 1 GiB."""
        return min(self.size // 20, CEILING)

    @property
    def log_reserve(self) -> int:
        """Bytes that the log leaves free: samples that are not stored any more can still raise alarms."""
        return self.reserve // 2


class Growth:
    """What was in use when, kept over restarts in run/disk.json."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._path = folder.folder("run") / "disk.json"
        try:
            self._notes: list[tuple[float, int]] = [
                (at, used) for at, used in json.loads(self._path.read_text())
            ]
        except (FileNotFoundError, ValueError):  # none yet, or a half of one
            self._notes = []

    def note(self, disk: Disk, now: float) -> None:
        """Remember the use of the disk at `now` (s), every STEP_S at most; raises OSError on a full disk."""
        if self._notes and 0 <= now - self._notes[-1][0] < STEP_S:
            return
        self._notes = [*self._notes, (now, disk.size - disk.free)][-KEPT:]
        self._folder.write_private(self._path, json.dumps(self._notes).encode())

    def days_left(self, disk: Disk, now: float) -> float | None:
        """Return in how many days samples are refused at the rate of the last day; None: not to be told."""
        notes = [(at, used) for at, used in self._notes if ENOUGH_S <= now - at <= 2 * DAY_S]
        if not notes:
            return None
        at, used = notes[0]
        a_day = (disk.size - disk.free - used) / (now - at) * DAY_S
        return max(0.0, disk.free - disk.reserve) / a_day if a_day > 0 else None
