"""Settings of the embedded store; the defaults suit one county on one machine."""

from __future__ import annotations

import os
from dataclasses import dataclass

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class StoreOptions:
    """When rows move to files, when files are merged, how long what is kept."""

    flush_rows: int = 1_000_000  # hot rows that start a flush; four times as many make appends wait
    flush_bytes: int = 32 << 20  # bytes of the commit log that start a flush
    flush_age_s: float = 600.0  # age of the oldest hot row that starts a flush
    chunk_rows: int = 65_536  # rows of one sorted chunk of the memory table
    merge_fan_in: int = 4  # parts of one size in one day that are merged into one
    settle_ms: int = 10 * 60_000  # quiet time after which an ended day is merged into one part
    outbox_keep_ms: int = 7 * DAY_MS  # never less than OUTBOX_FLOOR_MS is kept
    reject_keep_ms: int = 90 * DAY_MS
    reject_keep_rows: int = 200_000
    samples_keep_ms: int | None = None  # None: for ever; the county decides
    rollups_keep_ms: int | None = None

    @classmethod
    def from_environment(cls) -> StoreOptions:
        """Return the defaults with ANWEI_KEEP_SAMPLES_DAYS and ANWEI_KEEP_ROLLUPS_DAYS; raises ValueError."""
        return cls(
            samples_keep_ms=_days("ANWEI_KEEP_SAMPLES_DAYS"), rollups_keep_ms=_days("ANWEI_KEEP_ROLLUPS_DAYS")
        )


OUTBOX_FLOOR_MS = 3 * DAY_MS  # the replay log's age: the worker may be that far behind


def _days(variable: str) -> int | None:
    """Return the days that an environment variable states in ms, None where it is not set."""
    text = os.environ.get(variable)
    if not text:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"{variable} must be a number of days, not {text!r}")
    return int(text) * DAY_MS
