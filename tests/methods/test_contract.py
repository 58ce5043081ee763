"""Every method keeps the contract: causal, repeatable, picklable, of bounded memory; found by discovery."""

from __future__ import annotations

import doctest
import inspect
import math
import pickle
import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import anwei.methods
from anwei.methods import plant_detector
from anwei.methods.bank import tails
from anwei.methods.discord import Discord
from anwei.methods.drift import Drift, Limit
from anwei.methods.jump import Jump
from anwei.methods.likelihood import QUIET, Likelihood, tail
from anwei.methods.plant_detector import PlantDetector
from anwei.methods.plant_normal import NothingMoves
from anwei.methods.same_time import SameTime
from anwei.methods.sensor import MODEST, Reading, SensorDetector, Windows
from anwei.methods.sensor_bank import SensorBank
from anwei.methods.spacing import Spacing

MODULES = [import_module(f"anwei.methods.{one.name}") for one in pkgutil.iter_modules(anwei.methods.__path__)]
ROWS = 900
STEP = 3600.0
RNG = np.random.default_rng(7)
VALUES = 20 + np.sin(np.arange(ROWS) / 4) + 0.1 * RNG.standard_normal(ROWS)
VALUES[700:720] += 9
TOGETHER = VALUES[:, None] * [1.0, 2.0, -1.0] + 0.05 * RNG.standard_normal((ROWS, 3))
TIMES = STEP * np.arange(ROWS)

RISING = 20 + 0.1 * RNG.standard_normal(ROWS) + np.clip(0.1 * (np.arange(ROWS) - 300), 0, 12)
SINGLE = [(float(value),) for value in VALUES]
TIMED = list(zip(TIMES.tolist(), VALUES.tolist(), strict=True))
Examples = dict[type[Any], tuple[Callable[[], Any], list[tuple[Any, ...]]]]
EXAMPLES: Examples = {
    Likelihood: (lambda: Likelihood(200, 5), SINGLE),
    Discord: (lambda: Discord((6, 12), 200), SINGLE),
    SameTime: (lambda: SameTime(200), TIMED),
    Jump: (Jump, SINGLE),
    Spacing: (Spacing, [(at,) for at in np.cumsum([3600.0] * 500 + [600.0] * 400).tolist()]),
    Drift: (lambda: Drift(Limit(29.0, upper=True)), list(zip(TIMES.tolist(), RISING.tolist(), strict=True))),
    SensorDetector: (
        lambda: SensorDetector(Windows(200, 300, 100, 300)),
        [(Reading(*row),) for row in TIMED],
    ),
    PlantDetector: (
        lambda: PlantDetector("abc").calibrate([TOGETHER[:300], TOGETHER[300:650]]),
        [(row,) for row in TOGETHER],
    ),
}
CLASSES = [
    each
    for module in MODULES
    for each in vars(module).values()
    if inspect.isclass(each) and each.__module__ == module.__name__ and hasattr(each, "learn_one")
]
of_each = pytest.mark.parametrize("method", CLASSES, ids=lambda each: each.__name__)


def scores(detector: Any, rows: list[tuple[Any, ...]]) -> list[str]:
    found = []
    for row in rows:
        found.append(repr(detector.score_one(*row)))
        detector.learn_one(*row)
    return found


@of_each
def test_a_tail_cut_off_changes_no_earlier_score(method: type[Any]) -> None:
    make, rows = EXAMPLES[method]
    whole = scores(make(), rows)
    assert scores(make(), rows[:500]) == whole[:500]
    assert len(set(whole)) > 1  # it says something


@of_each
def test_scoring_changes_nothing(method: type[Any]) -> None:
    make, rows = EXAMPLES[method]
    quiet, asked = make(), make()
    for row in rows[:400]:
        quiet.learn_one(*row)
        for other in (rows[0], row, rows[-1], row):
            asked.score_one(*other)
        asked.learn_one(*row)
    assert scores(quiet, rows[400:]) == scores(asked, rows[400:])


@of_each
def test_one_kept_on_disk_goes_on_where_it_was(method: type[Any]) -> None:
    make, rows = EXAMPLES[method]
    detector = make()
    scores(detector, rows[:450])
    kept = pickle.loads(pickle.dumps(detector))
    assert scores(kept, rows[450:]) == scores(detector, rows[450:])


