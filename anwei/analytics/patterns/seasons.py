"""Months of the year against the others, and clauses by place: counts with exact intervals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from anwei.cases.counted_rows import RegisterRows
from anwei.cases.indicators import Indicator
from anwei.cases.periods import Span, month_after
from anwei.hazards.closures import OURS
from anwei.hazards.counts import CLAUSE, POPULATIONS, SECTOR, TOWNSHIP
from anwei.hazards.timing import NO_CLAUSE
from anwei.methods.counts import RARE, Verdict, compare, exceeds, share_interval
from anwei.org.holdings import day_of
from anwei.org.models import Person

YEARS = 3
MONTHS = 12
FEWEST = 30  # in all months: with fewer no month can be told from the others (our choice)
CLAUSES, PLACES = 12, 20
CELL = 3  # rows in a cell that is said to stick out: two are no pattern


@dataclass(frozen=True)
class MonthOfYear:
    """A month of the year: its count, how many of them were seen, how many times the others' daily rate it
    has with the exact 95 % interval, and the verdict corrected for twelve comparisons.
    """

    month: int
    n: int
    n_seen: int
    ratio: float
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True)
class Season:
    """All months of the year; `too_few` where there is no whole year yet, or too little to count.

    `tested`: what is counted comes one by one, so that intervals and verdicts hold; a visit finds several
    hazards at once.
    """

    span: Span | None
    n: int
    months: list[MonthOfYear]
    tested: bool = True

    @property
    def too_few(self) -> bool:
        """Whether nothing can be said."""
        return not self.months

    @property
    def one_year(self) -> bool:
        """Whether each month was seen once: what sticks out may be that year's and no season."""
        return bool(self.months) and min(one.n_seen for one in self.months) < 2


def season_of(indicator: Indicator, person: Person | None, now: datetime) -> Season:
    """Return an indicator's months of the year, of whole months that ended in the last YEARS years."""
    until = day_of(now).replace(day=1)
    begun = indicator.first_day()
    if begun is None:
        return Season(None, 0, [])
    first = begun if begun.day == 1 else month_after(begun)
    first = max(first, until.replace(year=until.year - YEARS))
    months = []
    while first < until:
        months.append(first)
        first = month_after(first)
    if not months:
        return Season(None, 0, [])
    span = Span(months[0], until - timedelta(days=1))
    values = indicator.values(person, now, span)
    counts: dict[int, int] = defaultdict(int)
    days: dict[int, int] = defaultdict(int)
    seen: dict[int, int] = defaultdict(int)
    for one in months:
        counts[one.month] += int(values.number(indicator, [f"{one:%Y-%m}"]).n)
        days[one.month] += (month_after(one) - one).days
        seen[one.month] += 1
    total = sum(counts.values())
    if len(seen) < MONTHS or total < FEWEST:
        return Season(span, total, [])
    months_told = [_month(m, counts, days, seen[m]) for m in range(1, MONTHS + 1)]
    return Season(span, total, months_told, indicator.event)


def _month(month: int, counts: dict[int, int], of_days: dict[int, int], seen: int) -> MonthOfYear:
    n, days, total = counts[month], of_days[month], sum(counts.values())
    rest = sum(of_days.values()) - days

    def ratio(share: float) -> float:
        return share / (1 - share) * rest / days if share < 1 else float("inf")

    low, high = share_interval(n, total)
    found = compare(n, total - n, exposure=days, exposure_before=rest)
    verdict = found.verdict if found.p * MONTHS < RARE else Verdict.SAME
    return MonthOfYear(month, n, seen, ratio(n / total), ratio(low), ratio(high), verdict)


@dataclass(frozen=True)
class Cell:
    """How often a clause failed in a place, how often it would by its share, and whether it sticks out."""

    n: int
    expected: float
    more: bool
    address: str


@dataclass(frozen=True)
class Clauses:
    """Clauses (rows) by places (columns); `n` of all rows, those without a clause among them."""

    places: list[str]
    rows: list[tuple[str, int, list[Cell]]]
    n: int
    n_without: int


def clauses_by(dimension: str, person: Person | None, now: datetime, span: Span) -> Clauses:
    """Return which clauses failed how often in each township or sector.

    A cell sticks out where chance alone gives as many or more less than once in twenty tables as large
    (Poisson around the product of its row's and column's shares, corrected for all cells).
    """
    if dimension not in (TOWNSHIP, SECTOR):
        raise ValueError(dimension)
    rows = POPULATIONS[OURS].found_in(person, now, span).filter(counted=True)
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    n_without = 0
    for clause, place in rows.values_list(CLAUSE, dimension):
        if clause == NO_CLAUSE:
            n_without += 1
        else:
            counted[clause][place or ""] += 1
    by_place: dict[str, int] = defaultdict(int)
    for cells in counted.values():
        for place, n in cells.items():
            by_place[place] += n
    total = sum(by_place.values())
    places = sorted(by_place, key=lambda one: (-by_place[one], one))[:PLACES]
    worst = sorted(counted, key=lambda one: (-sum(counted[one].values()), one))[:CLAUSES]
    n_cells = max(1, len(places) * len(worst))
    table = []
    for clause in worst:
        of_clause = sum(counted[clause].values())
        line: list[Cell] = []
        for place in places:
            n, expected = counted[clause][place], of_clause * by_place[place] / total
            more = n >= CELL and exceeds(n, expected) * n_cells < RARE
            line.append(Cell(n, expected, more, address_of(clause, span, {dimension: place})))
        table.append((clause, of_clause, line))
    return Clauses(places, table, total + n_without, n_without)


def address_of(clause: str, span: Span, narrow: dict[str, str]) -> str:
    """Return where the hazards of a clause stand."""
    return RegisterRows(OURS, {"counted": True, "clause": clause}).link(span, narrow)
