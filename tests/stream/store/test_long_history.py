"""A long history comes from the hours: extremes stay, and no row of the days is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.workload import DAY, START

HOUR = 3_600_000
MINUTE = 60_000


def filled(folder: Path) -> EmbeddedStore:
    """Ten days of tag 3, a sample a minute between 10 and 11, with one dip and one spike in hour 30."""
    store = EmbeddedStore(folder, clock=lambda: START, background=False)
    ts = START + np.arange(0, 10 * DAY, MINUTE)
    value = 10 + np.arange(len(ts)) % 60 / 60
    value[30 * 60 + 7], value[30 * 60 + 50] = -4.0, 99.0
    store.append(
        Batch("log", 1, Samples(np.full(len(ts), 3, np.int32), ts, value, np.zeros(len(ts), np.uint8)))
    )
    return store


def test_the_hours_of_a_long_span_keep_their_extremes(tmp_path: Path) -> None:
    store = filled(tmp_path)
    for _in_memory_then_in_files in range(2):
        answer = store.history(3, START + 30 * MINUTE, START + 10 * DAY, 10_000)
        assert (np.diff(answer["ts"]) > 0).all()
        assert answer["ts"][0] == START + 30 * MINUTE, "the broken hour at the start by its rows"
        inside = (answer["ts"] >= START + 30 * HOUR) & (answer["ts"] < START + 31 * HOUR)
        assert answer["value"][inside].tolist() == [-4.0, 99.0]
        assert len(answer["ts"]) == 30 + 2 * (10 * 24 - 1)
        thin = store.history(3, START, START + 10 * DAY, 20)
        assert len(thin["ts"]) <= 20
        assert {-4.0, 99.0} <= set(thin["value"].tolist())
        store.flush()
    store.close()


def test_a_long_span_reads_the_rollups_and_a_short_one_the_rows(tmp_path: Path) -> None:
    """Told apart by days of which only the rollups are kept."""
    store = filled(tmp_path)
    store.flush()
    store.retain(START + 5 * DAY, START)
    long = store.history(3, START, START + 10 * DAY, 1_000)
    assert long["ts"][0] == START
    assert long["value"].max() == 99.0
    short = store.history(3, START, START + 7 * DAY, 1_000)
    assert short["ts"][0] == START + 5 * DAY
    store.close()
