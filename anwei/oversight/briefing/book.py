"""A snapshot read: numbers as sums of its cells, compared with the years before, each with its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from anwei.cases.counted_rows import Cell, Cells
from anwei.cases.indicators import Number, indicator, plain
from anwei.cases.periods import Span, span_of
from anwei.cases.verdicts import verdict_words
from anwei.methods.counts import compare
from anwei.oversight.briefing.period import Period
from anwei.oversight.briefing.snapshot import ENDED, Snapshot
from anwei.standards.briefing import Measure, measures, zero_base


@dataclass(frozen=True)
class Where:
    """A township, and sectors that are told together; None means all of them."""

    township: str | None = None
    sectors: tuple[str, ...] | None = None

    def holds(self, cell: Cell) -> bool:
        """Say whether a cell lies there."""
        return (self.township is None or cell.township == self.township) and (
            self.sectors is None or cell.sector in self.sectors
        )


EVERYWHERE = Where()


@dataclass(frozen=True)
class Change:
    """A number against one of the years before; `n` and `before` are of the months that are compared.

    `verdict` is what an exact test says of two counts, "" where none fits, and `p` how often chance alone
    gives a difference like theirs.
    """

    n: Decimal
    before: Decimal
    verdict: str = ""
    p: float = 1.0

    @property
    def difference(self) -> Decimal:
        """By how much it changed."""
        return self.n - self.before

    @property
    def direction(self) -> str:
        """上升, 下降 or 持平."""
        if not self.difference:
            return "持平"
        return "上升" if self.difference > 0 else "下降"

    @property
    def percent(self) -> str:
        """The signed percentage, "—" of nothing."""
        if not self.before:
            return zero_base()
        told = 100 * self.difference / self.before
        return f"{'+' if told > 0 else ''}{told:.1f}%"

    @property
    def in_sheet(self) -> float | str:
        """The share as a sheet's number, "—" of nothing."""
        return float(self.difference / self.before) if self.before else zero_base()


@dataclass(frozen=True)
class Door:
    """Where rows of a number are; `label` tells several apart."""

    label: str
    url: str


