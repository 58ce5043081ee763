"""Figures as they are told everywhere: frozen where a month was frozen, from the records where it was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from anwei.cases.counted_rows import Cell
from anwei.cases.indicators import Indicator, Number, Values, indicators
from anwei.cases.periods import Span
from anwei.ledgers.declaration import seen
from anwei.org.models import Person
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import grants
from anwei.oversight.models import FrozenFigure, FrozenMonth

MONTHS = 12


def month_keys(year: int, last: int = MONTHS) -> list[str]:
    """Return the months of a year up to `last` as periods spell them."""
    return [f"{year}-{month:02d}" for month in range(1, last + 1)]


def newest_issues(span: Span) -> dict[str, FrozenMonth]:
    """Return the issue that counts of each frozen month of a period, by the month."""
    newest = FrozenMonth.objects.filter(month_begins=OuterRef("month_begins")).order_by("-issue")
    rows = FrozenMonth.objects.filter(month_begins__range=(span.first, span.last))
    counted = rows.annotate(newest=Subquery(newest.values("issue")[:1])).filter(issue=F("newest"))
    return {row.key: row for row in counted}


def reads_frozen(person: Person | None) -> bool:
    """Say whether what a person sees is made of whole townships and sectors, as frozen figures are."""
    if person is None:
        return True
    held = grants(person)
    return bool(held) and all(
        grant.enterprise is None and len(grant.territory) <= TOWNSHIP_DIGITS for grant in held
    )


@dataclass
class Figures:
    """The numbers of all indicators over a period, as one person sees them."""

    span: Span
    frozen: dict[str, FrozenMonth] = field(default_factory=dict)
    live: dict[str, Values] = field(default_factory=dict)
    published: dict[str, Values] = field(default_factory=dict)
    drifted: dict[str, Values] = field(default_factory=dict)  # what the records say of frozen months now

    def is_frozen(self, indicator: Indicator, month: str) -> bool:
        """Say whether the number of a month is the published one."""
        return month in self.frozen and indicator.key in self.frozen[month].indicators

    def number(self, indicator: Indicator, months: Iterable[str], **narrow: str) -> Number:
        """Return the number of months: published where they are frozen, counted where not."""
        asked = [*months]
        frozen = [month for month in asked if self.is_frozen(indicator, month)]
        rest = [month for month in asked if month not in frozen]
        one = self.published.get(indicator.key, Values()).number(indicator, frozen, **narrow)
        other = self.live[indicator.key].number(indicator, rest, **narrow)
        return Number(one.n + other.n, None if one.of is None else one.of + (other.of or 0))

    def gaps(self, indicator: Indicator, months: Iterable[str]) -> list[str]:
        """Return the months that nobody recorded and nobody published: they are no base for comparing."""
        return indicator.gaps([month for month in months if not self.is_frozen(indicator, month)])

    def now(self, indicator: Indicator, **narrow: str) -> Number:
        """Return the number of an indicator that is told as it stands now."""
        return self.live[indicator.key].number(indicator, **narrow)

    def drift(self, indicator: Indicator, month: str, **narrow: str) -> Number | None:
        """Return by how much the records differ from the published number of a month, None for not at all."""
        if not indicator.is_corrected or not self.is_frozen(indicator, month):
            return None
        told = self.published.get(indicator.key, Values()).number(indicator, [month], **narrow)
        found = self.drifted[indicator.key].number(indicator, [month], **narrow) - told
        return None if found.is_nothing else found


def figures(
    person: Person | None, now: datetime, span: Span, asked: Collection[Indicator] | None = None
) -> Figures:
    """Return the numbers of a period for a person (None: the county's): a query or two an indicator."""
    wanted = indicators() if asked is None else asked
    found = Figures(span)
    if reads_frozen(person):
        found.frozen = newest_issues(span)
        rows = seen(FrozenFigure, person).filter(month__in=[one.pk for one in found.frozen.values()])
        found.published = _published(rows)
    for one in wanted:
        found.live[one.key] = one.values(person, now, span if one.is_dated else None)
        if found.frozen and one.is_corrected:
            found.drifted[one.key] = _within_sight(
                person, found.live[one.key] if person is None else one.values(None, now, span)
            )
    return found


def issues(span: Span) -> list[FrozenMonth]:
    """Return every issue of the months of a period, the newest first."""
    rows = FrozenMonth.objects.filter(month_begins__range=(span.first, span.last))
    return list(rows.select_related("frozen_by").order_by("-month_begins", "-issue"))


def differences(person: Person | None, issue: FrozenMonth) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what a correction changed: by indicator, the numerator before and after, as a person sees it."""
    both: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    rows = seen(FrozenFigure, person).filter(
        month__month_begins=issue.month_begins, month__issue__in=(issue.issue - 1, issue.issue)
    )
    for key, number, n in rows.values_list("indicator", "month__issue", "numerator"):
        both[key][number - issue.issue + 1] += n
    return {key: (before, after) for key, (before, after) in both.items() if before != after}


def _published(rows: QuerySet[Any]) -> dict[str, Values]:
    found: dict[str, Values] = defaultdict(Values)
    columns = ("indicator", "month__month_begins", "territory", "sector", "numerator", "denominator")
    for key, begins, township, sector, n, of in rows.values_list(*columns):
        cell = Cell(f"{begins:%Y-%m}", township, sector)
        found[key].numerator[cell] = n
        if of is not None:
            found[key].denominator[cell] = of
    return dict(found)


def _within_sight(person: Person | None, values: Values) -> Values:
    """Return the cells of the county that lie in the townships and sectors a person sees."""
    if person is None:
        return values
    held = grants(person)

    def cut(cells: Mapping[Cell, Decimal]) -> dict[Cell, Decimal]:
        return {
            cell: n
            for cell, n in cells.items()
            if any(grant.covers(cell.township, cell.sector, None) for grant in held)
        }

    return Values(cut(values.numerator), cut(values.denominator))


def ended_months(year: int, today: date) -> int:
    """Return how many months of a year have ended by a day."""
    return MONTHS if year < today.year else today.month - 1 if year == today.year else 0
