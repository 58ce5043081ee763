"""What the store keeps beside samples: the outbox of episode events, and rejects with their counts.

New rows wait in memory (they are durable in the commit log) until a flush moves them to the manifest.
Sequences rise by one and are the same after a restart, because the log is replayed in order.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from anwei.monitoring.stream.samples import EpisodeEvent, Reason, Reject
from anwei.monitoring.stream.store.manifest import Manifest, Transaction
from anwei.monitoring.stream.store.options import HOUR_MS, OUTBOX_FLOOR_MS, StoreOptions

_KEEP_COUNT_ROWS = 1_000_000
_REJECT_COLUMNS = ("sequence", "received_at", "reason", "device", "tag", "detail", "count")


@dataclass
class Waiting:
    """Rows not yet in the manifest."""

    events: list[tuple[int, int, EpisodeEvent]] = field(default_factory=list)  # sequence, written at
    rejects: list[tuple[int, Reject]] = field(default_factory=list)
    counts: dict[tuple[int, str, str], tuple[int, int]] = field(default_factory=dict)


class Notes:
    """Outbox rows and rejects that wait for a flush. Not locked: the store locks."""

    def __init__(self, next_event: int, next_reject: int) -> None:
        self._waiting = [Waiting()]
        self.next_event = next_event
        self.next_reject = next_reject

    def add(self, events: list[EpisodeEvent], rejects: list[Reject], written_at: int) -> list[int]:
        """Number the rows; return the sequences given to the events."""
        waiting = self._waiting[-1]
        sequences = list(range(self.next_event, self.next_event + len(events)))
        self.next_event += len(events)
        waiting.events += [
            (sequence, written_at, event) for sequence, event in zip(sequences, events, strict=True)
        ]
        for reject in rejects:
            if reject.reason != Reason.LATE:  # a device's backlog would push all other rows out
                waiting.rejects.append((self.next_reject, reject))
                self.next_reject += 1
            key = (reject.received_at // HOUR_MS * HOUR_MS, str(reject.reason), reject.device)
            count, newest = waiting.counts.get(key, (0, 0))
            waiting.counts[key] = (count + reject.count, max(newest, reject.received_at))
        return sequences

    def freeze(self) -> list[Waiting]:
        """Return the rows to be flushed; they stay readable until `drop`."""
        frozen = self._waiting
        self._waiting = [*frozen, Waiting()]
        return frozen

    def drop(self, flushed: list[Waiting]) -> None:
        """Forget rows that are in the manifest now."""
        gone = set(map(id, flushed))
        self._waiting = [waiting for waiting in self._waiting if id(waiting) not in gone]

    def waiting(self) -> list[Waiting]:
        """Return the rows not yet in the manifest, oldest first."""
        return [
            Waiting(list(waiting.events), list(waiting.rejects), dict(waiting.counts))
            for waiting in self._waiting
        ]


def write_notes(transaction: Transaction, frozen: list[Waiting], options: StoreOptions, now: int) -> None:
    """Move frozen rows to the manifest and drop what is past its time; `now` in ms."""
    for waiting in frozen:
        _write_events(transaction, waiting)
        _write_rejects(transaction, waiting)
    transaction.delete("outbox WHERE written_at < ?", [now - max(options.outbox_keep_ms, OUTBOX_FLOOR_MS)])
    newest = max((sequence for waiting in frozen for sequence, _ in waiting.rejects), default=None)
    if newest is not None:
        transaction.delete("reject WHERE sequence <= ?", [newest - options.reject_keep_rows])
        surplus = (
            "(SELECT coalesce(max(hour), 0) FROM (SELECT hour FROM reject_hour ORDER BY hour DESC OFFSET ?))"
        )
        transaction.delete(f"reject_hour WHERE hour <= {surplus}", [_KEEP_COUNT_ROWS])
    transaction.delete("reject WHERE received_at < ?", [now - options.reject_keep_ms])
    transaction.delete("reject_hour WHERE hour < ?", [now - options.reject_keep_ms - HOUR_MS])


def _write_events(transaction: Transaction, waiting: Waiting) -> None:
    transaction.insert(
        "outbox",
        {
            "sequence": [sequence for sequence, _, _ in waiting.events],
            "written_at": [written_at for _, written_at, _ in waiting.events],
            "event": [msgspec.json.encode(event).decode() for _, _, event in waiting.events],
        },
    )


def _write_rejects(transaction: Transaction, waiting: Waiting) -> None:
    rejects = [_reject_row(sequence, reject) for sequence, reject in waiting.rejects]
    transaction.insert("reject", {name: [row[name] for row in rejects] for name in _REJECT_COLUMNS})
    transaction.insert(
        "reject_hour",
        {
            "hour": [hour for hour, _, _ in waiting.counts],
            "reason": [reason for _, reason, _ in waiting.counts],
            "device": [device for _, _, device in waiting.counts],
            "n": [count for count, _ in waiting.counts.values()],
            "newest": [newest for _, newest in waiting.counts.values()],
        },
    )


def read_events(
    manifest: Manifest, waiting: list[Waiting], after: int, limit: int
) -> list[tuple[int, dict[str, Any]]]:
    """Return (sequence, event) of the outbox with a sequence above `after`, oldest first, at most `limit`.

    Asks for a range of sequences: sorting a flood's whole outbox for its first rows took 250 ms.
    """
    recent = [(sequence, event) for part in waiting for sequence, _, event in part.events]
    found: list[tuple[int, dict[str, Any]]] = []
    if not recent or recent[0][0] > after + 1:
        [(first,)] = manifest.rows("SELECT min(sequence) FROM outbox WHERE sequence > ?", [after])
        if first is not None:
            rows = manifest.rows(
                "SELECT sequence, event FROM outbox WHERE sequence BETWEEN ? AND ? ORDER BY sequence",
                [first, first + limit - 1],
            )
            found = [(sequence, msgspec.json.decode(event)) for sequence, event in rows]
    reached = found[-1][0] if found else after
    if not found or (recent and recent[0][0] <= reached + 1):
        found += [(sequence, asdict(event)) for sequence, event in recent if sequence > reached]
    return found[:limit]


def read_rejects(
    manifest: Manifest, waiting: list[Waiting], *, after: int, limit: int, reason: str, device: str
) -> list[dict[str, Any]]:
    """Return rejects with a sequence above `after`, newest first; '' means any."""
    found = {
        sequence: _reject_row(sequence, reject)
        for part in waiting
        for sequence, reject in part.rejects
        if sequence > after and reason in ("", reject.reason) and device in ("", reject.device)
    }
    if len(found) < limit:
        rows = manifest.rows(
            "SELECT * FROM reject WHERE sequence > ? AND ? IN ('', reason) AND ? IN ('', device)"
            " ORDER BY sequence DESC LIMIT ?",
            [after, reason, device, limit],
        )
        found |= {row[0]: dict(zip(_REJECT_COLUMNS, row, strict=True)) for row in rows}
    return [found[sequence] for sequence in sorted(found, reverse=True)[:limit]]


def count_rejects(manifest: Manifest, waiting: list[Waiting], since: int) -> list[dict[str, Any]]:
    """Return count and newest time by reason and device, of whole hours from the hour of `since` on."""
    first = since // HOUR_MS * HOUR_MS
    rows = manifest.rows(
        "SELECT reason, device, sum(n)::BIGINT, max(newest) FROM reject_hour WHERE hour >= ?"
        " GROUP BY reason, device",
        [first],
    )
    totals = {(reason, device): (count, newest) for reason, device, count, newest in rows}
    for part in waiting:
        for (hour, reason, device), (count, newest) in part.counts.items():
            if hour >= first:
                before, latest = totals.get((reason, device), (0, 0))
                totals[reason, device] = (before + count, max(latest, newest))
    return [
        {"reason": reason, "device": device, "count": count, "newest": newest}
        for (reason, device), (count, newest) in sorted(totals.items(), key=lambda item: -item[1][0])
    ]


def _reject_row(sequence: int, reject: Reject) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "received_at": reject.received_at,
        "reason": str(reject.reason),
        "device": reject.device,
        "tag": reject.tag,
        "detail": reject.detail,
        "count": reject.count,
    }
