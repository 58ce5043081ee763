"""The ranker: past only, repeatable, never against its directions, and its contributions add up."""

from __future__ import annotations

import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest

from anwei.methods.ranking.backtest import area
from anwei.methods.ranking.columns import Table
from anwei.methods.ranking.earlier import earlier
from anwei.methods.ranking.features import Features
from anwei.methods.ranking.history import DOWN, UP, Feature, past, past_features
from anwei.methods.ranking.models import Boosting, Calibration, Logistic
from anwei.methods.ranking.ranker import Ranker, TooFewEvents
from anwei.methods.ranking.restated import is_restated, restored

N_ENTITIES, N_MONTHS, TEST_FROM = 60, 30, 24


def county(seed: int = 1) -> dict[str, Any]:
    """A third of the enterprises have many violations, and violations bring accidents the month after."""
    rng = np.random.default_rng(seed)
    entity, month = (part.ravel() for part in np.meshgrid(range(N_ENTITIES), range(N_MONTHS)))
    rate = np.where(entity % 3 == 0, 3.0, 0.4)
    violations = rng.poisson(rate).astype(float)
    event = rng.random(len(entity)) < 1 / (1 + np.exp(3.2 - 0.6 * violations))
    violations[rng.random(len(entity)) < 0.05] = np.nan
    return {
        "label": event.astype(float),
        "entity": [f"企业{one}" for one in entity],
        "time": month.astype(float),
        "violations": violations,
        "kind": [("矿山", "化工", "")[one % 7 % 3] for one in entity],
        "noise": rng.standard_normal(len(entity)),
    }


def rows_of(table: dict[str, Any], where: np.ndarray) -> dict[str, Any]:
    places = np.flatnonzero(where)
    return {
        name: column[places] if isinstance(column, np.ndarray) else [column[i] for i in places]
        for name, column in table.items()
    }


COUNTY = county()
TRAIN = rows_of(COUNTY, COUNTY["time"] < TEST_FROM)
TEST = rows_of(COUNTY, COUNTY["time"] >= TEST_FROM)


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker().fit(TRAIN, "label", "entity", "time")


def test_what_causes_accidents_ranks_first_and_is_named(ranker: Ranker) -> None:
    scores = ranker.score(TEST)
    truth = TEST["label"] > 0
    assert area(scores.probability, truth) > 0.7
    assert abs(scores.probability.mean() - truth.mean()) < 0.25 * truth.mean()  # calibrated in the large
    first = int(np.argmax(scores.probability))
    best = scores.features[int(np.argmax(scores.contributions[first]))]
    assert best.column in ("violations", "label") and int(TEST["entity"][first].strip("企业")) % 3 == 0


def test_the_contributions_are_of_the_probability_that_is_told(ranker: Ranker) -> None:
    scores = ranker.score(TEST)
    odds = np.log(scores.probability / (1 - scores.probability))
    assert ranker.calibration.slope != 1 and np.ptp(odds - scores.contributions.sum(axis=1)) < 1e-4


def test_the_future_cut_off_changes_no_earlier_score(ranker: Ranker) -> None:
    whole = ranker.score(TEST)
    early = TEST["time"] < TEST_FROM + 2
    cut = ranker.score(rows_of(TEST, early))
    assert np.array_equal(whole.probability[early], cut.probability)
    assert np.array_equal(whole.contributions[early], cut.contributions)


def test_the_future_of_the_training_rows_is_in_no_feature_of_earlier_ones() -> None:
    features = Features("label", "entity", "time", ["noise"])
    features.learn(TRAIN, [])
    early = TRAIN["time"] < 11
    assert np.array_equal(features.of(TRAIN)[early], features.of(rows_of(TRAIN, early)), equal_nan=True)


def test_a_training_row_between_test_rows_tells_only_later_ones() -> None:
    """Test rows in the midst of the training rows: labels of their own time and later say nothing to them."""
    inside = COUNTY["time"] == 12
    known = rows_of(COUNTY, ~inside)
    features = Features("label", "entity", "time", [])
    features.learn(known, [])
    hidden = {**COUNTY, "label": np.where(inside, np.nan, COUNTY["label"])}
    turned = {**hidden, "label": np.where(COUNTY["time"] > 12, 1 - COUNTY["label"], hidden["label"])}
    assert np.array_equal(features.of(hidden)[inside], features.of(turned)[inside], equal_nan=True)


def test_the_label_of_rows_to_score_is_not_read(ranker: Ranker) -> None:
    expected = ranker.score(TEST).probability
    without = {name: column for name, column in TEST.items() if name != "label"}
    turned = {**TEST, "label": 1 - TEST["label"]}
    for table in (without, turned):
        assert np.array_equal(ranker.score(table).probability, expected)


def test_unseen_entities_and_categories_and_gaps_are_scored(ranker: Ranker) -> None:
    n = 3
    table: Table = {
        "entity": ["新企业甲", "新企业乙", ""],
        "time": np.array([25.0, 29.0, 40.0]),
        "violations": np.array([np.nan, 9.0, 0.0]),
        "kind": ["从未见过", "", "矿山"],
        "noise": np.full(n, np.nan),
    }
    scores = ranker.score(table)
    assert np.isfinite(scores.probability).all() and np.isfinite(scores.contributions).all()
    assert scores.probability[1] == scores.probability.max()


