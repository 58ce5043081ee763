"""The room's indicators over a period: whole, and by township, sector, origin and clause.

Rows are grouped once by what they are divided by and by what the counts ask (`Population.facets`); every
count is then a sum over groups, so that all numbers of a page come from the same rows at the same moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count as Rows
from django.db.models import QuerySet

from anwei.cases.periods import Span
from anwei.hazards.counts import CLAUSE, COUNTS, FEWEST, TOWNSHIP, Count, Dimension, Population
from anwei.hazards.overdue import BANDS, NOT_OVERDUE
from anwei.hazards.timing import DECIDED
from anwei.org.holdings import day_of
from anwei.org.models import Person

BAND_COUNTS = tuple(Count(key, "", {"overdue": key}, of_period=False) for key, _fewest in BANDS)
STANDING_FACETS = ("overdue", "grade", "open", "counted")
Numbers = Counter[str]


@dataclass
class Rates:
    """The numbers of a period by key of the count; those of a division by its value ("" for none)."""

    whole: Numbers = field(default_factory=Counter)
    by: dict[Dimension, dict[str, Numbers]] = field(default_factory=dict)
    before: Numbers = field(default_factory=Counter)  # found in as many days before, by clause; "" for all


def share(n: int, of: int) -> float | None:
    """Return the share, None where the sample is too small to tell one."""
    return n / of if of >= FEWEST else None


def rates(population: Population, person: Person | None, now: datetime, span: Span) -> Rates:
    """Return the numbers that a person sees (None: all); four queries whatever there is."""
    in_period = population.found_in(person, now, span)
    of_period = [one for one in COUNTS if one.of_period]
    of_now = [*(one for one in COUNTS if not one.of_period), *BAND_COUNTS]
    found = Rates(by={one: defaultdict(Counter) for one in population.by})
    for rows, counts, facets in (
        (in_period, of_period, population.facets),
        (population.standing(person, now), of_now, STANDING_FACETS),
    ):
        divided = _divided(rows, population.by, counts, facets)
        for dimension in population.by:
            for value, numbers in divided[dimension].items():
                found.by[dimension][value].update(numbers)
        found.whole.update(sum(divided[population.by[0]].values(), Counter()))
    if population.clause_facets:
        found.by |= _divided(in_period, (CLAUSE,), of_period, population.clause_facets)
        before = population.found_in(person, now, span.before(day_of(now))).filter(counted=True)
        found.before.update(dict(before.order_by().values_list(CLAUSE).annotate(n=Rows("pk"))))
        found.before[""] = found.before.total()
    return found


def places_of(
    population: Population, person: Person | None, now: datetime, span: Span, clauses: Collection[str] | None
) -> dict[str, Counter[str]]:
    """Return in which townships clauses were found how often (None: every clause)."""
    rows = population.found_in(person, now, span).filter(counted=True)
    if clauses is not None:
        rows = rows.filter(clause__in=clauses)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for clause, township, n in rows.order_by().values_list(CLAUSE, TOWNSHIP).annotate(n=Rows("pk")):
        found[clause][township] = n
    return found


def _divided(
    rows: QuerySet[Any], by: Sequence[Dimension], counts: Iterable[Count], facets: Sequence[str]
) -> dict[Dimension, dict[str, Numbers]]:
    """Group once in the database; return the counts by each of the dimensions and its values."""
    grouped: dict[Dimension, Counter[tuple[Any, ...]]] = {one: Counter() for one in by}
    for group in rows.order_by().values_list(*by, *facets).annotate(n=Rows("pk")):
        told, n = group[len(by) : -1], group[-1]
        for place, dimension in enumerate(by):
            grouped[dimension][group[place], told] += n
    told_by = _Telling(counts, facets)
    divided: dict[Dimension, dict[str, Numbers]] = {}
    for dimension, groups in grouped.items():
        values: dict[str, Numbers] = defaultdict(Counter)
        for (value, told), n in groups.items():
            numbers = values[value]
            for key in told_by[told]:
                numbers[key] += n
        divided[dimension] = values
    return divided


class _Telling(dict[tuple[Any, ...], list[str]]):
    """Which counts hold for the values of facets; each is worked out once."""

    def __init__(self, counts: Iterable[Count], facets: Sequence[str]) -> None:
        super().__init__()
        self.counts, self.facets = list(counts), facets

    def __missing__(self, told: tuple[Any, ...]) -> list[str]:
        group = dict(zip(self.facets, told, strict=True))
        if "timing" in group:  # what follows from it would cost the database a look at every row
            group["decided"] = group["timing"] in DECIDED
        if "overdue" in group:
            group["past_limit"] = group["overdue"] != NOT_OVERDUE
        self[told] = [one.key for one in self.counts if one.where.keys() <= group.keys() and one.holds(group)]
        return self[told]
