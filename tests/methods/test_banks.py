"""The methods in columns give what the methods row by row give, on data of the public benchmark and on gaps."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from anwei.methods.drift import Drift, Limit
from anwei.methods.drift_bank import DriftBank
from anwei.methods.sensor import MODEST, Reading, SensorDetector, Windows
from anwei.methods.sensor_bank import PARTS, SensorBank
from tests.support.broker import REPOSITORY

NAB = REPOSITORY.parent / "shared" / "data" / "NAB" / "data"
FILES = (
    "realKnownCause/ambient_temperature_system_failure.csv",
    "realAWSCloudwatch/ec2_cpu_utilization_5f5533.csv",
    "artificialWithAnomaly/art_daily_jumpsup.csv",
)
Course = tuple[list[int], list[float]]  # minutes, values


def of_file(path: Path, n: int) -> Course:
    with path.open() as file:
        rows = list(csv.reader(file))[1 : n + 1]
    found: dict[int, float] = {}
    for at, value in rows:
        found.setdefault(int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()) // 60, float(value))
    return list(found), list(found.values())


def every_minute(n: int, seed: int) -> Course:
    """Three days and more of rows a minute: a daily wave with noise, holes, a jump and a rise."""
    rng = np.random.default_rng(seed)
    minutes = np.flatnonzero(rng.random(n) > 0.03) + 29_000_000
    minutes = minutes[(minutes < 29_001_500) | (minutes > 29_001_640)]
    at = minutes - 29_000_000
    values = 50 + 5 * np.sin(2 * np.pi * at / 1440) + 0.4 * rng.standard_normal(len(at))
    values += np.where(at % 1000 > 940, 0.1 * (at % 1000 - 940), 0.0) + 12.0 * ((at > 2500) & (at < 2530))
    return minutes.tolist(), np.round(values, 2).tolist()


def spacing_changes() -> Course:
    """Rows of five minutes, then of one: what a county's history and its live data are; then of ten."""
    minutes = np.cumsum([5] * 900 + [1] * 900 + [10] * 400) + 29_000_000
    rng = np.random.default_rng(7)
    values = 50 + 9 * np.sin(2 * np.pi * minutes / 97) + 0.2 * rng.standard_normal(len(minutes))
    return minutes.tolist(), np.round(values, 2).tolist()


def courses() -> list[Course]:
    here = [every_minute(3300, 1), every_minute(3100, 2), spacing_changes()]
    if not NAB.is_dir():
        return here
    files = [path for name in FILES if (path := NAB / name).exists()] or sorted(NAB.glob("*/*.csv"))[:3]
    return here + [of_file(path, 1700) for path in files]


