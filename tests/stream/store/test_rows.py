"""Rows come out as they went in, whatever the order, the repeats and the moves between memory and files."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from anwei.monitoring.stream.samples import Batch, Quality, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import DAY, START, TAGS, batch, expected, same

SMALL = StoreOptions(chunk_rows=512)
HOUR = 3_600_000


def open_store(folder: Path, **options: int) -> EmbeddedStore:
    return EmbeddedStore(folder, options=StoreOptions(chunk_rows=512, **options), background=False)


def test_values_come_back_bit_for_bit(tmp_path: Path) -> None:
    odd = [0.1, 1e300, -1e-300, np.inf, -np.inf, 1 / 3, 2.0**53, 2.0**60, 123456.789012, 7.0, -5.25, 1e-7]
    single = np.float64(np.float32(21.7))  # what a sensor that counts in float32 sends
    values = np.array([*odd, single, -0.0, np.nan])
    rows = Samples(
        np.full(len(values), 3, np.int32),
        START + np.arange(len(values)) * 1_000,
        values,
        np.zeros(len(values), np.uint8),
    )
    store = open_store(tmp_path)
    store.append(Batch("log", 1, rows))
    want = values + 0.0  # -0.0 becomes 0.0: the one change, and the same everywhere
    for move in (lambda: None, store.flush, lambda: store.merge(everything=True)):
        move()
        assert store.history(3, START, START + DAY)["value"].tobytes() == want.tobytes()
        assert store.dump().value.tobytes() == want.tobytes()
    store.close()


def test_order_repeats_and_lateness_leave_the_same_store(tmp_path: Path) -> None:
    batches = [batch(1, number, 400) for number in range(1, 31)]
    rows = Samples.concatenate([each.samples for each in batches])
    want = expected(batches)
    for attempt in range(3):
        chance = np.random.default_rng(attempt)
        store = open_store(tmp_path / str(attempt), merge_fan_in=3, settle_ms=0)
        order = np.concatenate(
            [chance.permutation(len(rows)) for _ in range(attempt + 1)]
        )  # up to three times
        for number, piece in enumerate(np.array_split(order, 12), 1):
            part = Samples(rows.tag[piece], rows.ts[piece], rows.value[piece], rows.quality[piece])
            store.append(Batch("log", number, part))
            if chance.random() < 0.3:
                store.flush()
            if chance.random() < 0.3:
                store.merge()
        assert same(store.dump(), want)
        check_answers(store, want, chance)
        store.close()
        store = open_store(tmp_path / str(attempt))
        assert same(store.dump(), want)
        check_answers(store, want, chance)
        store.flush()
        store.merge(everything=True)
        assert same(store.dump(), want)
        check_answers(store, want, chance)
        store.close()


def check_answers(store: EmbeddedStore, rows: Samples, chance: np.random.Generator) -> None:
    """Compare last, history and aggregate with answers worked out from the whole dump."""
    last = store.last(None)
    counted = rows.quality != Quality.FUTURE
    for tag, ts, value, quality in zip(last["tag"], last["ts"], last["value"], last["quality"], strict=True):
        newest = np.flatnonzero((rows.tag == tag) & counted)[-1]
        assert (ts, quality) == (rows.ts[newest], rows.quality[newest])
        assert np.array_equal(value, rows.value[newest], equal_nan=True)
    tag = int(chance.integers(1, TAGS + 1))
    start = START + int(chance.integers(0, 8 * 24)) * HOUR
    end = start + int(chance.integers(1, 3 * 24 * 60)) * 60_000
    inside = (rows.tag == tag) & (rows.ts >= start) & (rows.ts < end)
    answer = store.history(tag, start, end)
    assert answer["ts"].tobytes() == rows.ts[inside].tobytes()
    assert answer["value"].tobytes() == rows.value[inside].tobytes()
    for interval in (HOUR, 6 * HOUR, 7 * 60_000):
        check_aggregate(store, rows, tags=[tag, tag % TAGS + 1, 999], start=start, end=end, interval=interval)


def check_aggregate(
    store: EmbeddedStore, rows: Samples, *, tags: list[int], start: int, end: int, interval: int
) -> None:
    good = (rows.quality == Quality.GOOD) & ~np.isnan(rows.value) & (rows.ts >= start) & (rows.ts < end)
    answer = store.aggregate(np.array(tags, np.int32), start, end, interval)
    found = dict(
        zip(zip(answer["tag"].tolist(), answer["bucket"].tolist(), strict=True), range(10**6), strict=False)
    )
    seen = 0
    for tag in tags:
        mine = good & (rows.tag == tag)
        for bucket in np.unique((rows.ts[mine] - start) // interval):
            values = rows.value[mine & ((rows.ts - start) // interval == bucket)]
            i = found[tag, start + int(bucket) * interval]
            seen += 1
            assert answer["count"][i] == len(values)
            assert (answer["minimum"][i], answer["maximum"][i]) == (values.min(), values.max())
            assert answer["last"][i] == values[-1]
            assert answer["mean"][i] == pytest.approx(values.mean(), rel=1e-12, nan_ok=True)
    assert seen == len(found)


def test_equal_times_do_not_depend_on_the_order(tmp_path: Path) -> None:
    rivals = [(50.0, 0), (60.0, 0), (70.0, 2), (np.nan, 1), (np.nan, 0), (40.0, 0)]
    for attempt in range(6):
        random.Random(attempt).shuffle(rivals)
        store = open_store(tmp_path / str(attempt))
        for number, (value, quality) in enumerate(rivals, 1):
            row = Samples(
                np.array([1], np.int32),
                np.array([START]),
                np.array([value]),
                np.array([quality], np.uint8),
            )
            store.append(Batch("log", number, row))
            if attempt % 2:
                store.flush()
        assert store.last(None)["value"].tolist() == [60.0]
        assert store.dump().value.tolist() == [60.0]
        store.close()


def test_a_future_time_does_not_hide_the_true_last_value(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    rows = Samples(
        np.array([1, 1], np.int32),
        np.array([START, START + 400 * DAY]),
        np.array([5.0, 9.0]),
        np.array([0, Quality.FUTURE], np.uint8),
    )
    store.append(Batch("log", 1, rows))
    assert store.last(None)["value"].tolist() == [5.0]
    assert len(store.dump()) == 2
    store.close()