@of_each
def test_memory_does_not_grow(method: type[Any]) -> None:
    make, rows = EXAMPLES[method]
    detector = make()
    scores(detector, rows)
    before = len(pickle.dumps(detector))
    for again in (1, 2):
        scores(detector, [_later(row, again * ROWS * STEP) for row in rows])
    assert len(pickle.dumps(detector)) < 1.1 * before


def _later(row: tuple[Any, ...], seconds: float) -> tuple[Any, ...]:
    if isinstance(row[0], Reading):
        return (row[0]._replace(at=row[0].at + seconds),)
    return (row[0] + seconds, row[1]) if len(row) > 1 else row


def test_nothing_is_left_out() -> None:
    assert set(CLASSES) == set(EXAMPLES)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])
def test_the_examples_in_the_docstrings_are_true(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def test_the_long_tail_of_an_honest_tag_is_no_alarm() -> None:
    rows = np.random.default_rng(1).normal(size=(2400, 3))
    rows[:, 2] = np.exp(3 * rows[:, 2])
    detector = PlantDetector("abc").calibrate([rows[:1200]])
    assert np.mean([detector.step(row).alarm for row in rows[1200:]]) < 0.015


@pytest.mark.parametrize("said", [np.nan, 7.0], ids=["mostly missing", "still"])
def test_tags_that_say_nothing_cannot_be_learned(said: float) -> None:
    rows = RNG.standard_normal((600, 2))
    rows[:400] = said
    rows[400:] = rows[400:] if np.isnan(said) else said
    with pytest.raises(NothingMoves):
        PlantDetector("ab").calibrate([rows])


def test_a_long_calibration_fits_few_models_and_each_knows_no_row_it_is_asked_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learned: list[int] = []
    of = plant_detector.Model.of

    def counted(blocks: list[Any]) -> plant_detector.Model:
        learned.append(sum(map(len, blocks)))
        return of(blocks)

    monkeypatch.setattr(plant_detector.Model, "of", counted)
    PlantDetector("ab").calibrate([RNG.standard_normal((25 * 240, 2))])
    assert learned == [23 * 240] * 5 + [24 * 240] * 15 + [25 * 240]


@pytest.mark.parametrize(("wild", "at"), [(1e6, 400), (-32768.0, 400), (1e14, 30)])
def test_one_gross_error_blinds_no_later_row(wild: float, at: int) -> None:
    """And many sensors in columns take it as one does."""
    rng = np.random.default_rng(3)
    values = 50 + 10 * np.sin(np.arange(1600) / 40) + rng.normal(scale=0.5, size=1600)
    values[at], values[1500:1510] = wild, 95.0
    detector, bank, alarms = SensorDetector(MODEST), SensorBank(1, MODEST), []
    for row, value in enumerate(values.tolist()):
        reading = Reading(60.0 * row, value)
        found = detector.score_one(reading)
        detector.learn_one(reading)
        same = bank.step(np.array([0]), np.array([row]), np.array([value]))
        assert same.raw[0] == pytest.approx(found.raw, abs=1e-5)
        if found.alarm:
            alarms.append(row)
            assert same.facts[0].value == value
    assert (at in alarms) == (at > QUIET) and alarms[-1] in range(1500, 1510)


def test_no_distance_is_too_great_for_a_likelihood() -> None:
    assert tail(1e5) < tail(1e6) == tail(1e200) == tail(math.inf)
    assert tails(np.array([1.0, 1e200])).tolist() == [tail(1.0), tail(1e200)]


def test_discord_equals_the_definition() -> None:
    discord, p = Discord((6,), 200), 6
    for row, value in enumerate(VALUES):
        found = discord.score_one(value)[0]
        discord.learn_one(value)
        if row in (15, 333, 605, 710):
            last = VALUES[row - p + 1 : row + 1]
            starts = [c for c in range(p - 1, row - p + 1) if row - c <= 200]
            wanted = min(np.sqrt(np.mean((last - VALUES[c - p + 1 : c + 1]) ** 2)) for c in starts)
            assert found == pytest.approx(wanted, rel=1e-3)


def test_likelihood_equals_the_definition() -> None:
    likelihood = Likelihood(200, 5)
    for row, value in enumerate(VALUES):
        found = likelihood.score_one(value)
        likelihood.learn_one(value)
        if row in (150, 333, 899):
            long, recent = VALUES[max(0, row - 204) : row - 4], VALUES[row - 4 : row + 1]
            z = (recent.mean() - long.mean()) / (long.std() + 1e-6 + 1e-3 * abs(long.mean()))
            assert found == pytest.approx(tail(z), rel=1e-3)
