"""The scan finds what was planted, is rarely fooled by chance, and keeps the totals of places and times."""

from __future__ import annotations

import numpy as np
import pytest

from anwei.methods.hotspots import Search, hot_spots

RNG = np.random.default_rng(3)
POSITIONS = RNG.uniform(0, 60, (24, 2))
SIZES = RNG.gamma(2, 1, 24)


def county(seed: int, busy_week: float = 1.0) -> np.ndarray:
    """A year of weeks: townships of different size, and a season everywhere."""
    random = np.random.default_rng(seed)
    season = 1 + 0.5 * np.sin(np.arange(52) / 52 * 2 * np.pi)
    season[-3:] *= busy_week
    return random.poisson(np.outer(SIZES, season) * 0.4)


def test_a_planted_hot_spot_is_found_with_its_places_and_weeks() -> None:
    counts = county(1)
    near = np.argsort(np.linalg.norm(POSITIONS - POSITIONS[5], axis=1))[:3]
    counts[near, -4:] += (4 + 2 * SIZES[near, None]).astype(int)
    best = hot_spots(counts, POSITIONS)[0]
    assert set(best.areas) == set(near.tolist())
    assert (best.first, best.last) == (48, 51)
    assert best.p == 1 / 1000 and best.ratio > 2
    assert best.observed == counts[near, -4:].sum()
    share = counts[near].sum() * counts[:, -4:].sum() / counts.sum()
    assert best.expected == pytest.approx(share)


def test_chance_is_rarely_called_a_hot_spot() -> None:
    alarms = sum(
        hot_spots(county(seed), POSITIONS, Search(replicas=99, seed=seed))[0].p <= 0.05 for seed in range(120)
    )
    assert alarms <= 13  # 6 expected; more than 13 of 120 has a probability below 0.005


def test_a_busy_month_everywhere_and_a_large_township_are_no_hot_spot() -> None:
    counts = county(2, busy_week=4.0)
    counts[7] *= 5
    assert hot_spots(counts, POSITIONS)[0].p > 0.05


def test_an_expectation_says_which_place_has_more_than_its_share() -> None:
    random = np.random.default_rng(4)
    enterprises = random.integers(5, 60, 24)
    expected = np.repeat(enterprises[:, None], 12, axis=1).astype(float)
    counts = random.poisson(expected * 0.05)
    counts[3] = random.poisson(expected[3] * 0.05 * 6)
    best = hot_spots(counts, POSITIONS, Search(longest=12), expected)[0]
    assert best.areas == (3,) and best.p == 1 / 1000


def looked(seed: int, share: float = 0.7) -> tuple[np.ndarray, np.ndarray]:
    """Twenty visits a week of half a year, twelve of the last two weeks' in one township; what they found."""
    random = np.random.default_rng(seed)
    looks = np.zeros((24, 26), dtype=int)
    for week in range(26):
        where = random.integers(0, 24, 20)
        where[: 12 if week >= 24 else 0] = 0
        np.add.at(looks[:, week], where, 1)
    shares = random.beta(10 * share, 10 * (1 - share), (24, 1))
    return random.binomial(looks, shares), looks


def test_where_one_looks_more_often_more_is_found_and_that_is_no_hot_spot() -> None:
    few = Search(replicas=99)
    asked = [looked(seed) for seed in range(40)]
    as_counted = [hot_spots(found, POSITIONS, few)[0] for found, _looks in asked]
    assert sum(one.areas == (0,) and one.p <= 0.01 for one in as_counted) > 20
    best = [hot_spots(found, POSITIONS, few, looks=looks)[0].p for found, looks in asked]
    assert sum(p <= 0.05 for p in best) <= 7  # 2 expected; more than 7 has a probability below 0.001


def test_a_share_higher_than_usual_there_is_found() -> None:
    found, looks = looked(1, share=0.3)
    looks[5, 22:] += 5
    found[5, 22:] += 5
    best = hot_spots(found, POSITIONS, looks=looks)[0]
    assert best.areas == (5,) and best.p <= 0.01
    assert best.expected < 0.6 * best.observed <= 0.6 * looks[5, best.first : best.last + 1].sum()


def test_a_window_that_is_over_is_found_only_when_it_is_asked_for() -> None:
    counts = county(5)
    counts[9, 30:33] += 9
    assert all(one.last == 51 for one in hot_spots(counts, POSITIONS))
    best = hot_spots(counts, POSITIONS, Search(ends=52))[0]
    assert best.areas == (9,) and (best.first, best.last) == (30, 32)


def test_a_zone_is_no_wider_than_what_is_asked_for() -> None:
    counts = county(1)
    near = np.argsort(np.linalg.norm(POSITIONS - POSITIONS[5], axis=1))[:3]
    counts[near, -4:] += (4 + 2 * SIZES[near, None]).astype(int)
    reach = float(np.linalg.norm(POSITIONS[near[1]] - POSITIONS[5])) + 1e-9
    for search in (Search(most=2), Search(reach=reach)):
        best, *others = hot_spots(counts, POSITIONS, search)
        assert set(best.areas) < set(near.tolist()) and best.p == 1 / 1000
        assert all(len(one.areas) <= 2 for one in others) or search.most is None
    assert {len(one.areas) for one in hot_spots(counts, POSITIONS, Search(reach=0.0))} == {1}


def test_nothing_and_two_events_say_nothing() -> None:
    assert hot_spots(np.zeros((24, 52), dtype=int), POSITIONS) == []
    two = np.zeros((24, 52), dtype=int)
    two[1, -1] = 2
    assert hot_spots(two, POSITIONS) == []


def test_a_table_that_does_not_fit_its_places_is_refused() -> None:
    with pytest.raises(ValueError, match="one position an area"):
        hot_spots(np.zeros((3, 5), dtype=int), POSITIONS)
    with pytest.raises(ValueError, match="looks"):
        hot_spots(np.ones((24, 5), dtype=int), POSITIONS, looks=np.zeros((24, 5), dtype=int))
