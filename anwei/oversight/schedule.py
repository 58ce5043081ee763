"""When the committee's background work is due."""

from __future__ import annotations

from datetime import datetime

from anwei.ledgers.schedule import Routine, register_routine
from anwei.oversight import tasks
from anwei.oversight.services.morning import morning_is_due
from anwei.oversight.timetable import due_month


def a_month_waits(now: datetime) -> bool:
    """Say whether a month should be frozen and is not."""
    return due_month(now) is not None


register_routine(Routine(tasks.tell_the_morning, morning_is_due))
register_routine(Routine(tasks.freeze_last_month, a_month_waits))
