"""The key periods of a year: days from data, those around 春节 from the State Council's calendar."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from anwei.standards.calendar import WorkCalendar

SPRING = "春节"


@dataclass(frozen=True)
class Period:
    """One key period; the year in `key` is the one in which it starts."""

    code: str
    name: str
    year: int
    starts_on: date
    ends_on: date
    checklist: str
    note: str

    @property
    def key(self) -> str:
        """Its name among all years."""
        return f"{self.code}.{self.year}"


def periods_of(year: int, calendar: WorkCalendar) -> list[Period]:
    """Return the key periods that start in a year, the first first.

    Those around 春节 are missing while the calendar knows no days off for it.
    """
    found = [period for row in _rows() if (period := _period(row, year, calendar)) is not None]
    return sorted(found, key=lambda period: (period.starts_on, period.code))


def period(key: str, calendar: WorkCalendar) -> Period | None:
    """Return a period by its key, None where there is none."""
    _code, _point, year = key.rpartition(".")
    if not year.isdecimal() or len(year) != 4:
        return None
    return next((one for one in periods_of(int(year), calendar) if one.key == key), None)


def _period(row: dict[str, Any], year: int, calendar: WorkCalendar) -> Period | None:
    starts, ends = _day(row["starts"], year, calendar), _day(row["ends"], year, calendar)
    if starts is None or ends is None:
        return None
    if ends < starts:  # it goes over the turn of the year
        ends = ends.replace(year=year + 1)
    return Period(row["code"], row["name"], year, starts, ends, row["checklist"], row["note"])


def _day(told: dict[str, Any], year: int, calendar: WorkCalendar) -> date | None:
    if told.get("from") != "spring":
        return date(year, told["month"], told["day"])
    days_off = (off for one in calendar.years if one.year == year for off in one.holidays)
    spring = next((off for off in days_off if SPRING in off.name), None)
    if spring is None:
        return None
    return (spring.first if told["edge"] == "first" else spring.last) + timedelta(days=told["days"])


@cache
def _rows() -> list[dict[str, Any]]:
    text = files("anwei.standards").joinpath("data/inspections/periods.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["period"]
    return rows
