"""The alarms that stand on the cockpit: the gravest first, as many as fit."""

from __future__ import annotations

from datetime import datetime, timedelta

from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED
from anwei.monitoring.models import Alarm
from anwei.monitoring.queries import alarms_of, by_rank
from anwei.org.models import Person

RECENT = timedelta(hours=24)


def board(person: Person, now: datetime, size: int) -> list[Alarm]:
    """Return the `size` gravest active alarms that `person` may see; then, where there is room, those of the
    last RECENT that ended before anybody acknowledged them.
    """
    rows = alarms_of(person)
    active = list(by_rank(rows.filter(ACTIVE))[:size])
    ended = rows.filter(~ACTIVE & UNACKNOWLEDGED, cleared_at__gte=now - RECENT, late=False)
    return active + list(by_rank(ended)[: size - len(active)])
