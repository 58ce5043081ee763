"""The methods against formalism, with numbers that can be reckoned by hand."""

from __future__ import annotations

from math import exp

import pytest

from anwei.standards.formalism.peers import Tally, at_most, benjamini_hochberg, few, many
from anwei.standards.formalism.signals import Family, Signal, is_suggested, may_be_named
from anwei.standards.formalism.words import alike


def test_counts_are_poisson_without_spread_and_negative_binomial_with_it() -> None:
    assert at_most(0, 3.0) == pytest.approx(exp(-3))
    assert at_most(2, 3.0) == pytest.approx(exp(-3) * (1 + 3 + 4.5))
    assert at_most(0, 3.0, 0.5) == pytest.approx((1 + 1.5) ** -2)  # (1 + alpha mu) ** (-1 / alpha)
    assert at_most(1, 3.0, 0.5) == pytest.approx((2.5) ** -2 * (1 + 2 * 1.5 / 2.5))


def test_benjamini_and_hochberg_s_own_example() -> None:
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert benjamini_hochberg(p) == {0, 1, 2, 3}  # J. R. Statist. Soc. B 57, page 295


def test_few_against_peers_is_told_only_where_it_can_be() -> None:
    peers = [Tally(key, "chemical/small", 9, 6) for key in range(1, 8)]
    [zero, *_rest] = few([Tally(0, "chemical/small", 0, 6), *peers])
    assert zero.is_unusual and zero.expected == pytest.approx(9) and zero.peers_count == 63
    [new, *_rest] = few([Tally(0, "chemical/small", 0, 1), *peers])
    assert new.probability is None  # 1.5 expected: zero is not rare
    [alone, *_rest] = few([Tally(0, "coal/large", 0, 60), *peers])
    assert alone.probability is None and alone.n_peers == 0
    wild = [Tally(key, "g", count, 6) for key, count in enumerate([0, 0, 1, 30, 2, 0, 25, 1], start=1)]
    [among, *_rest] = few([Tally(0, "g", 0, 6), *wild])
    assert not among.is_unusual  # such peers have good plants among them


def test_many_needs_three_and_another_of_the_kind_hides_none() -> None:
    peers = [Tally(key, "county", 0, 20) for key in range(2, 10)]
    both = many([Tally(0, "county", 8, 20), Tally(1, "county", 9, 20), *peers])
    assert [one.is_unusual for one in both[:3]] == [True, True, False]
    assert not any(one.is_unusual for one in many([Tally(0, "county", 2, 20), *peers]))


def test_two_signals_from_one_fact_name_nobody() -> None:
    haste = Signal("minutes", Family.HASTE, frozenset({"time:1", "photo:1"}))
    presence = Signal("far_verified", Family.PRESENCE, frozenset({"photo:1"}))
    words = Signal("same_words_verified", Family.WORDS, frozenset({"text:1"}))
    strong = Signal("two_places", Family.PRESENCE, frozenset({"photo:1"}), is_strong=True)
    assert not may_be_named([haste, presence]) and not is_suggested([haste, presence])
    assert may_be_named([haste, words]) and is_suggested([haste, words])
    assert is_suggested([strong]) and not may_be_named([strong])


def test_texts_are_grouped_where_all_but_a_word_is_the_same() -> None:
    long = "现场检查压力表已经更换为检定合格的新表并核对了编号和量程，操作工现场演示了读数和记录，符合要求"
    texts = [long, long.replace("，", ""), long.replace("新表", "好表"), "已整改", "已整改"]
    texts.append("电气线路重新敷设并穿管保护，接地电阻测试合格，标识齐全")
    assert alike(texts) == [[0, 1, 2]]
