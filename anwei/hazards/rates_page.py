"""The figures of a period as a page and a sheet show them: each number with the address of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.periods import Span
from anwei.hazards.counts import (
    CLAUSE,
    FEWEST,
    INDICATORS,
    ORIGIN,
    SECTOR,
    TOWNSHIP,
    Count,
    Indicator,
    Population,
)
from anwei.hazards.models import Origin
from anwei.hazards.rates import Numbers, Rates, share
from anwei.hazards.timing import NO_CLAUSE
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.register_page import UNFILLED
from anwei.org.models import SECTOR_CHOICES, Territory
from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.hazards.criteria import criterion
from anwei.standards.sectors import sectors

DIVISIONS = {
    TOWNSHIP: (gettext_lazy("按乡镇"), gettext_lazy("乡镇")),
    SECTOR: (gettext_lazy("按行业"), gettext_lazy("行业")),
    ORIGIN: (gettext_lazy("按来源"), gettext_lazy("来源")),
}
UNFILLED_LABEL = gettext_lazy("（未填）")


@dataclass(frozen=True)
class Door:
    """A number and the address of its rows."""

    n: int
    address: str


@dataclass(frozen=True)
class Cell:
    """An indicator's numbers: its rows, and with `of` those it is a share of; `percent` "" for too few."""

    indicator: Indicator
    count: Door
    of: Door | None

    @property
    def percent(self) -> str:
        """The share in words; all is only said where it is all."""
        part = None if self.of is None else share(self.count.n, self.of.n)
        if part is None:
            return ""
        told = f"{100 * part:.1f}"
        return f"{'99.9' if told == '100.0' and part < 1 else told}%"

    @property
    def is_bad(self) -> bool:
        """Whether it is a number of what should not be, and there is some."""
        return self.of is None and self.indicator.direction < 0 and self.count.n > 0


@dataclass(frozen=True)
class Line:
    """The indicators of one township, sector or origin."""

    label: str
    cells: tuple[Cell, ...]


class Page:
    """What a page tells of one population and period."""

    def __init__(self, population: Population, span: Span, found: Rates) -> None:
        self.population, self.span, self.found = population, span, found
        self.ledger = ledger_of(population.code)
        self.names = dict(
            Territory.objects.filter(code__in=found.by.get(TOWNSHIP, {})).values_list("code", "name")
        )

    @property
    def fewest(self) -> int:
        """Of how many rows a share is told at least."""
        return FEWEST

    def shown(self, indicator: Indicator) -> bool:
        """Say whether the population tells what the indicator asks."""
        asked = (indicator.count, *([indicator.of] if indicator.of else []))
        of_now = {"open", "counted", "past_limit", "grade", "overdue"}
        known = {*self.population.facets, "decided"}
        return all(one.where.keys() <= (known if one.of_period else of_now) for one in asked)

    def indicators_of(self, dimension: str) -> list[Indicator]:
        """Return those that are told by a dimension, in order."""
        return [one for one in self.indicators if dimension in one.by]

    @property
    def indicators(self) -> list[Indicator]:
        """Those that are shown, in order."""
        return [one for one in INDICATORS if self.shown(one)]

    def address(self, count: Count, narrow: Mapping[str, str]) -> str:
        """Return where the rows of a count stand, narrowed further (`{"township": code}`)."""
        asked = {**count.where, **(self.span.query if count.of_period else {}), **narrow}
        keys = dict(self.ledger.narrowed_by)
        told = {name: self._spelled(name, value, keys) for name, value in asked.items()}
        return f"{reverse('ledger', args=[self.population.code])}?{urlencode(told)}"

    @staticmethod
    def _spelled(name: str, value: Any, keys: Mapping[str, str]) -> str:
        if name in keys and value is True:
            return "1"
        return UNFILLED if value == "" else str(value)

    def door(self, numbers: Numbers, count: Count, narrow: Mapping[str, str]) -> Door:
        """Return a number with its address."""
        return Door(numbers[count.key], self.address(count, narrow))

    def cell(self, indicator: Indicator, numbers: Numbers, narrow: Mapping[str, str]) -> Cell:
        """Return an indicator's numbers."""
        of = None if indicator.of is None else self.door(numbers, indicator.of, narrow)
        return Cell(indicator, self.door(numbers, indicator.count, narrow), of)

    def whole(self) -> Line:
        """Return the indicators of everything that is seen."""
        return Line(_("合计"), tuple(self.cell(one, self.found.whole, {}) for one in self.indicators))

    def lines(self, dimension: str) -> Iterator[Line]:
        """Yield the indicators of each township, sector or origin; never ordered by what is good or bad."""
        values = self.found.by[dimension]
        for value in sorted(values, key=lambda one: self._place(dimension, one)):
            cells = (self.cell(one, values[value], {dimension: value}) for one in self.indicators)
            yield Line(self.name(dimension, value), tuple(cells))

    def divisions(self) -> list[tuple[str, Any, Any, list[Line]]]:
        """Return what the population is divided by: key, heading, head of the first column, lines."""
        return [(one, *DIVISIONS[one], list(self.lines(one))) for one in self.population.by]

    def name(self, dimension: str, value: str) -> str:
        """Return what people call a value of a division."""
        if dimension == TOWNSHIP:
            return self.names.get(value, value)
        if dimension == CLAUSE:
            return clause_name(value)
        if value == "":
            return str(UNFILLED_LABEL)
        return str(dict(SECTOR_CHOICES if dimension == SECTOR else Origin.choices).get(value, value))

    @staticmethod
    def _place(dimension: str, value: str) -> tuple[int, str]:
        """Return where a value stands: as its table orders it, what is not filled in last."""
        order: Iterable[str] = {SECTOR: tuple(sectors()), ORIGIN: tuple(Origin.values)}.get(dimension, ())
        known = list(order)
        return (known.index(value) if value in known else len(known) if known else 0), value


def clause_name(clause: str) -> str:
    """Return a clause with the words of its criterion or item; its code alone where it is not ours."""
    if clause == NO_CLAUSE:
        return _("未引条款")
    return f"{clause} {clause_words(clause)}".rstrip()


def clause_words(clause: str) -> str:
    """Return the words of a clause's criterion or item, "" where it is not ours."""
    if (item := checklist_items().get(clause)) is not None:
        return item.item
    try:
        return criterion(clause).text
    except KeyError:
        return ""
