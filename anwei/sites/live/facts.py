"""The live facts of enterprises: this room declares the registry, every room that knows facts contributes.

A room contributes by a module `live_facts`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from anwei.sites.models import Enterprise
from anwei.standards.risk.live_colour import Fact

MOST_TOLD = 20  # facts of one kind with a sentence each; a flood of alarms must not swell the row

Source = Callable[[QuerySet[Enterprise], datetime], Iterable[tuple[int, Fact]]]

_sources: dict[str, Source] = {}


def register_fact_source(name: str, source: Source) -> None:
    """Add a source of facts: pairs of an enterprise's key and a fact, as they were at a moment."""
    _sources[name] = source


def sources() -> Collection[str]:
    """Return the names of all sources."""
    return _sources.keys()


def facts_of(
    enterprises: QuerySet[Enterprise], at: datetime, names: Collection[str] | None = None
) -> dict[str, dict[int, list[Fact]]]:
    """Return the facts of the enterprises at a moment by source (all, or those named) and enterprise."""
    asked = _sources if names is None else {name: _sources[name] for name in names}
    return {name: _told(source(enterprises, at)) for name, source in asked.items()}


def _told(pairs: Iterable[tuple[int, Fact]]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    told: Counter[tuple[int, str]] = Counter()
    rest: Counter[tuple[int, str]] = Counter()
    for enterprise, fact in pairs:
        key = enterprise, fact.key
        told[key] += 1
        if told[key] > MOST_TOLD:
            rest[key] += fact.count
        else:
            found.setdefault(enterprise, []).append(fact)
    for (enterprise, name), n in rest.items():
        found[enterprise].append(Fact(name, n, f"… +{n}"))
    return found
