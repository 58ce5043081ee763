"""Rows that indicators count: by month, township and sector at once, each with the address that shows them.

Every number of a page, of a briefing and of an export is a sum of the same cells.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DateTimeField, F, Min, Model, Q, QuerySet, Sum, Value
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone

from anwei.cases.months import Month
from anwei.cases.periods import Span
from anwei.ledgers.declaration import Ledger, ledger_of, seen
from anwei.ledgers.register_page import STOOD, UNFILLED, stood
from anwei.org.models import Person
from anwei.org.roster import TOWNSHIP_DIGITS

TOWNSHIP, SECTOR = "township", "sector"
Narrow = Mapping[str, str]  # {"township": code, "sector": code}; "" asks for what has none


@dataclass(frozen=True, order=True)
class Cell:
    """Where and when something was counted: month "2026-11" ("" as it stands now), township, sector."""

    month: str
    township: str
    sector: str

    def fits(self, narrow: Narrow) -> bool:
        """Say whether it belongs to a township or sector that is asked for."""
        return all(getattr(self, name) == value for name, value in narrow.items())


Cells = dict[Cell, Decimal]


@dataclass(frozen=True)
class Rows(ABC):
    """Rows that are counted: how a person finds them, and the address that shows just them.

    Where `dated` is false they are counted as they stand now; `total` names a column that is summed;
    `whole_months`: a row stands for a month, which no day cuts.
    """

    dated: bool = field(default=True, kw_only=True)
    whole_months: bool = field(default=False, kw_only=True)
    total: str = field(default="", kw_only=True)

    @property
    @abstractmethod
    def day(self) -> str:
        """The column of the day or moment by which a period finds them."""

    @property
    @abstractmethod
    def places(self) -> tuple[str, str]:
        """The columns of the territory and of the sector."""

    @abstractmethod
    def rows(self, person: Person | None, now: datetime) -> QuerySet[Any]:
        """Return those that a person sees (None: all), whenever they were."""

    @abstractmethod
    def population(self) -> QuerySet[Any]:
        """Return all rows of which these are some: since when anything was recorded at all."""

    @abstractmethod
    def address(self, more: dict[str, str]) -> str:
        """Return where they are shown, narrowed further."""

    def link(self, span: Span | None, narrow: Narrow) -> str:
        """Return the address of the rows of a period, in a township or sector."""
        period = span.query if self.dated and span is not None else {}
        return self.address({**period, **{name: value or UNFILLED for name, value in narrow.items()}})

    def cells(self, person: Person | None, now: datetime, span: Span | None) -> Cells:
        """Return the numbers of a period that a person sees (None: all) by month, township and sector.

        One query, whatever there is.
        """
        return self._cells(self.rows(person, now), span)

    def _cells(self, rows: QuerySet[Any], span: Span | None) -> Cells:
        rows = rows.order_by()
        is_moment = isinstance(rows.model._meta.get_field(self.day), DateTimeField)
        if self.dated and span is not None:
            first: Any = span.first
            last: Any = span.last
            if is_moment:
                first = timezone.make_aware(datetime.combine(first, time.min))
                last = timezone.make_aware(datetime.combine(last, time.max))
            rows = rows.filter(**{f"{self.day}__gte": first, f"{self.day}__lte": last})
        territory, sector = self.places
        grouped = rows.annotate(
            in_month=Month(self.day, of_moment=is_moment) if self.dated else Value(""),
            in_township=Left(territory, TOWNSHIP_DIGITS),
            in_sector=F(sector),
        ).values_list("in_month", "in_township", "in_sector")
        return {
            Cell(month, township, in_sector or ""): Decimal(n or 0)
            for month, township, in_sector, n in grouped.annotate(
                n=Sum(self.total) if self.total else Count("pk")
            )
        }

    def first_day(self) -> date | None:
        """Return the day of the earliest row of the population, None where nothing was ever recorded."""
        first = self.population().order_by().aggregate(first=Min(self.day))["first"]
        return timezone.localtime(first).date() if isinstance(first, datetime) else first

    def months(self) -> set[str]:
        """Return the months of which the population has a row, as periods spell them."""
        days = self.population().order_by().dates(self.day, "month")
        return {f"{day:%Y-%m}" for day in days}


@dataclass(frozen=True)
class RegisterRows(Rows):
    """The rows of a register with these values of its filters; it has columns `township` and `sector`.

    The same words filter the register on the screen, so that its list shows just these rows.
    """

    code: str
    where: Mapping[str, Any] = field(default_factory=dict)
    among: Mapping[str, Any] = field(default_factory=dict)  # rows that show since when it is recorded
    stock: str = ""  # the register's name of what of it stood on a day, where it is told as it stands

    @property
    def _ledger(self) -> Ledger:
        return ledger_of(self.code)

    @property
    def day(self) -> str:
        """The column by which the register is narrowed to a period."""
        return self._ledger.column(self._ledger.period).path

    @property
    def places(self) -> tuple[str, str]:
        """Those of the register's columns."""
        return self._ledger.column(TOWNSHIP).path, self._ledger.column(SECTOR).path

    def rows(self, person: Person | None, now: datetime) -> QuerySet[Any]:
        """Return the rows of the register that pass."""
        return self._passing(person, self.where)

    def rows_then(self, day: date) -> QuerySet[Any]:
        """Return the rows of the register that stood at the end of a day."""
        return self._ledger.visible(None).filter(pk__in=self._ledger.stocks[self.stock].on(day).values("pk"))

    def cells_then(self, day: date) -> Cells:
        """Return the numbers as they stood at the end of a day, by township and sector."""
        return self._cells(self.rows_then(day), None)

    def link_then(self, day: date, narrow: Narrow) -> str:
        """Return the register narrowed to what stood at the end of a day."""
        more = {STOOD: stood(self.stock, day), **{name: value or UNFILLED for name, value in narrow.items()}}
        return f"{reverse('ledger', args=[self.code])}?{urlencode(more)}"

    def population(self) -> QuerySet[Any]:
        """Return all rows of the register, or those that were named."""
        return self._passing(None, self.among)

    def _passing(self, person: Person | None, where: Mapping[str, Any]) -> QuerySet[Any]:
        keys = dict(self._ledger.narrowed_by)
        found = {
            keys[name] if name in keys else self._ledger.column(name).path: value
            for name, value in where.items()
        }
        return self._ledger.visible(person).filter(**found)

    def address(self, more: dict[str, str]) -> str:
        """Return the register with its filters set."""
        keys = dict(self._ledger.narrowed_by)
        told = {name: spelled(value, is_key=name in keys) for name, value in self.where.items()}
        query = urlencode({**told, **more})
        return f"{reverse('ledger', args=[self.code])}{'?' if query else ''}{query}"


@dataclass(frozen=True)
class PageRows(Rows):
    """The rows of a model on a page that lists them, which takes since, until, township and sector."""

    page: str
    query: Mapping[str, str]
    model: type[Model]
    where: Q
    column: str
    territory: str = "territory"
    sector: str = "sector"

    @property
    def day(self) -> str:
        """The column that was named."""
        return self.column

    @property
    def places(self) -> tuple[str, str]:
        """The columns that were named."""
        return self.territory, self.sector

    def rows(self, person: Person | None, now: datetime) -> QuerySet[Any]:
        """Return the rows of the model that fit."""
        return seen(self.model, person).filter(self.where)

    def population(self) -> QuerySet[Any]:
        """Return all rows of the model that fit."""
        return seen(self.model, None).filter(self.where)

    def address(self, more: dict[str, str]) -> str:
        """Return the page with its filter set."""
        return f"{reverse(self.page)}?{urlencode({**self.query, **more})}"


def spelled(value: Any, *, is_key: bool) -> str:
    """Return the value of a filter as an address spells it."""
    if is_key and value is True:
        return "1"
    return UNFILLED if value == "" else str(value)
