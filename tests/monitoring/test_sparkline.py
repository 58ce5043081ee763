"""Trend lines: one line through readings that come seldom, broken where nothing came."""

from __future__ import annotations

import numpy as np

from anwei.monitoring.sparkline import sparkline

MINUTE = 60_000


def path_through(*minutes: int) -> str:
    at = np.array(minutes, dtype=np.int64) * MINUTE
    return sparkline(at, np.linspace(0.4, 0.6, len(at)), start=0, end=60 * MINUTE, limit=1.0).path


def test_a_reading_each_five_minutes_makes_one_line() -> None:
    assert path_through(*range(0, 60, 5)).count("M") == 1


def test_readings_that_become_more_frequent_stay_one_line() -> None:
    assert path_through(*range(0, 30, 5), *range(30, 60)).count("M") == 1


def test_silence_breaks_the_line() -> None:
    assert path_through(0, 1, 2, 12, 13).count("M") == 2
