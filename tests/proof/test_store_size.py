"""Bytes a sample and query times on the workload the peers were measured with."""

from __future__ import annotations

import importlib.util
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.workload import DAY, START
from tests.support.broker import REPOSITORY

WORKLOAD = REPOSITORY.parent / "shared" / "bench-peers" / "workload.py"
TAGS, MINUTES, AT_ONCE = 1_000, 7 * 1_440, 10

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not WORKLOAD.exists(), reason="the peers' workload is not beside the repository"),
]


def median_ms(question: Callable[[], object]) -> float:
    times = []
    for _ in range(60):
        started = time.perf_counter()
        question()
        times.append((time.perf_counter() - started) * 1_000)
    return float(np.median(times))


def test_a_week_of_a_thousand_tags(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("workload", WORKLOAD)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    workload = module.Workload(TAGS, MINUTES, 220, period=60.0)
    store = EmbeddedStore(tmp_path)
    tags = np.arange(1, TAGS + 1, dtype=np.int32)
    spent = 0.0
    for minute in range(0, MINUTES, AT_ONCE):
        value = np.array([workload.values(minute + i) for i in range(AT_ONCE)]).ravel()
        ts = START + np.repeat(minute + np.arange(AT_ONCE), TAGS) * 60_000
        quality = np.zeros(len(value), np.uint8)
        started = time.process_time()
        store.append(Batch("log", minute + 1, Samples(np.tile(tags, AT_ONCE), ts, value, quality)))
        spent += time.process_time() - started
    store.flush()
    store.merge(everything=True)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    samples = TAGS * MINUTES
    last = median_ms(lambda: store.last(tags))
    one = median_ms(lambda: store.history(random.randint(1, TAGS), START + DAY, START + 2 * DAY, 300))
    hourly = median_ms(
        lambda: store.aggregate(
            np.array(random.sample(range(1, TAGS + 1), 100)), START, START + 7 * DAY, 3_600_000
        )
    )
    print(
        f"{size / samples:.3f} bytes/sample; {samples / spent / 1e6:.1f} M rows/CPU-s in appends;"
        f" last {last:.3f} ms, one tag {one:.2f} ms, hourly {hourly:.2f} ms"
    )
    assert size / samples <= 1.4
    assert samples / spent >= 1e6
    store.close()
