"""Statistics that the rooms contribute: what is counted, of what, by which article, and the rows behind it.

A room declares its indicators in `indicators.py`, found when the rooms are made ready. An indicator is a
number of rows (or a sum over them, `counted_rows`), or a share of such numbers; each number can be opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from anwei.cases.counted_rows import Cells, RegisterRows, Rows
from anwei.cases.periods import Span
from anwei.ledgers.columns import Label
from anwei.org.models import Person

FEWEST = 5  # of fewer rows a share says nothing (样本不足); our choice, features.md 2.2 names no number
MORE_IS_BETTER, MORE_IS_WORSE, NEITHER = 1, -1, 0


@dataclass(frozen=True)
class Indicator:
    """A number of rows, or with `denominator` a share; several `numerator`s are added.

    `direction` says whether more is better (1), worse (-1) or neither (0); `source` returns the article it
    rests on, "" where it is ours; `event` whether what is counted comes by itself and one by one, so that two
    counts can be compared by chance (accidents do, deaths and money do not); `settles` whether what is
    counted of a month stays once it is over, so that another number later is a mistake put right; `order`
    groups rooms on a page.
    """

    key: str
    label: Label
    unit: Label
    numerator: tuple[Rows, ...]
    definition: Label
    source: Callable[[], str]
    direction: int = NEITHER
    denominator: tuple[Rows, ...] = ()
    event: bool = False
    settles: bool = True
    order: int = 50

    @property
    def is_dated(self) -> bool:
        """Whether it belongs to a month; else it is told as it stands now."""
        return self.numerator[0].dated

    @property
    def is_corrected(self) -> bool:
        """Whether a published month of it can be wrong: how things stood, or went on, was told as it was."""
        return self.is_dated and self.settles

    @property
    def cited(self) -> str:
        """The article, or that there is none."""
        return self.source() or _("无条款")

    def values(self, person: Person | None, now: datetime, span: Span | None) -> Values:
        """Return its numbers of a period that a person sees (None: all)."""
        parts = tuple(one.cells(person, now, span) for one in self.numerator)
        of = [one.cells(person, now, span) for one in self.denominator]
        return Values(_added(parts), _added(of), parts)

    @property
    def stocks(self) -> tuple[RegisterRows, ...]:
        """What of it stood on a past day can be told."""
        return tuple(one for one in self.numerator if isinstance(one, RegisterRows) and one.stock)

    def values_then(self, day: date) -> Values:
        """Return its numbers as they stood at the end of a day, of what is told as it stands."""
        parts = tuple(one.cells_then(day) for one in self.stocks)
        return Values(_added(parts), {}, parts)

    def first_day(self) -> date | None:
        """Return the day since which it can be counted, None where nothing was recorded."""
        return min(filter(None, (one.first_day() for one in self.numerator)), default=None)

    def gaps(self, months: Iterable[str]) -> list[str]:
        """Return the months that neither rows of a day nor a row of the month tell: no zero, and no base.

        None of an indicator all of whose rows have a day: it is recorded from its first day on.
        """
        told = [one for one in self.numerator if one.whole_months]
        if not told:
            return []
        days = [one.first_day() for one in self.numerator if one not in told]
        begun = min(filter(None, days), default=None)
        known = {month for one in told for month in one.months()}
        return [
            month for month in months if month not in known and (begun is None or month < f"{begun:%Y-%m}")
        ]


@dataclass(frozen=True)
class Number:
    """A numerator, and the denominator where the indicator is a share."""

    n: Decimal
    of: Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        """The share; None where it is none, or of too few rows (`FEWEST`)."""
        return self.n / self.of if self.of is not None and self.of >= FEWEST else None

    def __sub__(self, other: Number) -> Number:
        """Return by how much it differs."""
        of = None if self.of is None or other.of is None else self.of - other.of
        return Number(self.n - other.n, of)

    @property
    def is_nothing(self) -> bool:
        """Whether a difference is none."""
        return not self.n and not self.of


@dataclass(frozen=True)
class Values:
    """The cells of an indicator; every number is a sum over some of them."""

    numerator: Cells = field(default_factory=dict)
    denominator: Cells = field(default_factory=dict)
    parts: tuple[Cells, ...] = ()  # of the numerator, in the order of the indicator's

    def filled(self, months: Collection[str] | None, **narrow: str) -> list[int]:
        """Return which parts of the numerator have something in these months; the first where none has."""
        found = [
            place
            for place, cells in enumerate(self.parts)
            if any((months is None or cell.month in months) and cell.fits(narrow) for cell in cells)
        ]
        return found or [0]

    def number(self, indicator: Indicator, months: Iterable[str] | None = None, **narrow: str) -> Number:
        """Return the number of months ("2026-11"; None: all), in a township or sector."""
        asked = None if months is None else {*months}

        def total(cells: Cells) -> Decimal:
            fits = (
                n for cell, n in cells.items() if (asked is None or cell.month in asked) and cell.fits(narrow)
            )
            return sum(fits, Decimal(0))

        of = total(self.denominator) if indicator.denominator else None
        return Number(total(self.numerator), of)


def plain(amount: Decimal) -> str:
    """Return a number as people write it: no zeros behind the point."""
    told = f"{amount:.4f}".rstrip("0").rstrip(".")
    return "0" if told in ("", "-0") else told


_indicators: dict[str, Indicator] = {}


def register_indicator(indicator: Indicator) -> Indicator:
    """Contribute an indicator; called once, when its room's `indicators.py` is imported.

    Raises ImproperlyConfigured for a key that is taken, and for a stock of which no past day can be told.
    """
    if indicator.key in _indicators:
        raise ImproperlyConfigured(f"indicator {indicator.key}: key is taken")
    if not indicator.is_dated and len(indicator.stocks) < len(indicator.numerator):
        raise ImproperlyConfigured(f"indicator {indicator.key}: what stood at a month's end is not named")
    _indicators[indicator.key] = indicator
    return indicator


def indicators() -> tuple[Indicator, ...]:
    """Return all indicators of the installed rooms, in the order in which they are read."""
    return tuple(sorted(_indicators.values(), key=lambda one: one.order))


def indicator(key: str) -> Indicator:
    """Return an indicator. Raises KeyError."""
    return _indicators[key]


def _added(many: Iterable[Cells]) -> Cells:
    found: Cells = {}
    for cells in many:
        for cell, n in cells.items():
            found[cell] = found.get(cell, Decimal(0)) + n
    return found
