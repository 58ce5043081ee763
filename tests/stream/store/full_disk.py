"""Fills the disk under a store, in a process of its own: python -m tests.stream.store.full_disk FOLDER."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreFull
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import batch, event, expected, same

OPTIONS = StoreOptions(flush_rows=40_000, merge_fan_in=3, settle_ms=0)


def fill(path: Path, leave: int) -> None:
    """Let another program take all of the disk but `leave` bytes."""
    # Unbuffered: what a buffer still holds would be refused at the end, outside the `try`.
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(max(0, size - leave))


def append_until_full(store: EmbeddedStore, number: int) -> int:
    """Append batches after `number` until one is refused; return the last one taken."""
    while number < 2_000:
        try:
            store.append(batch(2, number + 1))
        except StoreFull:
            return number
        number += 1
    raise AssertionError("the disk never filled")


def main(folder: Path) -> None:
    store = EmbeddedStore(folder / "store", options=OPTIONS)
    number = 0
    for leave in (4 << 20, 2 << 20, 300_000, 0):
        fill(folder / "ballast", leave)
        number = append_until_full(store, number)
        rows = expected(batch(2, each) for each in range(1, number + 1))
        assert same(store.dump(), rows), "a refused batch left something behind"
        alarms = Batch("log", number, Samples.empty(), [event(1)])
        if leave:
            before = len(store.episodes(0, 10_000))
            store.append(alarms)
            assert len(store.episodes(0, 10_000)) == before + 1
        if leave == 300_000:
            # A flush fails half-way for want of room, or just fits; either way no half file stays.
            try:
                store.flush()
            except Exception as error:
                print("flush:", error)
        assert same(store.dump(), rows)
        (folder / "ballast").unlink()
        started = time.monotonic()
        while True:
            try:
                store.append(batch(2, number + 1))
                break
            except StoreFull:
                assert time.monotonic() - started < 30, "did not recover by itself"
                time.sleep(0.1)
        number += 1
    store.flush()
    store.merge()
    rows = expected(batch(2, each) for each in range(1, number + 1))
    assert same(store.dump(), rows)
    store.close()
    store = EmbeddedStore(folder / "store", options=OPTIONS, background=False)
    assert store.mark("log") == number
    assert same(store.dump(), rows)
    named = store.figures()["parts"]
    assert len(list(folder.glob("store/samples/*/*.parquet"))) == named, "a half-written file stayed"
    print(number, "batches; parts", named)
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
