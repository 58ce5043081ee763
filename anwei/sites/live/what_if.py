"""What the county would look like if some facts were settled: the same rules, with those facts left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from anwei.org.models import Territory
from anwei.sites.live.colouring import computed, shown_colour, stored_fact
from anwei.sites.live.keeping import Keeper, keepers
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
class Kept:
    """An enterprise whose colour stays although something would be settled there, and what keeps it."""

    enterprise: Enterprise
    colour: str
    keepers: tuple[Keeper, ...]


@dataclass(frozen=True)
class Ceiling:
    """The gravest colour of all, now and then; who would still have it, by what keeps it."""

    before: str
    after: str
    n: int
    keepers: tuple[tuple[str, str, int], ...]  # what keeps it, the rule in words, at how many enterprises


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
    kept: tuple[Kept, ...]
    ceiling: Ceiling | None
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
    turned, kept, n_settled = [], [], 0
    standing: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)  # why a colour is as it would be
    for row in rows.order_by("enterprise"):
        facts = [stored_fact(one) for one in row.facts]
        for key, of_kind in _by_kind(facts).items():
            n[key] += of_kind
            where[key] += 1
        gone = _settled_with(facts, settled)
        n_settled += sum(fact.count for fact in gone if fact.key in settled)
        left = computed(row.static, [fact for fact in facts if fact not in gone], rules)
        colour = shown_colour(row.static, left, rules) if gone else row.colour
        whys = tuple(keepers(left, colour, rules))
        standing[colour].update((why.label, why.rule) for why in whys)
        before[row.colour] += 1
        after[colour] += 1
        towns.setdefault(row.enterprise.unit.territory[:TOWNSHIP_DIGITS], []).append((row.colour, colour))
        if colour != row.colour:
            turned.append(Turned(row.enterprise, row.colour, colour, tuple(gone)))
        elif gone:
            kept.append(Kept(row.enterprise, colour, whys))
    kinds = tuple(Settled(kind, n[key], where[key]) for key, kind in fact_kinds().items() if n[key])
    counts = tuple((colour, before[colour], after[colour]) for colour in COLOURS)
    turned.sort(key=lambda one: (COLOURS.index(one.before), COLOURS.index(one.after), one.enterprise.pk))
    kept.sort(key=lambda one: (COLOURS.index(one.colour), one.enterprise.pk))
    ceiling = _ceiling(before, after, standing)
    return WhatIf(kinds, n_settled, counts, tuple(turned), tuple(kept), ceiling, _places(towns))


def _ceiling(
    before: Counter[str], after: Counter[str], standing: Mapping[str, Counter[tuple[str, str]]]
) -> Ceiling | None:
    """Return the gravest colour now and then, None where nothing has a colour."""
    if not before:
        return None
    was, then = (next(colour for colour in COLOURS if side[colour]) for side in (before, after))
    whys = tuple((label, rule, n) for (label, rule), n in standing[then].most_common())
    return Ceiling(was, then, after[then], whys)


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
