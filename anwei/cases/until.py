"""The day and the time of a deadline as an order says them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from anwei.standards.calendar import COUNTY_TIME


def until(at: datetime) -> tuple[date, str]:
    """Return them: the end of a day is its 24:00, not the next day's 00:00."""
    local = at.astimezone(COUNTY_TIME)
    if local.time() == time():
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"
