"""A copy of the store, made while samples keep coming in, opens as the store was."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore

ROWS = 100


def batch(number: int) -> Batch:
    ts = np.arange(ROWS, dtype=np.int64) + number * ROWS
    value = ts.astype(np.float64)
    return Batch("log", number, Samples(np.ones(ROWS, np.int32), ts, value, np.zeros(ROWS, np.uint8)))


def test_a_copy_made_under_load_holds_whole_batches_up_to_one_mark(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "telemetry")
    stopping = threading.Event()

    def write() -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            store.append(batch(number))
            if number % 5 == 0:
                store.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        marks = []
        for number in range(5):
            before = store.mark("log")
            store.copy(tmp_path / f"copy-{number}")
            marks.append((before, store.mark("log")))
    finally:
        stopping.set()
        writer.join()
        store.close()
    for number, (before, after) in enumerate(marks):
        copy = EmbeddedStore(tmp_path / f"copy-{number}", background=False)
        mark = copy.mark("log")
        assert before <= mark <= after
        assert copy.dump().ts.tolist() == list(range(ROWS, (mark + 1) * ROWS))
        copy.close()
    assert marks[-1][1] > marks[0][1]  # samples did come in meanwhile


def test_the_source_is_untouched_by_what_happens_to_a_copy(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "telemetry", background=False)
    for number in range(1, 4):
        store.append(batch(number))
        store.flush()
    store.copy(tmp_path / "copy")
    copy = EmbeddedStore(tmp_path / "copy", background=False)
    copy.merge(everything=True)
    copy.append(batch(9))
    copy.close()
    assert store.dump().ts.tolist() == list(range(ROWS, 4 * ROWS))
    store.close()
