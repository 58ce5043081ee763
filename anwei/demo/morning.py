"""What the fictional county's leaders were told at the last eight o'clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from anwei.oversight.services.morning import tell_mornings
from anwei.standards.calendar import COUNTY_TIME

HOUR = time(8)


def tell_the_last_morning(now: datetime) -> int:
    """Tell the leaders the lines of the last eight o'clock, as records stand; return how many counties."""
    at = datetime.combine(now.astimezone(COUNTY_TIME), HOUR, COUNTY_TIME)
    return tell_mornings(at if at <= now else at - timedelta(days=1))
