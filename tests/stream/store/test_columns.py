"""The small column functions: scaling, ordering, down-sampling."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store import scaled
from anwei.monitoring.stream.store.downsample import downsample
from anwei.monitoring.stream.store.latest import Latest
from anwei.monitoring.stream.store.order import sort_unique, take
from tests.stream.store.workload import START, same

decimal = st.integers(-(10**9), 10**9).flatmap(lambda n: st.integers(0, 6).map(lambda e: n / 10**e))
value = st.one_of(decimal, st.floats())
row = st.tuples(st.integers(1, 4), st.integers(0, 5), value, st.integers(0, 3))


def samples_of(rows: list[tuple[int, int, float, int]]) -> Samples:
    tag, ts, values, quality = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Samples(
        np.array(tag, np.int32),
        np.array(ts, np.int64) + START,
        np.array(values, np.float64) + 0.0,
        np.array(quality, np.uint8),
    )


@given(st.lists(row, max_size=30))
def test_scaled_values_are_exact_or_left_alone(rows: list[tuple[int, int, float, int]]) -> None:
    samples = samples_of(rows)
    values = scaled.encode(samples, np.zeros(8, np.int8))
    back = np.where(values.exact, scaled.decode(values.v, values.e), samples.value)
    assert back.tobytes() == samples.value.tobytes()
    for tag in np.unique(samples.tag):
        assert len(np.unique(values.e[samples.tag == tag])) == 1, "one scale a tag"


@given(st.lists(decimal, min_size=1, max_size=20))
def test_decimals_always_become_integers(values: list[float]) -> None:
    assert scaled.encode(samples_of([(1, 0, v, 0) for v in values]), np.zeros(2, np.int8)).exact.all()


@given(st.lists(row, max_size=40), st.randoms())
@settings(max_examples=200)
def test_order_and_last_value_do_not_depend_on_arrival(rows: list, random) -> None:  # type: ignore[no-untyped-def, type-arg]
    want = sort_unique(samples_of(rows))
    random.shuffle(rows)
    assert same(sort_unique(samples_of(rows)), want)
    latest, at = Latest(), 0
    while at < len(rows):
        count = random.randint(1, 10)
        latest.update(samples_of(rows[at : at + count]))
        at += count
    counted = take(want, want.quality != Quality.FUTURE)
    last = take(counted, np.append(counted.tag[1:] != counted.tag[:-1], True)[: len(counted)])
    answer = latest.read(None)
    assert answer["tag"].tolist() == last.tag.tolist()
    assert answer["ts"].tolist() == last.ts.tolist()
    assert answer["value"].tobytes() == last.value.tobytes()
    assert answer["quality"].tolist() == last.quality.tolist()


def test_a_spike_of_one_sample_survives_down_sampling() -> None:
    random = np.random.default_rng(1)
    for place in (0, 1, 777, 40_000, 86_398, 86_399):
        values = np.round(random.normal(50, 1, 86_400), 2)
        values[place] = 93.0
        values[(place + 500) % 86_400] = 7.0
        rows = Samples(
            np.ones(86_400, np.int32),
            START + np.arange(86_400) * 1_000,
            values,
            np.zeros(86_400, np.uint8),
        )
        few = downsample(rows, 300)
        assert len(few) <= 300
        assert {93.0, 7.0} <= set(few.value.tolist())
        assert (np.diff(few.ts) > 0).all()


def test_doubtful_values_are_shown_beside_the_true_extremes() -> None:
    count = 10_000
    values, quality = np.full(count, 50.0), np.zeros(count, np.uint8)
    values[5_000], values[5_001] = 93.0, 9_999.0
    quality[5_001] = Quality.OUT_OF_RANGE
    values[7_000:7_500], quality[7_000:7_500] = np.nan, Quality.NO_VALUE
    rows = Samples(np.ones(count, np.int32), START + np.arange(count) * 1_000, values, quality)
    few = downsample(rows, 100)
    assert len(few) <= 100
    assert {93.0, 9_999.0} <= set(few.value.tolist())
    assert np.isnan(few.value).sum() > 0, "the gap is visible"
