"""How what was filed in a month ended, by township: filed, closed, in time, overdue (see `hazards.timing`).

A row belongs to the month in which it was filed, so a month's numbers may still change while it has open
rows. What is not counted (merged, untrue, a duplicate) stands beside, never in the sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from anwei.hazards.models import Hazard, PastHazard
from anwei.hazards.timing import NOT_COUNTED, ON_TIME, OVERDUE, timed_hazards, timed_past
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.standards.calendar import COUNTY_TIME

OURS, ELSEWHERE = "hazards", "past-hazards"  # the codes of the registers that hold the rows
POPULATIONS = (OURS, ELSEWHERE)
Place = tuple[str, str]  # month ("2026-11") and township code


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a month and township; `not_counted` is in none of the others."""

    filed: int = 0
    closed: int = 0
    on_time: int = 0
    overdue: int = 0
    not_counted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass
class Closures:
    """Counts by population, month and township."""

    by_place: dict[str, dict[Place, Counts]] = field(default_factory=dict)

    def of(self, population: str, *, month: str = "", township: str = "") -> Counts:
        """Return the sum over what is named of one population."""
        rows = self.by_place.get(population, {}).items()
        found = (
            counts
            for (its_month, its_township), counts in rows
            if month in ("", its_month) and township in ("", its_township)
        )
        return sum(found, Counts())

    def months(self, township: str = "") -> list[str]:
        """Return the months with rows (of one township), the newest first."""
        return sorted({month for month, code in self._places() if township in ("", code)}, reverse=True)

    def townships(self, month: str = "") -> list[str]:
        """Return the codes of the townships with rows (of one month)."""
        return sorted({code for its, code in self._places() if month in ("", its)})

    def _places(self) -> Iterable[Place]:
        return (place for rows in self.by_place.values() for place in rows)


def closures(
    person: Person | None, now: datetime, *, year: int | None = None, populations: Iterable[str] = POPULATIONS
) -> Closures:
    """Return the counts that a person sees (None: all), of what was filed in a year or ever."""
    asked = {OURS: _ours, ELSEWHERE: _elsewhere}
    return Closures({code: _counted(asked[code](person, now, year)) for code in populations})


def years(person: Person | None) -> list[int]:
    """Return the years in which something was filed, the newest first, and those between."""
    found: list[date] = []
    for rows, column in ((_seen(Hazard, person), "found_at"), (_seen(PastHazard, person), "filed_on")):
        ends: Mapping[str, Any] = rows.order_by().aggregate(first=Min(column), last=Max(column))
        found += [
            day_of(end) if isinstance(end, datetime) else end for end in ends.values() if end is not None
        ]
    return list(range(max(found).year, min(found).year - 1, -1)) if found else []


def _ours(person: Person | None, now: datetime, year: int | None) -> QuerySet[Any]:
    rows = timed_hazards(_seen(Hazard, person), now)
    if year is None:
        return rows
    begin, end = (datetime(one, 1, 1, tzinfo=COUNTY_TIME).astimezone(UTC) for one in (year, year + 1))
    return rows.filter(found_at__gte=begin, found_at__lt=end)


def _elsewhere(person: Person | None, now: datetime, year: int | None) -> QuerySet[Any]:
    rows = timed_past(_seen(PastHazard, person), day_of(now))
    return rows if year is None else rows.filter(filed_on__range=(date(year, 1, 1), date(year, 12, 31)))


def _seen(model: Any, person: Person | None) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.all() if person is None else model.objects.visible_to(person)
    return rows


def _counted(rows: QuerySet[Any]) -> dict[Place, Counts]:
    """Group in the database by month, township and what became of the rows."""
    groups = rows.order_by().values("month", "township", "timing", "closed").annotate(n=Count("pk"))
    found: dict[Place, Counts] = defaultdict(Counts)
    for group in groups:
        place = group["month"], group["township"]
        found[place] += _as_counts(group["timing"], group["closed"], group["n"])
    return dict(found)


def _as_counts(timing: str, is_closed: bool, n: int) -> Counts:
    if timing == NOT_COUNTED:
        return Counts(not_counted=n)
    return Counts(
        filed=n,
        closed=n if is_closed else 0,
        on_time=n if timing == ON_TIME else 0,
        overdue=n if timing == OVERDUE else 0,
    )
