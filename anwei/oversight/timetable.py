"""On which day of the month the month before is frozen: ours, and a county may set another."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from anwei.cases.periods import month_after, month_before
from anwei.ledgers.models import Change
from anwei.ledgers.services import county_setting
from anwei.oversight.models import FrozenMonth

SETTING = "statistics"  # key of ledgers.Setting: {"freeze_on": 5}
FREEZE_ON = 5  # until then late reports of the month come in; no article names a day
LAST_DAY = 28
IN_TIME = timedelta(days=92)  # of a month's first day: within a quarter it was frozen as its records came in


def freeze_day() -> int:
    """Return the day of the month on which the month before is frozen, as this county set it."""
    day = int(county_setting(SETTING, {}).get("freeze_on", FREEZE_ON))
    return min(max(day, 1), LAST_DAY)


def due_month(now: datetime) -> date | None:
    """Return the first day of the oldest month that should be frozen by now and is not, None for none.

    Those that passed while nothing ran here are due too, from the first that was recorded here, or was frozen
    in time: one of years ago that somebody keeps says nothing of those between.
    """
    today = timezone.localdate(now)
    last = month_before(today if today.day >= freeze_day() else month_before(today))
    frozen = dict(FrozenMonth.objects.filter(issue=1).values_list("month_begins", "frozen_at"))
    in_time = [month for month, at in frozen.items() if timezone.localdate(at) - month < IN_TIME]
    month = min([*in_time, *_first_recorded()], default=None)
    while month is not None and month <= last and month in frozen:
        month = month_after(month)
    return month if month is not None and month <= last else None


def _first_recorded() -> list[date]:
    """Return the first month that was recorded here from its first day on: what was before is imported."""
    first = Change.objects.order_by("pk").values_list("at", flat=True).first()
    if first is None:
        return []
    day = timezone.localdate(first)
    return [day if day.day == 1 else month_after(day)]