def waves(all_of: list[Course]) -> list[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    found = []
    for row in range(max(len(minutes) for minutes, _ in all_of)):
        slots = [slot for slot, (minutes, _) in enumerate(all_of) if row < len(minutes)]
        found.append(
            (
                row,
                np.array(slots),
                np.array([all_of[slot][0][row] for slot in slots]),
                np.array([all_of[slot][1][row] for slot in slots]),
            )
        )
    return found


@pytest.mark.parametrize("windows", [MODEST, Windows(400, 900, 150, 7300)], ids=["modest", "small"])
def test_scores_in_columns_are_those_row_by_row(windows: Windows) -> None:
    of = courses()
    bank = SensorBank(len(of) + 3, windows)
    singles = [SensorDetector(windows) for _ in of]
    n_alarms = n_same_time = 0
    for row, slots, minutes, values in waves(of):
        found = bank.step(slots, minutes, values)
        for i, slot in enumerate(slots.tolist()):
            reading = Reading(60.0 * of[slot][0][row], of[slot][1][row])
            one = singles[slot].score_one(reading)
            assert found.raw[i] == pytest.approx(one.raw, abs=1e-6)
            assert found.score[i] == pytest.approx(one.score, abs=1e-6)
            assert dict(zip(PARTS, found.parts[i], strict=True)) == pytest.approx(one.parts, abs=1e-6)
            assert bool(found.alarm[i]) == one.alarm
            n_same_time += one.parts["same_time"] > 0
            if one.alarm:
                n_alarms += 1
                assert found.facts[i] == pytest.approx(singles[slot].explain(reading))
            singles[slot].learn_one(reading)
    assert n_alarms >= 5
    assert n_same_time > 1000


def test_rows_of_another_spacing_are_learned_anew_and_give_no_alarm() -> None:
    minutes, values = spacing_changes()
    detector, quiet = SensorDetector(MODEST), []
    for i, (minute, value) in enumerate(zip(minutes, values, strict=True)):
        reading = Reading(60.0 * minute, value)
        found = detector.score_one(reading)
        if 930 <= i < 1800:
            quiet.append(found.alarm)
        if 930 <= i < 1030:
            assert found.raw == 0  # the sine of five minutes is no pattern of the sine of one
        detector.learn_one(reading)
    assert not any(quiet)
    assert detector.spacing.step == 600.0 and detector.n < 400


def test_a_tank_that_is_filled_falls_silent_and_speaks_again_when_it_runs_over() -> None:
    """Straight rises that end below the limit: a few false ones, then silence; the probability follows."""
    drift, told = Drift(Limit(90.0, upper=True)), []
    rise = [20 + 0.25 * i for i in range(260)]  # to 85, at another time each day
    ends_below = [20.0] * 500 + rise + rise[::-1] + [20.0] * 110
    runs_over = [20.0] * 500 + [20 + 0.25 * i for i in range(320)] + [20.0] * 310
    for minute, value in enumerate(ends_below * 12 + runs_over * 8):
        if forecast := drift.score_one(60.0 * minute, value):
            told.append((minute // len(ends_below), forecast.probability))
        drift.learn_one(60.0 * minute, value)
    false = [probability for fill, probability in told if fill < 12]
    assert len(false) == 3 and false == sorted(false, reverse=True) and false[-1] <= 0.4
    assert [fill for fill, _ in told if fill > 12], "it never speaks again"


def test_drifts_in_columns_are_those_row_by_row() -> None:
    of = courses()
    limits = [
        [
            Limit(float(np.quantile(values, share)), upper)
            for share, upper in ((0.995, True), (0.9, True), (0.02, False))
        ]
        for _, values in of
    ]
    bank = DriftBank(len(of))
    for slot, some in enumerate(limits):
        bank.set_limits(slot, some)
    singles = [[Drift(limit) for limit in some] for some in limits]
    n_warned = 0
    for row, slots, minutes, values in waves(of):
        warned, _ = bank.step(slots, minutes, values)
        told = {(int(slots[one.row]), one.place): one.forecast for one in warned}
        for slot in slots.tolist():
            at, value = 60.0 * of[slot][0][row], of[slot][1][row]
            for place, single in enumerate(singles[slot]):
                expected = single.score_one(at, value)
                assert (expected is None) == ((slot, place) not in told)
                if expected is not None:
                    n_warned += 1
                    forecast = told[slot, place]
                    assert forecast.limit == expected.limit
                    assert forecast[1:] == pytest.approx(expected[1:], rel=1e-4)
                single.learn_one(at, value)
    assert n_warned >= 15
    for slot, some in enumerate(singles):
        for place, single in enumerate(some):
            assert bank.came_true[slot, place] == single.foretold
            assert np.isfinite(bank.false[slot, place]).sum() == len(single.false)


def test_a_slot_forgotten_or_restored_is_as_new_or_as_kept() -> None:
    (minutes, values), (_, others) = every_minute(1200, 3), every_minute(1200, 4)
    n = min(len(values), len(others))
    bank, drifts = SensorBank(2, MODEST), DriftBank(2)
    drifts.set_limits(0, [Limit(58.0, True)])

    def feed(start: int, end: int) -> list[float]:
        scores = []
        for i in range(start, end):
            both = np.array([0, 1]), np.array([minutes[i]] * 2), np.array([values[i], others[i]])
            scores.append(float(bank.step(*both).raw[0]))
            drifts.step(*both)
        return scores

    feed(0, 600)
    kept = {name: array.copy() for name, array in bank.arrays().items()}
    kept_drifts = {name: array.copy() for name, array in drifts.arrays().items()}
    first = feed(600, n)
    warned = drifts.arrays()["slopes"].copy()
    bank.restore(kept)
    drifts.restore(kept_drifts)
    assert feed(600, n) == first
    assert np.array_equal(drifts.slopes, warned, equal_nan=True)
    bank.forget(np.array([0]))
    fresh = SensorBank(1, MODEST)
    for name, array in bank.arrays().items():
        assert np.array_equal(array[0], fresh.arrays()[name][0], equal_nan=array.dtype.kind == "f"), name
    assert int(bank.n[1]) == n and math.isfinite(bank.level.usual(1)[0])
