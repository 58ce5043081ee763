"""Outbox and rejects: kept whole across restarts and flushes, and bounded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from anwei.monitoring.stream.samples import Batch, Reason, Reject, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import DAY, START, event

HOUR = 3_600_000


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def reject(number: int, reason: Reason = Reason.UNKNOWN_TAG, device: str = "D1") -> Reject:
    return Reject(reason, device, f"T{number}", START + number, "detail")


def test_the_outbox_is_read_by_sequence_across_memory_and_manifest(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    assert store.append(Batch("log", 1, Samples.empty(), [event(1), event(2)])) == [1, 2]
    store.flush()
    assert store.append(Batch("log", 2, Samples.empty(), [event(3)])) == [3]
    store.close()
    store = EmbeddedStore(tmp_path, background=False)
    assert store.append(Batch("log", 3, Samples.empty(), [event(4)])) == [4]
    starts = [START + 1, START + 2, START + 3, START + 4]
    for after in range(5):
        assert [row["start"] for _, row in store.episodes(after, 10)] == starts[after:]
    assert [sequence for sequence, _ in store.episodes(0, 3)] == [1, 2, 3]
    assert store.episodes(0, 1)[0][1] == store.episodes(0, 1)[0][1] | {
        "kind": "raised", "value": 91.5, "limit": 90.0, "device": "D1", "late": False,
    }  # fmt: skip
    store.close()


def test_old_outbox_rows_go_but_never_younger_than_three_days(tmp_path: Path) -> None:
    clock = Clock()
    store = EmbeddedStore(tmp_path, options=StoreOptions(outbox_keep_ms=1), clock=clock, background=False)
    for day in range(5):
        clock.now = START + day * DAY
        store.append(Batch("log", day + 1, Samples.empty(), [event(day)]))
        store.flush()
    assert [sequence for sequence, _ in store.episodes(0, 10)] == [2, 3, 4, 5]
    store.close()


def test_rejects_are_filtered_and_counted(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, clock=Clock(), background=False)
    store.append(Batch("log", 1, Samples.empty(), rejects=[reject(1), reject(2, Reason.MALFORMED)]))
    store.flush()
    store.append(
        Batch("log", 2, Samples.empty(), rejects=[replace(reject(3, device="D2"), count=7), reject(4)])
    )
    for _ in range(2):
        assert [row["sequence"] for row in store.rejects(0, 10)] == [4, 3, 2, 1]
        assert [row["sequence"] for row in store.rejects(2, 10)] == [4, 3]
        assert [row["tag"] for row in store.rejects(0, 10, "unknown_tag", "D1")] == ["T4", "T1"]
        assert [row["sequence"] for row in store.rejects(0, 2)] == [4, 3]
        counts = {(row["reason"], row["device"]): row["count"] for row in store.reject_counts(START)}
        assert counts == {("unknown_tag", "D2"): 7, ("unknown_tag", "D1"): 2, ("malformed", "D1"): 1}
        assert store.reject_counts(START + HOUR) == []
        store.close()
        store = EmbeddedStore(tmp_path, clock=Clock(), background=False)
    store.close()


def test_a_flood_of_rejects_is_bounded_but_counted(tmp_path: Path) -> None:
    options = StoreOptions(reject_keep_rows=500)
    store = EmbeddedStore(tmp_path, options=options, clock=Clock(), background=False)
    sizes = []
    for number in range(1, 13):
        flood = [reject(number * 1000 + i) for i in range(1000)]
        store.append(Batch("log", number, Samples.empty(), rejects=flood))
        store.flush()
        sizes.append((tmp_path / "manifest.duckdb").stat().st_size)
    assert len(store.rejects(0, 10_000)) == 500
    assert sum(row["count"] for row in store.reject_counts(0)) == 12_000
    assert max(sizes[6:]) <= max(sizes[:6]), "the file must not grow without end"
    store.close()
