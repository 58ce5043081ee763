"""Periods that figures are asked for: a month, a quarter, a year, or any days from one to another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

SPELLED = re.compile(r"(?P<year>20\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")
EARLIEST = date(2000, 1, 1)
MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included; `key` is how an address spells it ("" for any days)."""

    first: date
    last: date
    key: str = ""

    @property
    def label(self) -> str:
        """What people call it."""
        found = SPELLED.fullmatch(self.key)
        if found is None:
            return _("%(first)s 至 %(last)s") % {"first": self.first, "last": self.last}
        year = found["year"]
        if found["month"]:
            return _("%(year)s 年 %(month)d 月") % {"year": year, "month": int(found["month"])}
        if found["quarter"]:
            return _("%(year)s 年第 %(quarter)s 季度") % {"year": year, "quarter": found["quarter"]}
        return _("%(year)s 年") % {"year": year}

    @property
    def query(self) -> dict[str, str]:
        """The filter of a register that shows the days."""
        return {"since": self.first.isoformat(), "until": self.last.isoformat()}

    def before(self, today: date) -> Span:
        """Return as many days right before: of a period that runs, as many as are over, today's included."""
        n_days = (min(self.last, max(today, self.first)) - self.first).days + 1
        return Span(
            max(self.first - timedelta(days=n_days), date(1900, 1, 1)), self.first - timedelta(days=1)
        )


def month_after(day: date) -> date:
    """Return the first day of the month after that of a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_before(day: date) -> date:
    """Return the first day of the month before that of a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def span_of(key: str) -> Span | None:
    """Return the period of "2026-11", "2026-Q4" or "2026"; None for any other text."""
    found = SPELLED.fullmatch(key)
    if found is None:
        return None
    year, month, n_months = int(found["year"]), 1, 12
    if found["month"]:
        month, n_months = int(found["month"]), 1
    elif found["quarter"]:
        month, n_months = MONTHS_A_QUARTER * (int(found["quarter"]) - 1) + 1, MONTHS_A_QUARTER
    after = date(year + (month + n_months > 12), (month + n_months - 1) % 12 + 1, 1)
    return Span(date(year, month, 1), after - timedelta(days=1), key)


def asked(parameters: Mapping[str, str], today: date) -> Span:
    """Return what an address asks for by `period=`, or by `since=` and `until=`; else the running quarter."""
    if span := span_of(parameters.get("period", "")):
        return span
    first, last = (_day(parameters.get(name, "")) for name in ("since", "until"))
    if first or last:
        first, last = first or EARLIEST, last or today
        return Span(min(first, last), max(first, last))
    return usual(today)[2]


def usual(today: date) -> list[Span]:
    """Return what is asked most: this month, quarter and year, and the ones before."""
    month = today.replace(day=1)
    quarter = f"{today.year}-Q{_quarter(today)}"
    ended = (span_of(quarter) or Span(today, today)).first - timedelta(days=1)
    keys = (
        f"{month:%Y-%m}",
        f"{month - timedelta(days=1):%Y-%m}",
        quarter,
        f"{ended.year}-Q{_quarter(ended)}",
        str(today.year),
        str(today.year - 1),
    )
    return [span for key in keys if (span := span_of(key))]


def _quarter(day: date) -> int:
    return (day.month - 1) // MONTHS_A_QUARTER + 1


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= date(2099, 12, 31) else None
