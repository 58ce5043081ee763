"""Bounds: memory at start, bytes a sample, the disk's last bytes, and reads beside writes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import DAY, START
from tests.support.broker import REPOSITORY

MINUTE = 60_000


def tick(number: int, tags: int, ticks: int) -> Batch:
    """Batch of `ticks` minutes of all tags: a base, noise of one unit, two decimals."""
    random = np.random.default_rng(number)
    tag = np.tile(np.arange(1, tags + 1, dtype=np.int32), ticks)
    ts = START + np.repeat((number - 1) * ticks + np.arange(ticks), tags) * MINUTE
    value = np.round(50 + tag % 7 + random.normal(0, 1, len(tag)).clip(-4, 4), 2)
    return Batch("log", number, Samples(tag, ts, value, np.zeros(len(tag), np.uint8)))


def test_start_up_with_ten_times_the_usual_hot_rows(tmp_path: Path) -> None:
    """As after a long failure to flush: it opens in bounded memory, and goes on."""
    store = EmbeddedStore(tmp_path, background=False)
    for number in range(1, 11):
        store.append(tick(number, 1_000, 100))
    store.close()
    code = (
        "import resource, sys; from pathlib import Path; from tests.stream.store.test_limits import *\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "store = EmbeddedStore(Path(sys.argv[1]), options=StoreOptions(flush_rows=100_000), background=False)\n"
        "rows = store.figures()['hot_rows']\n"
        "print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / rows)\n"
        "store.flush(); print(store.figures()['hot_rows'], store.mark('log'))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert answer[0] == "1000000"
    assert float(answer[1]) < 80, "bytes of memory a hot row"
    assert answer[2:] == ["0", "10"]


def test_size_against_doubles(tmp_path: Path) -> None:
    """The files stay below 0.62 of what the same rows take as doubles with zstd (measured: 0.60)."""
    store = EmbeddedStore(tmp_path / "store", background=False)
    for number in range(1, 25):
        store.append(tick(number, 100, 60))
    store.flush()
    store.merge(everything=True)
    rows = store.dump()
    plain = tmp_path / "plain.parquet"
    table = pa.table({"tag": rows.tag, "ts": rows.ts, "value": rows.value, "q": rows.quality})
    pq.write_table(table, plain, compression="zstd", use_dictionary=False, row_group_size=20_480)
    files = sum(path.stat().st_size for path in tmp_path.glob("store/samples/*/*.parquet"))
    assert files / plain.stat().st_size < 0.62
    store.close()


def test_reads_beside_appends_flushes_and_merges(tmp_path: Path) -> None:
    """Whatever the background does, a reader sees every acknowledged row once, and never fewer than before."""
    options = StoreOptions(flush_rows=5_000, merge_fan_in=3, settle_ms=0, chunk_rows=1_024)
    store = EmbeddedStore(tmp_path, options=options)
    done, faults = threading.Event(), []

    def read() -> None:
        seen = 0
        while not done.is_set():
            acknowledged = store.mark("log")
            ts = store.history(7, START, START + DAY)["ts"]
            count = store.aggregate(np.array([7], np.int32), START, START + DAY, DAY)["count"]
            if len(ts) < max(seen, acknowledged) or (np.diff(ts) != MINUTE).any() or count.sum() < len(ts):
                faults.append((seen, acknowledged, len(ts), count))
            seen = len(ts)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 701):
        store.append(tick(number, 100, 1))
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert store.figures()["parts"] > 0, "nothing was flushed meanwhile"
    assert len(store.dump()) == 70_000
    store.close()


def test_a_full_disk_refuses_samples_but_not_alarms_and_recovers(tmp_path: Path) -> None:
    """On a tmpfs of 24 MiB in a mount namespace of its own (tests/stream/store/full_disk.py)."""
    command = ["unshare", "--user", "--map-root-user", "--mount"]
    if os.geteuid() == 0:
        command = ["unshare", "--mount"]
    if subprocess.run([*command, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("no mount namespaces here")
    mount = f"mount -t tmpfs -o size=24m none {tmp_path}"
    run = f"{mount} && exec {sys.executable} -m tests.stream.store.full_disk {tmp_path}"
    answer = subprocess.run(
        [*command, "sh", "-c", run], check=False, cwd=REPOSITORY, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
