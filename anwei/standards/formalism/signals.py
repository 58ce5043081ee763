"""A signal, and when several of them are worth a second look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

NEEDED = 2  # independent signals without which nobody's name is shown


class Family(StrEnum):
    """What kind of fact a signal rests on."""

    PEERS = "peers"  # hardly anything found, against peers
    WORDS = "words"  # the same text where different things were done
    PHOTOS = "photos"  # one picture for two things, or older than what it is to prove
    HASTE = "haste"  # done faster than it can be done
    PRESENCE = "presence"  # the verifier was elsewhere
    RECURRENCE = "recurrence"  # found again after it was closed


@dataclass(frozen=True)
class Signal:
    """One reason for a second look.

    `code` says which sentence tells it and `told` what stands in it. `facts` are the rows it was computed
    from ("photo:12", "text:7", "time:7"): two signals from one fact are one signal told twice. A strong one
    is worth a look at a closure or an enterprise by itself.
    """

    code: str
    family: Family
    facts: frozenset[str]
    is_strong: bool = False
    told: Mapping[str, Any] = field(default_factory=dict, compare=False)


def are_independent(one: Signal, other: Signal) -> bool:
    """Say whether two signals are of different families and share no fact."""
    return one.family != other.family and not one.facts & other.facts


def n_independent(signals: Sequence[Signal]) -> int:
    """Return the size of the largest set of signals that are independent of each other, two by two."""
    for size in range(min(len(signals), len(Family)), 1, -1):
        for chosen in combinations(signals, size):
            if all(are_independent(one, other) for one, other in combinations(chosen, 2)):
                return size
    return min(1, len(signals))


def is_suggested(signals: Sequence[Signal]) -> bool:
    """Say whether a closure or an enterprise is worth a second look: a strong signal, or two independent."""
    return any(one.is_strong for one in signals) or n_independent(signals) >= NEEDED


def may_be_named(signals: Sequence[Signal]) -> bool:
    """Say whether an inspector's name may be shown: never for one signal, however strong."""
    return n_independent(signals) >= NEEDED
