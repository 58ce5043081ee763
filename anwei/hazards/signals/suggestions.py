"""What to look at again: closures, enterprises and inspectors, with their signals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from anwei.hazards.models import SignalReport
from anwei.hazards.signals.exposure import inspectors, self_checks, visits_between
from anwei.hazards.signals.facts import closed_between, closures_of
from anwei.standards.formalism.checks import OF_THE_VERIFIER, check
from anwei.standards.formalism.peers import Tally, few
from anwei.standards.formalism.people import Of, against_peers, hardly_any
from anwei.standards.formalism.signals import Family, Signal, is_suggested, may_be_named, n_independent

WINDOW = timedelta(days=180)
OF_A_PLANT = (Family.WORDS, Family.PHOTOS, Family.RECURRENCE)
OF_A_VERIFIER = (Family.WORDS, Family.PHOTOS, Family.HASTE, Family.PRESENCE)
EVERYBODY = "county"

Told = dict[str, Any]


class Subject(TypedDict):
    """One closure, enterprise or person, by key, with its signals as `told` writes them."""

    key: int
    n_independent: int
    signals: list[Told]


class Report(TypedDict):
    """The content of a SignalReport. `others` are the keys of closures without any signal."""

    start: str
    n_closures: int
    hazards: list[Subject]
    enterprises: list[Subject]
    inspectors: list[Subject]
    others: list[int]
    n_enterprises: int
    n_enterprises_few: int  # too few to compare (样本不足)
    n_inspectors: int
    n_inspectors_few: int


def report(now: datetime) -> Report:
    """Return what the records of the last half year suggest."""
    start = now - WINDOW
    hazards = closed_between(start, now)
    closures = closures_of(hazards)
    signals = check(closures)
    own = {key: [one for one in each if one.code in OF_THE_VERIFIER] for key, each in signals.items()}
    visits = visits_between(start, now)
    plants, people = self_checks(start, now, visits), inspectors(visits)
    by_plant = {one.pk: Of(one.enterprise_id, EVERYBODY) for one in hazards if one.enterprise_id}
    verifiers = {
        one.key: Of(one.verified.person, EVERYBODY) for one in closures if one.verified.person is not None
    }
    return Report(
        start=start.isoformat(),
        n_closures=len(closures),
        hazards=_chosen({key: each for key, each in signals.items() if is_suggested(each)}),
        enterprises=_chosen(
            {
                key: each
                for key, each in _joined(
                    hardly_any(plants, "few_self_checks", "self_checks", is_strong=True),
                    against_peers(closures, signals, by_plant, OF_A_PLANT),
                ).items()
                if is_suggested(each)
            }
        ),
        inspectors=_chosen(
            {
                key: each
                for key, each in _joined(
                    hardly_any(people, "few_findings", "findings"),
                    against_peers(closures, own, verifiers, OF_A_VERIFIER),
                ).items()
                if may_be_named(each)
            }
        ),
        others=sorted(one.key for one in closures if one.key not in signals),
        n_enterprises=len(plants),
        n_enterprises_few=_n_too_few(plants),
        n_inspectors=len(people),
        n_inspectors_few=_n_too_few(people),
    )


def compute(now: datetime) -> SignalReport:
    """Compute what is suggested and keep it in the place of what was."""
    kept, _created = SignalReport.objects.update_or_create(pk=1, defaults={"at": now, "content": report(now)})
    return kept


def newest() -> SignalReport | None:
    """Return what was computed last, None before the first time."""
    return SignalReport.objects.filter(pk=1).first()


def told(signal: Signal) -> Told:
    """Return a signal as a report keeps it."""
    return {
        "code": signal.code,
        "family": str(signal.family),
        "strong": signal.is_strong,
        "facts": sorted(signal.facts),
        "told": dict(signal.told),
    }


def _chosen(found: Mapping[int, Sequence[Signal]]) -> list[Subject]:
    """Return subjects, those with most independent signals first, then most strong ones."""
    order = sorted(
        found.items(),
        key=lambda one: (-n_independent(one[1]), -sum(signal.is_strong for signal in one[1]), -one[0]),
    )
    return [
        Subject(key=key, n_independent=n_independent(each), signals=[told(signal) for signal in each])
        for key, each in order
    ]


def _joined(single: Mapping[int, Signal], several: Mapping[int, Iterable[Signal]]) -> dict[int, list[Signal]]:
    keys = {*single, *several}
    return {key: [*([single[key]] if key in single else []), *several.get(key, ())] for key in sorted(keys)}


def _n_too_few(tallies: Sequence[Tally]) -> int:
    return sum(one.probability is None for one in few(tallies))
