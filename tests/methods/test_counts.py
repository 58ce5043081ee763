"""Small counts: exact intervals against published tables and sums, comparisons against enumeration."""

from __future__ import annotations

from math import comb, exp, factorial

import numpy as np
import pytest
from scipy.stats import binom

from anwei.methods.clustered import clustered_share_interval
from anwei.methods.counts import Verdict, compare, exceeds, interval, share_interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (3, 0.6187, 8.7673), (10, 4.7954, 18.3904)],
)
def test_the_interval_is_garwood_s(count: int, low: float, high: float) -> None:
    """95 % limits as in Garwood's table (1936)."""
    assert interval(count) == pytest.approx((low, high), abs=1e-3)


@pytest.mark.parametrize(("count", "mean"), [(1, 0.4), (3, 2.5), (7, 3.0)])
def test_the_tail_is_the_sum_of_its_terms(count: int, mean: float) -> None:
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    assert exceeds(count, mean) == pytest.approx(1 - below)
    assert exceeds(0, mean) == 1.0 and exceeds(2, 0.0) == 0.0


def by_hand(count: int, both: int, share: float) -> float:
    """Add the chances of every split that is no likelier than this one."""
    chances = [comb(both, k) * share**k * (1 - share) ** (both - k) for k in range(both + 1)]
    return sum(p for p in chances if p <= chances[count] * (1 + 1e-7))


@pytest.mark.parametrize(
    ("count", "before", "length", "length_before"), [(8, 2, 1, 1), (3, 9, 1, 2), (5, 5, 1, 1), (12, 8, 1, 2)]
)
def test_two_counts_are_compared_by_every_split(
    count: int, before: int, length: float, length_before: float
) -> None:
    found = compare(count, before, exposure=length, exposure_before=length_before)
    assert found.p == pytest.approx(by_hand(count, count + before, length / (length + length_before)))


def test_words_follow_from_chance() -> None:
    assert compare(0, 0).verdict is Verdict.TOO_FEW
    assert compare(5, 0).verdict is Verdict.TOO_FEW  # 5 : 0 comes in 2 of 32 coin tosses
    assert compare(6, 0).verdict is Verdict.MORE
    assert compare(0, 6).verdict is Verdict.FEWER
    assert compare(6, 4).verdict is Verdict.SAME
    assert compare(8, 2).verdict is Verdict.SAME  # p = 0.109: four times as many, and still chance
    assert compare(6, 12, exposure_before=2).verdict is Verdict.SAME
    assert compare(20, 12, exposure_before=2).verdict is Verdict.MORE


def test_of_daily_counts_few_are_called_unusual_where_nothing_changes() -> None:
    """Every outcome of a day and the three before at a steady rate, by its chance: no more than promised."""
    for rate in (0.3, 2.0):
        of_one = [exp(-rate) * rate**n / factorial(n) for n in range(20)]
        of_three = [exp(-3 * rate) * (3 * rate) ** n / factorial(n) for n in range(40)]
        said = sum(
            one * three
            for n, one in enumerate(of_one)
            for before, three in enumerate(of_three)
            if compare(n, before, exposure_before=3, rare=0.01).verdict in {Verdict.MORE, Verdict.FEWER}
        )
        assert said < 0.01


def test_what_is_no_count_is_refused() -> None:
    for call in (lambda: interval(-1), lambda: compare(-1, 0), lambda: compare(1, 1, exposure=0)):
        with pytest.raises(ValueError, match="count"):
            call()


@pytest.mark.parametrize(("count", "of"), [(0, 5), (5, 5), (3, 17), (1, 400)])
def test_the_interval_of_a_share_holds_its_level(count: int, of: int) -> None:
    """Clopper and Pearson: at each end the tail beyond the count has the probability that is left to it."""
    low, high = share_interval(count, of)
    assert 0 <= low <= count / of <= high <= 1
    if count:
        assert binom.sf(count - 1, of, low) == pytest.approx(0.025)
    if count < of:
        assert binom.cdf(count, of, high) == pytest.approx(0.025)


def test_of_nothing_no_share_is_known() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)


def test_rows_of_one_cluster_are_no_more_than_one_witness() -> None:
    """Rows that each stand alone give the exact interval; told three times over they say no more than once."""
    rng = np.random.default_rng(1)
    happened, own = rng.random(200) < 0.2, np.arange(200)
    once = clustered_share_interval(happened, own, 0.95)
    assert once == pytest.approx(share_interval(int(happened.sum()), 200), abs=0.002)
    thrice = clustered_share_interval(np.tile(happened, 3), np.tile(own, 3), 0.95)
    assert thrice == pytest.approx(once, abs=0.002)
    always = clustered_share_interval(np.ones(30, bool), np.repeat([0, 1, 2], 10), 0.95)
    assert always == pytest.approx(share_interval(3, 3))
    assert clustered_share_interval(np.array([True, False] * 5), np.zeros(10, int), 0.95)[0] < 0.1
    assert clustered_share_interval(np.zeros(0, bool), np.zeros(0, int), 0.95) == (0.0, 1.0)


def test_an_interval_of_clusters_holds_as_often_as_it_says() -> None:
    """Forty enterprises in four months each, some harmed often and most never: the plain interval is too narrow."""
    rng, own, n, held, plain = np.random.default_rng(2), np.repeat(np.arange(40), 4), 600, 0, 0
    for _ in range(n):
        happened = rng.random(160) < np.repeat(rng.beta(0.3, 1.2, 40), 4)
        low, high = clustered_share_interval(happened, own, 0.95)
        held += low <= 0.2 <= high
        low, high = share_interval(int(happened.sum()), 160)
        plain += low <= 0.2 <= high
    assert held >= 0.94 * n
    assert plain < 0.9 * n
