"""Rows of one minute: closed once, the same however the samples were batched, nothing from behind them."""

from __future__ import annotations

import numpy as np

from anwei.monitoring.detect.minutes import MINUTE_MS, QUIET_MS, Minutes, Rows

START = 29_000_000  # minute


def taken(
    minutes: Minutes, samples: list[tuple[int, float, float]], stamped: int | None = None
) -> list[tuple[int, int, float]]:
    """Take (column, minutes since START, value); returns what closed."""
    columns = [np.array(column) for column in zip(*samples, strict=True)]
    ts = (columns[1] * MINUTE_MS).astype(np.int64) + START * MINUTE_MS
    stamps = ts if stamped is None else np.full(len(ts), stamped)
    return plain(minutes.take(columns[0].astype(np.int64), ts, columns[2].astype(float), stamps))


def plain(rows: Rows) -> list[tuple[int, int, float]]:
    return [
        (int(column), int(minute) - START, float(value)) for column, minute, value in zip(*rows, strict=True)
    ]


def test_a_later_minute_closes_the_one_before_with_its_mean() -> None:
    minutes = Minutes()
    minutes.grow(3)
    assert taken(minutes, [(0, 0.0, 1.0), (1, 0.2, 10.0), (0, 0.5, 2.0)]) == []
    assert taken(minutes, [(0, 0.9, 6.0), (0, 1.0, 7.0), (2, 5.0, 1.0)]) == [(0, 0, 3.0)]
    assert taken(minutes, [(0, 3.0, 1.0), (0, 4.0, 2.0), (1, 1.0, 5.0)]) == [
        (0, 1, 7.0), (0, 3, 1.0), (1, 0, 10.0),
    ]  # fmt: skip


def test_what_comes_too_late_for_its_minute_is_counted_and_passed_over() -> None:
    minutes = Minutes()
    minutes.grow(1)
    taken(minutes, [(0, 0.0, 1.0), (0, 1.0, 2.0), (0, 0.5, 99.0)])
    assert minutes.passed_over == 1
    assert taken(minutes, [(0, 0.7, 99.0), (0, 2.0, 3.0)]) == [(0, 1, 2.0)]
    assert minutes.passed_over == 2


def test_silence_closes_a_minute_that_is_over_and_not_before() -> None:
    minutes = Minutes()
    minutes.grow(1)
    taken(minutes, [(0, 0.5, 4.0)])
    end = (START + 1) * MINUTE_MS
    assert plain(minutes.tick(end + QUIET_MS - 1)) == []
    assert plain(minutes.tick(end + QUIET_MS)) == [(0, 0, 4.0)]
    assert plain(minutes.tick(end + 10 * QUIET_MS)) == []
    assert taken(minutes, [(0, 0.9, 8.0)]) == []
    assert minutes.passed_over == 1


def test_what_is_sent_long_afterwards_in_pieces_makes_whole_minutes() -> None:
    """A gateway hands in an hour of yesterday: the minute it has just reached waits for the rest of it."""
    minutes = Minutes()
    minutes.grow(1)
    now = (START + 1440) * MINUTE_MS
    taken(minutes, [(0, 0.0, 1.0)], stamped=now)
    assert plain(minutes.tick(now + 10_000)) == []
    taken(minutes, [(0, 0.5, 3.0)], stamped=now + 20_000)
    assert plain(minutes.tick(now + 20_000 + QUIET_MS)) == [(0, 0, 2.0)]


def test_rows_do_not_depend_on_how_samples_were_batched() -> None:
    rng = np.random.default_rng(3)
    n = 4000
    column = rng.integers(0, 6, n)
    at = np.sort(rng.random(n)) * 90 + rng.normal(scale=0.3, size=n)  # some out of order
    samples = list(zip(column.tolist(), at.tolist(), rng.normal(size=n).tolist(), strict=True))
    found = []
    for size in (n, 97, 1):
        minutes = Minutes()
        minutes.grow(6)
        rows: list[tuple[int, int, float]] = []
        for first in range(0, n, size):
            rows += taken(minutes, samples[first : first + size])
        found.append((sorted(rows), minutes.passed_over))
    assert found[0][1] == found[1][1] == found[2][1] > 0
    for other in found[1:]:
        assert [row[:2] for row in other[0]] == [row[:2] for row in found[0][0]]
        assert np.allclose([row[2] for row in other[0]], [row[2] for row in found[0][0]])


def test_waves_have_each_column_once_in_the_order_of_time() -> None:
    rows = Rows(np.array([1, 1, 1, 4, 7, 7]), np.array([3, 4, 9, 1, 2, 3]), np.arange(6.0))
    assert [(wave.column.tolist(), wave.minute.tolist()) for wave in rows.waves()] == [
        ([1, 4, 7], [3, 1, 2]), ([1, 7], [4, 3]), ([1], [9]),
    ]  # fmt: skip
