"""统计指标 as a page and a sheet show them: indicators by months, compared with the years before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.indicators import Indicator, Number, indicators, plain
from anwei.cases.periods import Span, span_of
from anwei.cases.verdicts import verdict_words
from anwei.methods.counts import compare
from anwei.org.models import Person
from anwei.oversight.figures import MONTHS, Figures, ended_months, figures, month_keys

YEARS_BEFORE = 2


@dataclass(frozen=True)
class Shown:
    """A number with the addresses of its rows; `of_address` where it is a share.

    `change` is what the records say otherwise of a frozen month; `is_before`: nothing was recorded by then.
    """

    number: Number
    links: tuple[str, ...]
    of_link: str = ""
    is_frozen: bool = False
    change: Number | None = None
    is_before: bool = False

    @property
    def text(self) -> str:
        """The number, or the share as far as there are enough rows; "" for too few."""
        if self.number.of is None:
            return plain(self.number.n)
        share = self.number.share
        return "" if share is None else f"{100 * share:.1f}%"

    @property
    def n(self) -> str:
        """The numerator."""
        return plain(self.number.n)

    @property
    def of(self) -> str:
        """The denominator, "" without one."""
        return "" if self.number.of is None else plain(self.number.of)

    @property
    def changed(self) -> str:
        """By how much the records differ from the published number, with its sign; "" for not at all."""
        if self.change is None:
            return ""
        both = (self.change.n, *([] if self.change.of is None else [self.change.of]))
        return "/".join(f"{'+' if one > 0 else ''}{plain(one)}" for one in both)

    @property
    def link(self) -> str:
        """Where the rows are."""
        return self.links[0]

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to open."""
        return self.number.is_nothing

    @property
    def in_sheet(self) -> Any:
        """The number as a sheet holds it: a share as text with both numbers."""
        if self.is_before:
            return "—"
        if self.number.of is None:
            return float(self.number.n) if self.number.n % 1 else int(self.number.n)
        return f"{self.text or _('样本不足')} ({self.n}/{self.of})"


@dataclass(frozen=True)
class Against:
    """A number of the years before and what the comparison says; `before` None where none was recorded."""

    before: str | None
    difference: str = ""
    words: str = ""

    @property
    def in_sheet(self) -> str:
        """All of it in a cell."""
        if self.before is None:
            return _("没有同期记录")
        return " ".join(filter(None, (self.before, self.difference, self.words)))


@dataclass(frozen=True)
class Line:
    """One indicator over the months of a year."""

    indicator: Indicator
    months: tuple[Shown | None, ...]  # None: not yet, or told as it stands now
    whole: Shown | None
    now: Shown | None
    last_year: Against | None
    two_years: Against | None


