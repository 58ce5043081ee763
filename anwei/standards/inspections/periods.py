"""The key periods of a year: days from data, those around 春节 from the State Council's calendar."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from anwei.standards.calendar import WorkCalendar

SPRING = "春节"
SETTING = "inspections.periods"  # the county's own days: {"flood.2026": {"starts_on": ..., "ends_on": ...}}
Own = Mapping[str, Mapping[str, str]]


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
    is_own: bool = False  # the county wrote its days

    @property
    def key(self) -> str:
        """Its name among all years."""
        return f"{self.code}.{self.year}"


def periods_of(year: int, calendar: WorkCalendar, own: Own | None = None) -> list[Period]:
    """Return the key periods of a year, the first first; the county's `own` days go before those of the data.

    Those around 春节 are missing while neither the calendar knows days off for it nor the county its own.
    """
    told = (_period(row, year, calendar, own or {}) for row in _rows())
    found = [period for period in told if period is not None]
    return sorted(found, key=lambda period: (period.starts_on, period.code))


def period(key: str, calendar: WorkCalendar, own: Own | None = None) -> Period | None:
    """Return a period by its key, None where there is none."""
    _code, _point, year = key.rpartition(".")
    if not year.isdecimal() or len(year) != 4:
        return None
    return next((one for one in periods_of(int(year), calendar, own) if one.key == key), None)


def names() -> dict[str, str]:
    """Return the names of the key periods by their codes."""
    return {row["code"]: row["name"] for row in _rows()}


def _period(row: dict[str, Any], year: int, calendar: WorkCalendar, own: Own) -> Period | None:
    if days := own.get(f"{row['code']}.{year}"):
        first, last = (date.fromisoformat(days[name]) for name in ("starts_on", "ends_on"))
        return Period(row["code"], row["name"], year, first, last, row["checklist"], row["note"], is_own=True)
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
