"""Working days by the State Council's yearly notices, as data that a county may complete.

A year is published when its notice is in the data or the county has entered it (Setting "calendar"). A year
that is not yet published is reckoned provisionally by the days off of 全国年节及纪念日放假办法 alone, without
the moved working days that only the notice can know: whoever shows such a day says so (`known_through`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

COUNTY_TIME = ZoneInfo("Asia/Shanghai")
CALENDAR = "calendar"  # key of the county's Setting: {"2027": {"document", "holidays", "workdays"}}
DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Holiday:
    """Days off in a row, first and last included."""

    name: str
    first: date
    last: date

    def days(self) -> Iterable[date]:
        """Yield each day off."""
        return (self.first + n * DAY for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class CalendarYear:
    """One year's arrangement; `workdays` are the weekend days that are worked (调休上班)."""

    year: int
    published: bool
    document: str
    confidence: str
    holidays: tuple[Holiday, ...]
    workdays: tuple[date, ...]


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked."""

    years: tuple[CalendarYear, ...]

    @classmethod
    def load(cls, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> WorkCalendar:
        """Return the calendar of the product with the years a county entered in place of its own.

        `overrides` is the value of the Setting `calendar`, dates as ISO text. Raises ValueError for a year
        without a document, a holiday that ends before it starts, or a "moved" working day that is none.
        """
        years = {row.year: row for row in _national()}
        for text, row in (overrides or {}).items():
            years[int(text)] = _year(int(text), {**row, "published": True, "confidence": "COUNTY"})
        return cls(tuple(years[year] for year in sorted(years)))

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(day for year in self.years for off in year.holidays for day in off.days())

    @cached_property
    def _on(self) -> frozenset[date]:
        return frozenset(day for year in self.years for day in year.workdays)

    @cached_property
    def known_through(self) -> date:
        """The last day of the last year in a row whose notice is known; later days are provisional."""
        published = [year.year for year in self.years if year.published]
        last = published[0]
        while last + 1 in published:
            last += 1
        return date(last, 12, 31)

    def is_working_day(self, day: date) -> bool:
        """Say whether public bodies work on `day`."""
        return day in self._on or (day not in self._off and day.weekday() < SATURDAY)

    def next_working_day(self, day: date) -> date:
        """Return `day` itself where it is worked, else the first worked day after it."""
        while not self.is_working_day(day):
            day += DAY
        return day

    def add_working_days(self, moment: datetime, n: int) -> datetime:
        """Return the end of the n-th working day after the day of `moment`, which itself does not count."""
        return end_of_day(self.working_day_after(moment.astimezone(COUNTY_TIME).date(), n))

    def working_day_after(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`."""
        for _count in range(n):
            day = self.next_working_day(day + DAY)
        return day

    def years_to_enter(self, today: date) -> list[int]:
        """Return the years an administrator should enter now: unpublished, begun or to begin within 90 days.

        The notice for a year has come between late October and mid-December of the year before.
        """
        soon = today + timedelta(days=90)
        return [year for year in range(today.year, soon.year + 1) if date(year, 12, 31) > self.known_through]


def end_of_day(day: date) -> datetime:
    """Return the end of a day in the county: its 24:00."""
    return datetime.combine(day + DAY, time(), COUNTY_TIME)


@cache
def _national() -> tuple[CalendarYear, ...]:
    table = tomllib.loads(files("anwei.standards").joinpath("data/calendar.toml").read_text("utf-8"))
    return tuple(_year(row["year"], row) for row in table["year"])


def _year(year: int, row: Mapping[str, Any]) -> CalendarYear:
    holidays = tuple(
        Holiday(off["name"], _date(off["first"]), _date(off["last"])) for off in row.get("holidays", ())
    )
    workdays = tuple(_date(day) for day in row.get("workdays", ()))
    if row["published"] and not str(row.get("document", "")).strip():
        raise ValueError(f"{year}: 请写明放假安排的文件")
    if wrong := [off.name for off in holidays if off.last < off.first]:
        raise ValueError(f"{year} {'、'.join(wrong)}: 放假止日早于起日")
    if wrong := [f"{day}" for day in workdays if day.weekday() < SATURDAY]:
        raise ValueError(f"{'、'.join(wrong)}: 不是周末，不是调休上班日")
    return CalendarYear(
        year, row["published"], str(row.get("document", "")), row["confidence"], holidays, workdays
    )


def _date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
