"""Counts against peers: how few, or how many, for so many visits; with the counts, and silence where too few.

A count of a subject with exposure e is compared with what its peers' rate m gives for e. Peers differ among
themselves, so the count is Poisson with a rate that varies: negative binomial with variance mu + alpha mu^2,
alpha by moments from the peers (NB2; Cameron and Trivedi, Regression Analysis of Count Data, Cambridge 1998,
chapter 3); with alpha 0 that is Poisson. The subject itself is never among its peers. Of all
comparisons made at once at most `FALSE_SHARE` of those reported are expected to be chance (Benjamini and
Hochberg, J. R. Statist. Soc. B 57, 1995, 289-300).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, log1p

FALSE_SHARE = 0.05
FEWEST_PEERS = 5  # of fewer the spread cannot be told
FEWEST_EXPECTED = 3.0  # below it a count of zero is not rare: exp(-3) = 0.05
FEWEST_INCIDENTS = 3  # one is a mistake, two may be
SET_ASIDE = 0.2  # of the peers, those with the highest rates: another of the same kind must not hide one


@dataclass(frozen=True)
class Tally:
    """What was counted of one subject; `group` names its peers, `exposure` the visits, months or closures."""

    key: int
    group: str
    count: int
    exposure: float


@dataclass(frozen=True)
class Comparison:
    """A tally beside its peers; without `probability` the sample is too small (样本不足)."""

    tally: Tally
    expected: float
    n_peers: int
    peers_count: int
    peers_exposure: float
    probability: float | None
    is_unusual: bool = False


def few(tallies: Sequence[Tally]) -> list[Comparison]:
    """Compare all at once; unusual are those that counted too few for chance."""
    return _judged([_compared(one, peers, upper=False) for one, peers in _with_peers(tallies)])


def many(incidents: Sequence[Tally]) -> list[Comparison]:
    """Compare all at once; unusual are those that counted too many for chance, and three at least.

    The peers with the highest rates are set aside, as outlying peers are where a spread is estimated
    (Spiegelhalter, Statistics in Medicine 24, 2005, 1185-1202, winsorises them). One incident is added to the
    peers' own: where nobody else has any, one is still no proof.
    """
    return _judged([_compared(one, peers, upper=True) for one, peers in _with_peers(incidents)])


def benjamini_hochberg(probabilities: Sequence[float], share: float = FALSE_SHARE) -> set[int]:
    """Return the places of the probabilities that are rejected at a false discovery rate of `share`."""
    order = sorted(range(len(probabilities)), key=lambda place: probabilities[place])
    last = 0
    for rank, place in enumerate(order, start=1):
        if probabilities[place] <= share * rank / len(order):
            last = rank
    return set(order[:last])


def at_most(count: int, mean: float, dispersion: float = 0.0) -> float:
    """Return the probability of `count` or fewer where `mean` is expected; dispersion 0 is Poisson."""
    if mean <= 0:
        return 1.0
    size = 1 / dispersion if dispersion > 0 else 0.0
    odds = dispersion * mean / (1 + dispersion * mean)
    term = -size * log1p(dispersion * mean) if size else -mean  # in logarithms: exp(-800) is nought
    terms = [term]
    for k in range(1, count + 1):
        term += log((k - 1 + size) / k * odds if size else mean / k)
        terms.append(term)
    largest = max(terms)
    return min(1.0, exp(largest + log(sum(exp(one - largest) for one in terms))))


def _with_peers(tallies: Sequence[Tally]) -> list[tuple[Tally, list[Tally]]]:
    groups: dict[str, list[Tally]] = defaultdict(list)
    for one in tallies:
        groups[one.group].append(one)
    return [
        (one, [peer for peer in groups[one.group] if peer.key != one.key and peer.exposure > 0])
        for one in tallies
    ]


def _compared(one: Tally, peers: list[Tally], *, upper: bool) -> Comparison:
    if upper:
        peers = sorted(peers, key=lambda peer: (peer.count / peer.exposure, peer.key))
        peers = peers[: len(peers) - ceil(SET_ASIDE * len(peers))]
    count, exposure = sum(peer.count for peer in peers), sum(peer.exposure for peer in peers)
    rate = (count + upper) / exposure if exposure else 0.0
    expected = rate * one.exposure
    enough = len(peers) >= FEWEST_PEERS and one.exposure > 0
    probability = None
    if upper and enough:
        below = at_most(one.count - 1, expected, _dispersion(peers, rate)) if one.count else 0.0
        probability = 1 - below if one.count >= FEWEST_INCIDENTS else 1.0
    elif enough and expected >= FEWEST_EXPECTED:
        probability = at_most(one.count, expected, _dispersion(peers, rate))
    return Comparison(one, expected, len(peers), count, exposure, probability)


def _dispersion(peers: Sequence[Tally], rate: float) -> float:
    """Return alpha by moments, 0 where the peers do not differ more than chance makes them."""
    means = [rate * peer.exposure for peer in peers]
    squares = sum(mean * mean for mean in means)
    excess = sum((peer.count - mean) ** 2 - mean for peer, mean in zip(peers, means, strict=True))
    return max(0.0, excess / squares) if squares else 0.0


def _judged(compared: Sequence[Comparison]) -> list[Comparison]:
    told = [place for place, one in enumerate(compared) if one.probability is not None]
    chosen = benjamini_hochberg([compared[place].probability or 0.0 for place in told])
    unusual = {told[place] for place in chosen}
    return [
        Comparison(
            one.tally,
            one.expected,
            one.n_peers,
            one.peers_count,
            one.peers_exposure,
            one.probability,
            place in unusual,
        )
        for place, one in enumerate(compared)
    ]
