"""Drifts planted into the series of NAB: how many are foretold, how early, and what else is warned of."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray

from anwei.methods.drift import AHEAD, Drift, Forecast, Limit
from bench.analytics.nab import DAY, read

LENGTHS = (72, 144, 288)  # rows of a ramp
EACH = 4  # ramps of a length and series
BEFORE, EARLY = 700, 6  # rows fed before a ramp; least rows ahead of the crossing
HIGHER = 1.3  # of the way to the limit
QUANTILE = 0.995
SMOOTH = 0.1  # of the deviation of steps beside that of the values: below it a series is smooth

Array = NDArray[np.float64]


def warnings(times: Array, values: Array, limit: Limit) -> list[tuple[int, Forecast]]:
    """Return the rows at which the shipped test warns."""
    drift, found = Drift(limit), []
    for row, (at, value) in enumerate(zip(times.tolist(), values.tolist(), strict=True)):
        forecast = drift.score_one(at, value)
        if forecast is not None:
            found.append((row, forecast))
        drift.learn_one(at, value)
    return found


def run(folder: Path, work: Path, say: Callable[[str], None]) -> None:
    """Plant the ramps (seed 5) and say the figures."""
    rng = np.random.default_rng(5)
    ok: dict[bool, list[bool]] = {True: [], False: []}
    false, days = {True: 0, False: 0}, {True: 0.0, False: 0.0}
    leads, errors = [], []
    for name, series in read(folder).items():
        with (folder / "data" / name).open(encoding="utf-8") as rows:
            values = np.array([float(row["value"]) for row in csv.DictReader(rows)])
        times = np.maximum.accumulate([at.timestamp() for at in series.times])
        deviation = values.std()
        level = float(np.quantile(values, QUANTILE)) if deviation else values[0] + 10.0
        limit = Limit(level, upper=True)
        is_smooth = bool(deviation) and np.diff(values).std() < SMOOTH * deviation and len(set(values)) > 100
        days[is_smooth] += (times[-1] - times[0]) / DAY
        false[is_smooth] += sum(
            not (values[row : row + 2 * AHEAD] >= level).any() for row, _f in warnings(times, values, limit)
        )
        for length in LENGTHS * EACH:
            start = int(rng.integers(500, len(values) - 400))
            height = HIGHER * (level - np.median(values[start - 36 : start]))
            height = height if height > 0 else 3 * deviation
            first = max(0, start - BEFORE)
            planted = values[first : start + length].copy()
            planted[start - first :] += height * np.arange(length) / length
            crossing = next(
                (i for i in range(start - first, len(planted)) if np.median(planted[i - 4 : i + 1]) >= level),
                None,
            )
            if crossing is None:
                continue
            told = [
                (crossing - row, forecast)
                for row, forecast in warnings(times[first : start + length], planted, limit)
                if start - first <= row <= crossing - EARLY
            ]
            ok[is_smooth].append(bool(told))
            if told:
                step = float(np.median(np.diff(times)))
                leads.append(told[0][0])
                errors.append(abs(told[0][1].seconds / step - told[0][0]))
    say(
        f"before the limit ({len(ok[True]) + len(ok[False])} ramps planted, limit at the {QUANTILE:.1%} level)"
    )
    for is_smooth, label in ((False, "rough"), (True, "smooth")):
        say(
            f"  {label} series: {100 * mean(ok[is_smooth]):.0f} % of {len(ok[is_smooth])} warned >= {EARLY} rows"
            f" ahead, {false[is_smooth] / days[is_smooth]:.3f} false a sensor-day untouched"
        )
    say(
        f"  all: {100 * mean(ok[True] + ok[False]):.0f} %, "
        f"{sum(false.values()) / sum(days.values()):.3f} false a sensor-day; lead {median(leads):.0f} rows, "
        f"error of the time {median(errors):.1f} rows (medians)"
    )
