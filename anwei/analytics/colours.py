"""The colour suggested for an enterprise: by points, or by what a model says and later months bear out.

A place in the list gives no colour: somebody is always the first. What a model says counts where it was
right: on months that it had not learned from, by what was chosen and calibrated on other enterprises, those
to whom it would have given the colour were harmed so often that the exact interval lies above `proven` times
the rate. Weeks that overlap are not counted twice, and months of one enterprise that are alike are one
witness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anwei.methods.clustered import clustered_share_interval
from anwei.standards.watch import COLOURS, Level, WatchRules

WEEKS_A_YEAR = 52
GRAVE = ("red", "orange")  # who has such a colour stands before all others


@dataclass(frozen=True)
class Held:
    """What a model said of rows that it had not learned from, and who was harmed after.

    `base` is the rate of the months that they are from, None where there are none; it moves with the years.
    """

    probabilities: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    harmed: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    keys: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # of the enterprises
    base: float | None = None


@dataclass(frozen=True)
class Proof:
    """What came of those to whom a model would have given a colour; it may give it where that `holds`."""

    key: str
    cut: float  # the least probability
    n: int
    n_harmed: int
    low: float
    high: float
    holds: bool


def is_shown(cut: float | None, probability: float | None) -> bool:
    """Say whether a probability reaches what a model must say for a colour (None: it may give none)."""
    return cut is not None and probability is not None and probability >= cut


@dataclass(frozen=True)
class Colours:
    """The rules of the colours with what the model in force has proven of each."""

    levels: tuple[Level, ...]
    proofs: tuple[Proof, ...] = ()

    def of(self, points: int, probability: float | None) -> str:
        """Return the gravest colour that points or a probability give; "" for none."""
        cuts = {proof.key: proof.cut for proof in self.proofs if proof.holds}
        for level in self.levels:
            if points >= level.points or is_shown(cuts.get(level.key), probability):
                return level.key
        return ""

    def kept(self) -> list[dict[str, Any]]:
        """Return them as a list of the week keeps them."""
        proofs = {proof.key: asdict(proof) for proof in self.proofs}
        return [asdict(level) | proofs.get(level.key, {}) for level in self.levels]


def colours_of(rules: WatchRules, held: Held, base: float) -> Colours:
    """Return the colours with what a model has proven on `held`, `base` being the county's rate.

    The gravest first; those whom it may give one are not counted again as proof of a lesser. An enterprise in
    several months is no more than one witness where its months are alike.
    """
    proofs, upper, sure = [], np.inf, _sure(rules)
    for level in sorted(rules.levels, key=lambda one: COLOURS.index(one.key)):
        cut = level.lift * base
        inside = (held.probabilities >= cut) & (held.probabilities < upper)
        harmed = held.harmed[inside]
        low, high = clustered_share_interval(harmed, held.keys[inside], sure)
        n, n_harmed, holds = len(harmed), int(harmed.sum()), len(harmed) > 0 and low >= level.proven * base
        proofs.append(Proof(level.key, cut, n, n_harmed, round(low, 4), round(high, 4), holds))
        upper = cut if holds else upper
    return Colours(rules.levels, tuple(proofs))


def _sure(rules: WatchRules) -> float:
    """Return how sure each proof must be for a year to be as sure as the county asks (Bonferroni).

    A proof rests on weeks that are over: each span of so many weeks is one more chance to be wrong.
    """
    return 1 - (1 - rules.figures["sure"] / 100) * min(1.0, rules.figures["weeks"] / WEEKS_A_YEAR)


def in_order(
    points: Sequence[int], probabilities: Sequence[float] | None, levels: Sequence[str] = ()
) -> list[int]:
    """Return the rows in the order of a list: red and orange ones first, then by probability, else by points.

    Ties keep the order of the table, which is by key.
    """
    if probabilities is None:
        return sorted(range(len(points)), key=lambda row: (-points[row], row))
    grave = [GRAVE.index(level) if level in GRAVE else len(GRAVE) for level in levels] or [0] * len(points)
    return sorted(range(len(points)), key=lambda row: (grave[row], -probabilities[row], -points[row], row))