def test_fitted_again_or_pickled_it_says_the_same(ranker: Ranker) -> None:
    expected = ranker.score(TEST)
    again = Ranker().fit(TRAIN, "label", "entity", "time").score(TEST)
    kept = pickle.loads(pickle.dumps(ranker)).score(TEST)
    for found in (again, kept):
        assert np.array_equal(found.probability, expected.probability)
        assert np.array_equal(found.contributions, expected.contributions)


def test_too_few_events_are_refused() -> None:
    few = {**TRAIN, "label": np.where(np.arange(len(TRAIN["label"])) < 7, 1.0, 0.0)}
    with pytest.raises(TooFewEvents) as error:
        Ranker().fit(few, "label", "entity", "time")
    assert error.value.n == 7


def test_outcomes_speak_by_their_past_alone() -> None:
    table = {**TRAIN, "fine": TRAIN["label"] * 100}
    ranker = Ranker(outcomes=["fine"]).fit(table, "label", "entity", "time")
    assert {one.kind for one in ranker.features if one.column == "fine"} == {"before", "level"}
    expected = ranker.score(TEST).probability
    assert np.array_equal(ranker.score({**TEST, "fine": TEST["label"] * 100}).probability, expected)


def test_a_column_that_is_the_label_is_suspected() -> None:
    table = {**TRAIN, "fine": TRAIN["label"] * 100}
    assert Ranker().fit(table, "label", "entity", "time").suspects == ["fine"]


def test_what_the_inspector_explains_is_left_out() -> None:
    """A strict inspector works in one area: without the nuisance the area looks dangerous."""
    rng = np.random.default_rng(3)
    n = 4000
    is_north = rng.random(n) < 0.5
    inspector = np.where(rng.random(n) < 0.8, is_north, ~is_north)
    weak = rng.standard_normal(n)
    event = rng.random(n) < 1 / (1 + np.exp(2 - 1.5 * inspector - 0.5 * weak))
    table: Table = {
        "label": event.astype(float),
        "entity": [str(i) for i in range(n)],
        "time": np.arange(n, dtype=float),
        "area": ["north" if one else "south" for one in is_north],
        "weak": weak,
        "inspector": ["strict" if one else "mild" for one in inspector],
    }

    def gap(ranker: Ranker) -> float:
        odds = ranker.score(table).contributions
        columns = [i for i, one in enumerate(ranker.features) if one.column == "area"]
        told = odds[:, columns].sum(axis=1)
        return float(told[is_north].mean() - told[~is_north].mean())

    without = {name: column for name, column in table.items() if name != "inspector"}
    blind = Ranker().fit(without, "label", "entity", "time")
    fair = Ranker(nuisance=["inspector"]).fit(table, "label", "entity", "time")
    assert not [one for one in fair.features if one.column == "inspector"]
    assert gap(fair) < 0.4 * gap(blind)


def test_a_nuisance_of_many_names_takes_little_memory() -> None:
    """Three thousand inspectors beside four thousand rows: as a full matrix 96 MB for each copy."""
    rng, n = np.random.default_rng(3), 4000
    table: Table = {
        "label": (rng.random(n) < 0.3).astype(float),
        "entity": [str(i) for i in range(n)],
        "time": np.arange(n, dtype=float),
        "inspector": [str(i % 3000) for i in range(n)],
        "weak": rng.standard_normal(n),
    }
    tracemalloc.start()
    Ranker(nuisance=["inspector"]).fit(table, "label", "entity", "time")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150e6


FEATURES = [Feature("events", "a", 0, UP), Feature("since", "a", 0, DOWN), Feature("value", "b")]


@pytest.mark.parametrize("kind", [Logistic, Boosting])
def test_contributions_add_up_and_no_feature_goes_against_its_direction(kind: type[Any]) -> None:
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((2000, 3)).astype(np.float32)
    event = rng.random(2000) < 1 / (
        1 + np.exp(rows[:, 0] - rows[:, 1] - rows[:, 2])
    )  # against both directions
    rows[::9, 1] = np.nan
    model = kind(FEATURES)
    model.fit(rows, event)
    rest = model.log_odds(rows) - model.shares(rows).sum(axis=1)
    assert np.allclose(rest, rest[0], atol=1e-6)
    for column, way in ((0, 1), (1, -1)):
        more = rows.copy()
        more[:, column] += 1
        assert (way * (model.log_odds(more) - model.log_odds(rows)) >= -1e-9).all()
    assert area(model.log_odds(rows), event) > 0.6  # by the third


def test_calibration_mends_odds_that_are_too_far_apart() -> None:
    rng = np.random.default_rng(6)
    odds = rng.standard_normal(5000) - 2
    event = rng.random(5000) < 1 / (1 + np.exp(-odds))
    calibration = Calibration()
    calibration.fit(3 * odds + 1, event)
    assert np.abs(calibration.probability(3 * odds + 1) - 1 / (1 + np.exp(-odds))).max() < 0.08


