"""How long a limit lasts: one function for every clock of the house.

Counting follows 民法典 art. 201-203 (the same in 民事诉讼法 art. 85; from memory): a limit in days or months
does not count the day of its event and ends with the last day's 24:00; one in hours or minutes runs from the
moment; one in months ends on the day of the same number, or on the month's last day. "Working days" are those
of the State Council's calendar (行政许可法 art. 82, 行政强制法 art. 69: read in a public copy; 行政处罚法
art. 85: from memory). Where the last day is a day off, `rolls` moves it to the next working day (民法典 art.
203). The acts on work safety have no such rule, so their limits stay, the stricter reading.
"""

from __future__ import annotations

import calendar as month_lengths
from datetime import date, datetime, timedelta

from anwei.standards.calendar import COUNTY_TIME, DAY, WorkCalendar, end_of_day

UNITS = (
    "immediate",  # at once: due when it starts
    "minute",
    "hour",
    "same_day",  # the end of the day of the event; the number is ignored
    "natural",
    "working",
    "month",
    "next_month",  # the n-th day of the month after the event's
    "next_quarter",  # the n-th day of the quarter after the event's
    "next_year",  # the n-th day of the year after the event's
)
PERIODS = {"next_month": 1, "next_quarter": 3, "next_year": 12}  # how many months each lasts
WITHOUT_NUMBER = ("immediate", "same_day")
LEAST_MINUTES = {"immediate": 0, "minute": 1, "hour": 60, "natural": 24 * 60, "working": 24 * 60}


def check(limit: int, unit: str) -> None:
    """Raise ValueError unless this is a limit."""
    if unit not in UNITS or (unit not in WITHOUT_NUMBER and limit <= 0):
        raise ValueError(f"{limit} {unit} is not a limit")


def units_within(unit: str) -> tuple[str, ...]:
    """Return the units in which a limit given in `unit` can be made stricter, its own the last."""
    rising = tuple(LEAST_MINUTES)
    return rising[: rising.index(unit) + 1] if unit in rising else (unit,)


def is_laxer(limit: int, unit: str, than: int, than_unit: str) -> bool:
    """Say whether the first limit may end later than the second; a unit that cannot be compared may."""
    if unit == than_unit:
        return unit not in WITHOUT_NUMBER and limit > than
    if unit not in units_within(than_unit):
        return True
    return limit * LEAST_MINUTES[unit] > than * LEAST_MINUTES[than_unit]


def end_of(
    started_at: datetime, limit: int, unit: str, calendar: WorkCalendar, *, rolls: bool = False
) -> datetime:
    """Return the last moment at which something due `limit` `unit` after `started_at` is done in time.

    The result has the time zone of `started_at`. Raises ValueError for no limit.
    """
    check(limit, unit)
    if unit in ("immediate", "minute", "hour"):
        step = {"immediate": timedelta(0), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}[unit]
        return started_at + limit * step
    day = last_day(started_at.astimezone(COUNTY_TIME).date(), limit, unit, calendar)
    if rolls:
        day = calendar.next_working_day(day)
    return end_of_day(day).astimezone(started_at.tzinfo)


def last_day(day: date, limit: int, unit: str, calendar: WorkCalendar) -> date:
    """Return the last day on which something due `limit` `unit` after a day is done in time.

    The unit is one of whole days, months or periods.
    """
    if unit == "same_day":
        return day
    if unit == "natural":
        return day + limit * DAY
    if unit == "month":
        return _months_later(day, limit)
    if unit in PERIODS:
        months = PERIODS[unit]
        first_month = (day.month - 1) // months * months + 1
        return _months_later(day.replace(month=first_month, day=1), months) + (limit - 1) * DAY
    return calendar.working_day_after(day, limit)


def _months_later(day: date, n: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, month_lengths.monthrange(year, month + 1)[1]))
