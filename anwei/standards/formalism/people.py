"""What the closures of one person or one enterprise tell together, against those of their peers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anwei.standards.formalism.closures import Closure
from anwei.standards.formalism.peers import Comparison, Tally, few, many
from anwei.standards.formalism.signals import Family, Signal


@dataclass(frozen=True)
class Of:
    """Whose a closure is counted as: the verifier's or the enterprise's key, and the name of the peers."""

    key: int
    group: str


def against_peers(
    closures: Sequence[Closure],
    signals: Mapping[int, Sequence[Signal]],
    of: Mapping[int, Of],
    families: Sequence[Family],
) -> dict[int, list[Signal]]:
    """Return for each subject the families of which its closures have more than those of its peers.

    `of` names by closure whose it is. A family's signal rests on all the facts of its closures, so that two
    families told of the same photos stay one.
    """
    found: dict[int, list[Signal]] = defaultdict(list)
    own: dict[int, list[Closure]] = defaultdict(list)
    groups: dict[int, str] = {}
    for one in closures:
        if one.key in of:
            own[of[one.key].key].append(one)
            groups[of[one.key].key] = of[one.key].group
    for family in families:
        told = {
            one.key: [each for each in signals.get(one.key, ()) if each.family == family] for one in closures
        }
        tallies = [
            Tally(key, groups[key], sum(bool(told[one.key]) for one in rows), len(rows))
            for key, rows in own.items()
        ]
        for compared in many(tallies):
            if compared.is_unusual:
                key = compared.tally.key
                each = [signal for one in own[key] for signal in told[one.key]]
                rests_on = frozenset[str]().union(*(signal.facts for signal in each))
                found[key].append(Signal(f"often_{family}", family, rests_on, told=counts(compared)))
    return dict(found)


def hardly_any(
    tallies: Sequence[Tally], code: str, fact: str, *, is_strong: bool = False
) -> dict[int, Signal]:
    """Return a signal for each subject that found too few against its peers; `fact` names the records."""
    return {
        one.tally.key: Signal(
            code, Family.PEERS, frozenset({f"{fact}:{one.tally.key}"}), is_strong, counts(one)
        )
        for one in few(tallies)
        if one.is_unusual
    }


def counts(one: Comparison) -> dict[str, int | float]:
    """Return the counts that a comparison rests on, for its sentence."""
    return {
        "count": one.tally.count,
        "exposure": round(one.tally.exposure),
        "expected": round(one.expected, 1),
        "n_peers": one.n_peers,
        "peers_count": one.peers_count,
        "peers_exposure": round(one.peers_exposure),
    }
