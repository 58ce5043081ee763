"""What the county would look like if some facts were settled: the same rules, with those facts left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from anwei.org.models import Territory
from anwei.sites.live.colouring import computed, shown_colour, stored_fact
from anwei.sites.live.rules import rules_in_force
from anwei.sites.models import Enterprise, Grade, LiveColour
from anwei.sites.queries import TOWNSHIP_DIGITS
from anwei.standards.risk.live_colour import Fact
from anwei.standards.risk.live_rules import FactKind, fact_kinds

COLOURS = (*Grade.values, "")  # the gravest first, "" is 未定级


@dataclass(frozen=True)
class Settled:
    """A kind of fact that stands somewhere now: how many, at how many enterprises."""

    kind: FactKind
    n: int
    n_enterprises: int


@dataclass(frozen=True)
class Turned:
    """An enterprise whose colour would be another."""

    enterprise: Enterprise
    before: str
    after: str
    facts: tuple[Fact, ...]  # what would be settled there


@dataclass(frozen=True)
class Place:
    """A township by its gravest colour, as the map shows it, now and then."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class WhatIf:
    """Counts of colours now and then, in the order of COLOURS; the enterprises and townships that turn."""

    kinds: tuple[Settled, ...]
    n_settled: int
    counts: tuple[tuple[str, int, int], ...]
    turned: tuple[Turned, ...]
    places: tuple[Place, ...]


def what_if(enterprises: QuerySet[Enterprise], settled: Collection[str]) -> WhatIf:
    """Return how the colours of the enterprises would be if all facts of the kinds `settled` were gone.

    What is settled is settled whole: a major hazard that is closed off is no longer open either, so every
    fact with the same page goes with it. The rules in force reckon both sides; nothing is written.
    """
    rules, seen = rules_in_force(), enterprises.order_by().values("pk")
    rows = LiveColour.objects.filter(enterprise__in=seen).select_related("enterprise__unit")
    n, where = Counter[str](), Counter[str]()
    before, after = Counter[str](), Counter[str]()
    towns: dict[str, list[tuple[str, str]]] = {}
    turned, n_settled = [], 0
    for row in rows.order_by("enterprise"):
        facts = [stored_fact(one) for one in row.facts]
        for key, of_kind in _by_kind(facts).items():
            n[key] += of_kind
            where[key] += 1
        gone = _settled_with(facts, settled)
        n_settled += sum(fact.count for fact in gone if fact.key in settled)
        colour = row.colour
        if gone:
            left = [fact for fact in facts if fact not in gone]
            colour = shown_colour(row.static, computed(row.static, left, rules), rules)
        before[row.colour] += 1
        after[colour] += 1
        towns.setdefault(row.enterprise.unit.territory[:TOWNSHIP_DIGITS], []).append((row.colour, colour))
        if colour != row.colour:
            turned.append(Turned(row.enterprise, row.colour, colour, tuple(gone)))
    kinds = tuple(Settled(kind, n[key], where[key]) for key, kind in fact_kinds().items() if n[key])
    counts = tuple((colour, before[colour], after[colour]) for colour in COLOURS)
    turned.sort(key=lambda one: (COLOURS.index(one.before), COLOURS.index(one.after), one.enterprise.pk))
    return WhatIf(kinds, n_settled, counts, tuple(turned), _places(towns))


def _by_kind(facts: Iterable[Fact]) -> Counter[str]:
    found = Counter[str]()
    for fact in facts:
        found[fact.key] += fact.count
    return found


def _settled_with(facts: list[Fact], settled: Collection[str]) -> list[Fact]:
    links = {fact.link for fact in facts if fact.key in settled and fact.link}
    return [fact for fact in facts if fact.key in settled or fact.link in links]


def _places(towns: dict[str, list[tuple[str, str]]]) -> tuple[Place, ...]:
    names = dict(Territory.objects.filter(code__in=towns).values_list("code", "name"))
    gravest = {
        code: tuple(min(pair[side] for pair in map(_ranks, pairs)) for side in (0, 1))
        for code, pairs in towns.items()
    }
    return tuple(
        Place(names.get(code, code), COLOURS[now], COLOURS[then])
        for code, (now, then) in sorted(gravest.items())
        if now != then
    )


def _ranks(pair: tuple[str, str]) -> tuple[int, int]:
    return COLOURS.index(pair[0]), COLOURS.index(pair[1])