def test_the_past_is_what_a_slow_count_finds() -> None:
    rng = np.random.default_rng(7)
    n = 300
    entity, time = rng.integers(0, 12, n), rng.integers(0, 25, n).astype(float)
    value = np.where(rng.random(n) < 0.3, np.nan, rng.poisson(0.7, n))
    until = time - rng.integers(0, 3, n)
    found = past(entity, time, value, until, np.full(n, 0.1))
    kinds = [(one.kind, one.much) for one in past_features("x")]
    for row in range(n):
        before = (entity == entity[row]) & (time < until[row]) & np.isfinite(value)
        told = dict(zip(kinds, found[row], strict=True))
        assert told["n", 0.0] == before.sum()
        assert told["events", 0.0] == (value[before] > 0).sum()
        times = np.unique(time[before])
        last = sum((value[before & (time == at)] > 0).sum() for at in times[-2:])
        assert told["last", 2] == last
        events = time[before & (np.nan_to_num(value) > 0)]
        since = time[row] - events.max() if len(events) else np.nan
        assert np.isclose(told["since", 0.0], since, equal_nan=True)
    sums = earlier(entity, time, np.nan_to_num(value), until)
    slow = [np.nansum(value[(entity == entity[i]) & (time < until[i])]) for i in range(n)]
    assert np.allclose(sums, slow)


def test_a_column_that_restates_the_row_before_fills_the_history() -> None:
    entity, time = np.repeat(np.arange(20), 12), np.tile(np.arange(12.0), 20)
    rng = np.random.default_rng(8)
    label = rng.poisson(0.5, len(entity)).astype(float)
    before = np.where(time == 0, 0, np.r_[0, label[:-1]])
    assert is_restated(entity, time, label, before)
    assert not is_restated(entity, time, label, label)
    hidden = np.where(time >= 8, np.nan, label)
    filled = restored(entity, time, hidden, before)
    assert np.array_equal(filled[time < 11], label[time < 11]) and np.isnan(filled[time == 11]).all()


def test_what_a_later_row_tells_of_one_entity_no_other_knows_before() -> None:
    """Of rows seldom seen again the past of all is told too: of labels that were known by then alone."""
    rng = np.random.default_rng(11)
    n_pairs, n_alone = 130, 2600
    entity = np.r_[np.repeat(np.arange(n_pairs), 2), n_pairs + np.arange(n_alone)]
    time = np.r_[np.tile([0.0, 1.0], n_pairs), rng.integers(0, 100, n_alone).astype(float)]
    label = (rng.random(len(entity)) < 0.3).astype(float)
    before = np.zeros(len(entity))
    before[1 : 2 * n_pairs : 2] = label[0 : 2 * n_pairs : 2]
    trained: dict[str, Any] = {
        "label": label,
        "entity": [f"E{one}" for one in entity],
        "time": time,
        "before": before,
        "size": rng.random(len(entity)),
    }
    features = Features("label", "entity", "time", ())
    features.learn(trained, ())
    assert features.is_seldom and features.restated == ["before"]

    def of_b(told_later: float) -> np.ndarray:
        """Return the features of B at 101; A's row of 100 is told by its own of 102."""
        more = {
            "label": [np.nan] * 3,
            "entity": ["A", "B", "A"],
            "time": [100.0, 101.0, 102.0],
            "before": [0.0, 0.0, told_later],
            "size": [0.5] * 3,
        }
        table = {
            name: [*trained[name], *values] if name == "entity" else np.r_[trained[name], values]
            for name, values in more.items()
        }
        return features.of(table)[-2]

    assert np.array_equal(of_b(0.0), of_b(1.0), equal_nan=True)


def test_words_that_stood_with_events_raise_a_text_never_seen() -> None:
    rng = np.random.default_rng(10)
    n = 1200
    bad = rng.random(n) < 0.3
    event = rng.random(n) < np.where(bad, 0.5, 0.05)
    texts = [f"{'瓦斯超限' if one else '标识缺失'}，第{i}处巷道" for i, one in enumerate(bad)]
    table: dict[str, Any] = {
        "label": event.astype(float),
        "entity": [str(i) for i in range(n)],
        "time": np.arange(n, dtype=float),
        "finding": texts,
    }
    parts = [rows_of(table, where) for where in (table["time"] < 800, table["time"] >= 800)]
    ranker = Ranker().fit(parts[0], "label", "entity", "time")
    assert [one.kind for one in ranker.features if one.column == "finding"] == ["rate", "text"]
    scores = ranker.score(parts[1]).probability
    assert np.median(scores[bad[800:]]) > 3 * np.median(scores[~bad[800:]])


def test_nothing_to_score_gives_nothing(ranker: Ranker) -> None:
    nothing = ranker.score(rows_of(TEST, np.zeros(len(TEST["time"]), bool)))
    assert nothing.probability.shape == (0,) and nothing.contributions.shape == (0, len(ranker.features))
