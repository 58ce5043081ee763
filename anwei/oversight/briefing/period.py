"""The months a briefing is about, and the day up to which they are counted."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from anwei.cases.periods import Span

MONTHS = 12
YEARS_BEFORE = 2


@dataclass(frozen=True)
class Period:
    """January to month `months` of a year, counted up to the day `as_of` and told on the day `told_on`."""

    year: int
    months: int
    as_of: date
    told_on: date

    @property
    def ends(self) -> date:
        """The last day of the last month."""
        return date(self.year, self.months, monthrange(self.year, self.months)[1])

    @property
    def is_unfinished(self) -> bool:
        """Whether the last month is told while it runs, be it on its last day."""
        return self.told_on <= self.ends

    @property
    def label(self) -> str:
        """What people call it: 2026年1—11月."""
        if self.months == 1:
            return _("%(year)d年1月") % {"year": self.year}
        return _("%(year)d年1—%(months)d月") % {"year": self.year, "months": self.months}

    @property
    def span(self) -> Span:
        """The days that are counted."""
        return Span(date(self.year, 1, 1), self.as_of)

    def keys(self, back: int = 0, *, last: int | None = None) -> list[str]:
        """Return the months of the same part of a year before, as periods spell them."""
        until = self.months if last is None else last
        return [f"{self.year - back}-{month:02d}" for month in range(1, until + 1)]

    def same_day(self, back: int) -> date:
        """Return the day of a year before up to which the same part goes."""
        year = self.year - back
        if not self.is_unfinished:
            return date(year, self.months, monthrange(year, self.months)[1])
        return date(year, self.as_of.month, min(self.as_of.day, monthrange(year, self.as_of.month)[1]))


def period_of(year: int, months: int, today: date) -> Period:
    """Return the period as it can be told on a day.

    Raises ValueError, as a sentence, where it has not begun.
    """
    if (
        not 2000 <= year <= today.year
        or not 1 <= months <= MONTHS
        or (year, months) > (today.year, today.month)
    ):
        raise ValueError(_("没有这个期间，或者还没有开始。"))
    end = date(year, months, monthrange(year, months)[1])
    return Period(year, months, min(end, today), today)
