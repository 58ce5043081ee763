"""A full disk that is made larger: the store goes on by itself within 30 s (reliability figure R6)."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreFull
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import batch, event, expected, same

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root"),
]


def test_sixty_four_megabytes(tmp_path: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", tmp_path], check=True)
    try:
        fill_and_grow(tmp_path)
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)


def fill_and_grow(disk: Path) -> None:
    store = EmbeddedStore(disk / "store", options=StoreOptions(flush_rows=100_000, settle_ms=0))
    (disk / "ballast").write_bytes(bytes(50 << 20))
    number, refused = 0, 0
    while refused < 5:  # a flush frees some room now and then
        try:
            store.append(batch(6, number + 1))
            number, refused = number + 1, 0
        except StoreFull:
            refused += 1
            time.sleep(0.5)
    free = store.figures()["free"]
    assert 0 < free < 64 << 20, "refused before the disk was full"
    for sequence in range(1, 101):
        (given,) = store.append(Batch("log", number, Samples.empty(), [event(sequence)]))
    before = len(store.episodes(0, 10_000))
    assert given == number // 3 + 100
    subprocess.run(["mount", "-o", "remount,size=300m", disk], check=True)
    started = time.monotonic()
    store.append(batch(6, number + 1))
    assert time.monotonic() - started < 30
    store.close()
    store = EmbeddedStore(disk / "store", background=False)
    assert store.mark("log") == number + 1
    assert len(store.episodes(0, 10_000)) - before == len(batch(6, number + 1).events)
    assert same(store.dump(), expected(batch(6, each) for each in range(1, number + 2)))
    print(f"{number} batches, refused with {free >> 20} MiB free")
    store.close()
