"""What the stream asks of a telemetry store."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Batch, Samples

Columns = dict[str, NDArray[Any]]


class TelemetryStore(Protocol):
    """One owner process; all times int64 ms UTC; every write is one durable transaction."""

    def append(self, batch: Batch) -> list[int]:
        """Write samples, mark, changed alarm state, episode events (outbox) and rejects; durable on return.

        Returns the outbox sequences of the events, in their order.

        Raises StoreFull when the free space guard refuses; nothing is half-written.
        """

    def mark(self, stream: str) -> int:
        """Return the last log sequence stored of `stream`, 0 if none."""

    def alarm_state(self) -> Columns:
        """Return the last written alarm state row of every rule."""

    def last(self, tags: NDArray[np.int32] | None) -> Columns:
        """Return columns tag, ts, value, quality of the newest sample of each tag (all tags when None)."""

    def history(self, tag: int, start: int, end: int, points: int | None, limit: int) -> Columns:
        """Return ts, value, quality in [start, end): `points` rows that keep the extremes, or `limit` raw.

        Extremes of more than 7 days are those of the hours, to the hour.
        """

    def aggregate(self, tags: NDArray[np.int32], start: int, end: int, interval: int) -> Columns:
        """Return tag, bucket, minimum, maximum, mean, count, last per tag and interval (ms)."""

    def episodes(self, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Return outbox rows (sequence, event fields) with a sequence above `after`."""

    def rejects(self, after: int, limit: int, reason: str, device: str) -> list[dict[str, Any]]:
        """Return rejects newest first; '' means any."""

    def reject_counts(self, since: int) -> list[dict[str, Any]]:
        """Return count and newest time by reason and device since `since`."""

    def dump(self) -> Samples:
        """Return every stored row ordered by (tag, ts): for proofs, not for pages."""

    def probe(self) -> dict[str, Any]:
        """Do a real write and read; return figures of the store (rows, parts, bytes, free space)."""

    def flush(self) -> None:
        """Move committed rows to sorted files."""

    def retain(self, before: int, rollups_before: int) -> int:
        """Drop days wholly before the two times; return the number of files removed."""

    def close(self) -> None:
        """Release the files."""
