"""A process says that it works, not only that it exists: it touches a file from its own main loop.

A process that is stopped, or stuck in its loop, stops touching; `anwei run`, `anwei status` and /healthz see
it.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from anwei.datafolder import DataFolder

BEATING = (
    "broker",
    "gate",
    "stream",
    "detect",
    "worker",
    "web",
)  # the supervisor beats for a broker that answers
INTERVAL = 2.0  # s between two beats
LATE = 15.0  # s without a beat after which a process counts as stuck


def beat(folder: DataFolder, process: str) -> None:
    """Say that `process` works at this moment; called from its main loop every INTERVAL seconds."""
    _file(folder, process).touch(mode=0o600)


async def keep_beating(folder: DataFolder, process: str) -> None:
    """Beat for as long as the event loop of this process turns."""
    while True:
        with suppress(OSError):  # a full disk that cannot take the first beat may take the next
            beat(folder, process)
        await asyncio.sleep(INTERVAL)


def silence(folder: DataFolder, process: str) -> float | None:
    """Return for how many seconds `process` has not said that it works; None when it never did."""
    try:
        return max(0.0, time.time() - _file(folder, process).stat().st_mtime)
    except FileNotFoundError:
        return None


def _file(folder: DataFolder, process: str) -> Path:
    return folder.folder("run") / f"{process}.beat"