class Book:
    """One snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.told = snapshot
        days = (date.fromisoformat(snapshot[name]) for name in ("as_of", "told_on"))
        self.period = Period(snapshot["year"], snapshot["months"], *days)
        self._numerators = {key: _cells(cells["n"]) for key, cells in snapshot["cells"].items()}
        self._denominators = {key: _cells(cells["of"]) for key, cells in snapshot["cells"].items()}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """What is measured now and was when the snapshot was taken: of what came later it says nothing."""
        return {key: one for key, one in measures().items() if key in self._numerators}

    def is_recorded(self, key: str) -> bool:
        """Say whether anybody kept records of it in the period: where nobody did, none is no zero."""
        if key not in self._numerators:
            return False
        since = self.told["since"].get(key)
        return since is None or "" < since <= self.told["as_of"]

    def is_begun(self, key: str) -> bool:
        """Say whether anybody ever kept records of it, be it after the period."""
        return bool(self.told["since"].get(key))

    @cached_property
    def places(self) -> dict[str, str]:
        """Names of the county and its townships by code."""
        return dict(self.told["places"])

    @cached_property
    def townships(self) -> list[tuple[str, str]]:
        """The townships by code and name; a place that cells name and the list does not stands last."""
        county = min(self.places, key=len, default="")
        known = [(code, name) for code, name in self.told["places"] if code != county]
        named = {cell.township for cells in self._numerators.values() for cell in cells}
        others = sorted(named - {code for code, _name in known})
        return [*known, *((code, "县直" if code == county else code or "未填") for code in others)]

    @property
    def compared_months(self) -> int:
        """How many months are set beside the years before."""
        return self.period.months - int(self.told["compared"] == ENDED)

    @property
    def compared_until(self) -> str:
        """The months that are set beside the years before, where those are not all of the period; "" else."""
        if self.told["compared"] != ENDED or not self.compared_months:
            return ""
        return "1月" if self.compared_months == 1 else f"1—{self.compared_months}月"

    def number(
        self, key: str, where: Where = EVERYWHERE, *, back: int = 0, months: Sequence[str] | None = None
    ) -> Number:
        """Return a number of the period, of the same part `back` years before, or of single months."""
        one = indicator(key)
        asked = None
        if one.is_dated:
            asked = set(self.period.keys(back) if months is None else months)
        n = _total(self._numerators[key], asked, where)
        of = _total(self._denominators[key], asked, where) if one.denominator else None
        return Number(n, of)

    def change(self, key: str, where: Where = EVERYWHERE, *, years: int = 1) -> Change | None:
        """Compare with the year before, or the mean of `years`; None where those were not recorded."""
        if not self.is_compared(key, years):
            return None
        return self._compared(key, where, years, self.compared_months)

    def is_compared(self, key: str, years: int) -> bool:
        """Say whether all months of the `years` before were recorded; one that was not makes no base."""
        since = self.told["since"].get(key, "") if key in self._numerators else ""
        if not since or date.fromisoformat(since) > date(self.period.year - years, 1, 31):
            return False
        before = {
            month
            for back in range(1, years + 1)
            for month in self.period.keys(back, last=self.compared_months)
        }
        return before.isdisjoint(self.told.get("gaps", {}).get(key, ()))

    def month_change(self, key: str) -> Change | None:
        """Compare the last month with the same of the year before; None where that cannot be cut alike."""
        if self.told["compared"] == ENDED or self.change(key) is None:
            return None
        return self._against(
            key,
            self.number(key, months=self.period.keys()[-1:]).n,
            [self.number(key, back=1, months=self.period.keys(1)[-1:]).n],
        )

    def _compared(self, key: str, where: Where, years: int, n_months: int) -> Change | None:
        if not n_months:
            return None
        n = self.number(key, where, months=self.period.keys(last=n_months)).n
        before = [
            self.number(key, where, back=back, months=self.period.keys(back, last=n_months)).n
            for back in range(1, years + 1)
        ]
        return self._against(key, n, before)

    def _against(self, key: str, n: Decimal, before: list[Decimal]) -> Change:
        total = sum(before, Decimal(0))
        mean = total / len(before)
        if not indicator(key).event:
            return Change(n, mean)
        found = compare(int(n), int(total), exposure_before=len(before))
        return Change(n, mean, verdict_words(found.verdict), found.p)

    def doors(
        self, key: str, where: Where = EVERYWHERE, *, back: int = 0, month: str = "", of: bool = False
    ) -> tuple[Door, ...]:
        """Return where the rows of a number are: by part of the indicator and by sector, of what has some."""
        one = indicator(key)
        months = ([month] if month else self.period.keys(back)) if one.is_dated else [""]
        found: list[Door] = []
        for part in self._parts(key, months):
            rows = one.denominator[0] if of else one.numerator[part]
            for sector in self._sectors(key, where, months, of=of):
                narrow = {} if where.township is None else {"township": where.township}
                if sector is not None:
                    narrow["sector"] = sector
                label = "期初" if part else (self.sector(sector) if sector is not None else "")
                found.append(
                    Door(label, rows.link(self._span(back, month, cut=not rows.whole_months), narrow))
                )
        return tuple(found)

    def sector(self, code: str) -> str:
        """Return the name of a sector."""
        return str(dict(self.told["sectors"]).get(code, "其他"))

    def _span(self, back: int, month: str, *, cut: bool) -> Span:
        if month and (span := span_of(month)) is not None:
            last = self.period.same_day(back)
            return Span(span.first, min(span.last, last) if cut else span.last)
        return Span(date(self.period.year - back, 1, 1), self.period.same_day(back))

    def _parts(self, key: str, months: Iterable[str]) -> list[int]:
        """Return which parts of an indicator hold the rows of months, the ledger's first."""
        named: dict[str, list[int]] = self.told["cells"][key].get("parts", {})
        asked = {*months}
        filled = {cell.month for cell, n in self._numerators[key].items() if n and cell.month in asked}
        parts = {part for month in filled for part in named.get(month, [0])}
        return sorted(parts) or [0]

    def _sectors(self, key: str, where: Where, months: Iterable[str], *, of: bool) -> list[str | None]:
        """Return the sectors that a number's rows are to be narrowed to, None for no narrowing."""
        if where.sectors is None:
            return [None]
        cells, asked = (self._denominators if of else self._numerators)[key], {*months}
        filled = {cell.sector for cell, n in cells.items() if n and cell.month in asked and where.holds(cell)}
        return [*sorted(filled)] or [where.sectors[0]]


def _cells(rows: Iterable[Sequence[str]]) -> Cells:
    return {Cell(month, township, sector): Decimal(n) for month, township, sector, n in rows}


def _total(cells: Cells, months: set[str] | None, where: Where) -> Decimal:
    fits = (n for cell, n in cells.items() if (months is None or cell.month in months) and where.holds(cell))
    return sum(fits, Decimal(0))


def told_number(number: Number) -> str:
    """Return a number as it is written; of a share both counts stand beside it."""
    if number.of is None:
        return plain(number.n)
    if not number.of:
        return zero_base()
    share = number.share
    told = "样本不足" if share is None else f"{100 * share:.1f}%"
    return f"{told}（{plain(number.n)}/{plain(number.of)}）"