class Page:
    """What one person sees of a year, in a township or sector or all of it."""

    def __init__(self, person: Person | None, now: datetime, year: int, narrow: Mapping[str, str]) -> None:
        self.today = timezone.localdate(now)
        self.year, self.narrow = year, dict(narrow)
        self.n_ended = ended_months(year, self.today)
        until = min(date(year, 12, 31), self.today)
        self.span = Span(date(year - YEARS_BEFORE, 1, 1), max(until, date(year, 1, 1)))
        self.found: Figures = figures(person, now, self.span)

    @property
    def n_begun(self) -> int:
        """How many months of the year have begun."""
        if self.year > self.today.year:
            return 0
        return MONTHS if self.year < self.today.year else self.today.month

    @property
    def whole_label(self) -> str:
        """What the months that ended are called together."""
        if not self.n_ended:
            return _("累计")
        return _("1 月") if self.n_ended == 1 else _("1—%(n)d 月") % {"n": self.n_ended}

    def month_heads(self) -> list[tuple[str, bool, bool]]:
        """Return number, whether frozen, whether it still runs, of each month."""
        return [
            (
                str(int(key[-2:])),
                key in self.found.frozen,
                self.year == self.today.year and int(key[-2:]) == self.today.month,
            )
            for key in month_keys(self.year)
        ]

    def lines(self) -> list[Line]:
        """Return every indicator."""
        return [self._line(one) for one in indicators()]

    def _line(self, one: Indicator) -> Line:
        if not one.is_dated:
            frozen = [
                self._stood(one, key) if self.found.is_frozen(one, key) else None
                for key in month_keys(self.year)
            ]
            now = self._opened(one, self.found.now(one, **self.narrow), None, None)
            return Line(one, tuple(frozen), None, now, None, None)
        first = one.first_day()
        begun = month_keys(self.year, self.n_begun)
        months = [self._shown(one, [key], first) for key in begun]
        whole = self._shown(one, month_keys(self.year, self.n_ended)) if self.n_ended else None
        return Line(
            one,
            (*months, *([None] * (MONTHS - len(months)))),
            whole,
            None,
            self._against(one, whole, first, 1),
            self._against(one, whole, first, YEARS_BEFORE),
        )

    def _stood(self, one: Indicator, key: str) -> Shown:
        """Return how things stood when a month ended, with what stood then."""
        links = (one.stocks[0].link_then(self.found.frozen[key].month_ends, self.narrow),)
        return replace(self._shown(one, [key]), links=links)

    def _shown(self, one: Indicator, keys: list[str], recorded_since: date | None = None) -> Shown:
        """Return the number of months that follow each other."""
        first, last = span_of(keys[0]), span_of(keys[-1])
        span = Span(first.first, last.last, keys[0] if len(keys) == 1 else "") if first and last else None
        shown = self._opened(one, self.found.number(one, keys, **self.narrow), keys, span)
        if len(keys) > 1:
            return shown
        return Shown(
            shown.number,
            shown.links,
            shown.of_link,
            self.found.is_frozen(one, keys[0]),
            self.found.drift(one, keys[0], **self.narrow),
            last is not None and recorded_since is not None and last.last < recorded_since,
        )

    def _opened(self, one: Indicator, number: Number, keys: list[str] | None, span: Span | None) -> Shown:
        """Return a number with the addresses of its rows: of each part that has some."""
        filled = self.found.live[one.key].filled(keys, **self.narrow)
        links = tuple(one.numerator[place].link(span, self.narrow) for place in filled)
        return Shown(number, links, one.denominator[0].link(span, self.narrow) if one.denominator else "")

    def _against(
        self, one: Indicator, whole: Shown | None, first: date | None, n_years: int
    ) -> Against | None:
        """Compare the months that ended with the same of the year before, or the mean of two years."""
        if whole is None:
            return None
        if first is None or first > date(self.year - n_years, 1, 31):
            return Against(None)
        before = [month_keys(self.year - back, self.n_ended) for back in range(1, n_years + 1)]
        if self.found.gaps(one, (month for keys in before for month in keys)):
            return Against(None)
        numbers = [self.found.number(one, keys, **self.narrow) for keys in before]
        total = sum((number.n for number in numbers), Decimal(0))
        if one.denominator:
            of = sum((number.of or Decimal(0) for number in numbers), Decimal(0))
            share = Number(total, of).share
            told = _("样本不足") if share is None else f"{100 * share:.1f}%"
            return Against(f"{told} ({plain(total)}/{plain(of)})")
        mean = total / n_years
        difference = whole.number.n - mean
        sign = "+" if difference > 0 else ""
        words = ""
        if one.event:
            found = compare(int(whole.number.n), int(total), exposure_before=n_years)
            words = verdict_words(found.verdict)
        return Against(plain(mean), f"{sign}{plain(difference)}" if difference else "±0", words)

    def corrections(self) -> Iterator[tuple[str, Indicator, Shown]]:
        """Yield the frozen numbers of this year that the records contradict by now."""
        for key in month_keys(self.year):
            for one in indicators():
                if self.found.drift(one, key, **self.narrow) is not None:
                    yield key, one, self._shown(one, [key])
