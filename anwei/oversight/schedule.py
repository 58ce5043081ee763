"""When the committee's background work is due."""

from __future__ import annotations

from anwei.ledgers.schedule import Routine, register_routine
from anwei.oversight import tasks
from anwei.oversight.services.morning import morning_is_due

register_routine(Routine(tasks.tell_the_morning, morning_is_due))
