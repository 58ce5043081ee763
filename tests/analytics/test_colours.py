"""Colours stand on evidence: points, or what a model said of months that it had not learned from and was right."""

from __future__ import annotations

import numpy as np
import pytest

from anwei.analytics.colours import Colours, Held, colours_of, in_order
from anwei.analytics.learning import best_method
from anwei.analytics.scoring import Reason
from anwei.analytics.weekly import weightiest
from anwei.methods.ranking.backtest import area, area_gained
from anwei.standards.watch import watch_rules

RULES = watch_rules({})
BASE, N_COUNTIES = 0.04, 300
Floats = np.ndarray


def held(rng: np.random.Generator, spread: float, *, is_true: bool, n: int = 1000) -> Held:
    """What a model said of n rows with so much spread; what came of them follows it, or nothing."""
    odds = rng.normal(0, spread, n)
    said = 1 / (1 + np.exp(-(odds + np.log(BASE) - spread**2 / 2)))
    return Held(said, rng.random(n) < (said if is_true else BASE), np.arange(n))


def test_a_place_gives_no_colour_and_points_do() -> None:
    colours = Colours(RULES.levels)
    assert [colours.of(points, 0.9) for points in (0, 19, 20, 30, 40, 60)] == [
        "", "", "blue", "yellow", "orange", "red",
    ]  # fmt: skip
    own = watch_rules({"levels": {"blue": {"points": 22, "share": 0.2}}})  # a share was a number once
    assert Colours(own.levels).of(21, None) == ""


def test_a_model_colours_what_later_months_bore_out() -> None:
    colours = colours_of(RULES, held(np.random.default_rng(1), 1.5, is_true=True, n=10_000), BASE)
    proofs = {proof.key: proof for proof in colours.proofs}
    assert all(proof.holds for proof in proofs.values())
    assert proofs["red"].low >= 4 * BASE
    assert colours.of(0, 8 * BASE) == "red"
    assert colours.of(0, 5.5 * BASE) == "orange"
    assert colours.of(0, 1.9 * BASE) == ""
    assert colours.of(45, 2.5 * BASE) == "orange"  # the graver of both


def test_each_event_proves_one_colour() -> None:
    """A hundred said to be tenfold, all harmed, prove red; of those said to be sixfold none was, and no orange is."""
    said = np.array([0.4] * 100 + [0.24] * 50)
    colours = colours_of(RULES, Held(said, said > 0.3, np.arange(150)), BASE)
    assert {proof.key: (proof.n, proof.n_harmed, proof.holds) for proof in colours.proofs} == {
        "red": (100, 100, True),
        "orange": (50, 0, False),
        "yellow": (50, 0, False),
        "blue": (50, 0, False),
    }


def test_one_enterprise_in_many_months_proves_little() -> None:
    """Twenty months harmed of twenty said to be tenfold: red by as many enterprises, nothing by one alone."""
    said, harmed = np.full(20, 0.4), np.ones(20, bool)
    many, one = (
        colours_of(RULES, Held(said, harmed, keys), BASE) for keys in (np.arange(20), np.ones(20, int))
    )
    assert (many.of(0, 0.4), one.of(0, 0.4)) == ("red", "")


def test_without_a_signal_a_model_may_seldom_colour() -> None:
    """However far apart it says they are: of these looks one in 260 may hold by chance, 95 % sure of a year."""
    rng = np.random.default_rng(2)
    allowed = {level.key: 0 for level in RULES.levels}
    for _ in range(N_COUNTIES):
        for proof in colours_of(RULES, held(rng, 1.5, is_true=False), BASE).proofs:
            allowed[proof.key] += proof.holds
    assert allowed["blue"] <= 5, allowed  # 1.2 expected at most
    assert allowed["red"] + allowed["orange"] + allowed["yellow"] <= 2, allowed


def test_red_and_orange_stand_first() -> None:
    assert in_order([0, 45, 70, 12], [0.3, 0.01, 0.02, 0.1], ["", "orange", "red", "blue"]) == [2, 1, 0, 3]
    assert in_order([3, 45, 3, 12], None) == [1, 3, 0, 2]


def test_points_stay_until_another_is_surely_better() -> None:
    rng, n = np.random.default_rng(3), 1000
    taken = 0
    for _ in range(N_COUNTIES):
        event = rng.random(n) < BASE
        odds = {name: rng.normal(size=n) for name in ("points", "logistic", "boosting", "both")}
        taken += best_method(odds, event, np.full(n, fill_value=True)) != "points"
    assert taken <= 60  # of 300: one in twenty for each of three, which here know nothing of each other
    event = rng.random(n) < BASE
    odds = {name: rng.normal(size=n) for name in ("points", "boosting", "both")} | {
        "logistic": event + rng.normal(size=n)
    }
    assert best_method(odds, event, np.full(n, fill_value=True)) == "logistic"


def test_the_error_of_a_gain_is_that_of_counties_drawn_again() -> None:
    rng, n = np.random.default_rng(4), 600

    def drawn() -> tuple[Floats, Floats, Floats]:
        event = rng.random(n) < 0.1
        one = np.round(rng.normal(size=n) + event, 1)  # with ties
        return one, np.round(one + rng.normal(size=n), 1), event

    one, other, event = drawn()
    gained, error = area_gained(one, other, event)
    assert gained == pytest.approx(area(one, event) - area(other, event))
    gains = [area(a, e) - area(b, e) for a, b, e in (drawn() for _ in range(400))]
    assert error == pytest.approx(np.std(gains), rel=0.25)


def test_a_model_does_not_crowd_out_what_gave_the_points() -> None:
    facts = [Reason(f"fact{n}", 1.0, points=n, share=-0.1) for n in range(1, 11)]
    others = [Reason(f"other{n}", 1.0, share=0.1 * n) for n in range(1, 6)]
    kept = [one.feature for one in weightiest([*reversed(others), *facts])]
    assert kept == ["other5", "other4", "other3", *(f"fact{n}" for n in range(3, 11))]
