"""On which day of the month the month before is frozen: ours, and a county may set another."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from anwei.ledgers.models import Change
from anwei.ledgers.services import county_setting
from anwei.oversight.models import FrozenMonth

SETTING = "statistics"  # key of ledgers.Setting: {"freeze_on": 5}
FREEZE_ON = 5  # until then late reports of the month come in; no article names a day
LAST_DAY = 28


def freeze_day() -> int:
    """Return the day of the month on which the month before is frozen, as this county set it."""
    day = int(county_setting(SETTING, {}).get("freeze_on", FREEZE_ON))
    return min(max(day, 1), LAST_DAY)


def due_month(now: datetime) -> date | None:
    """Return the first day of the month that should be frozen now, None where there is none."""
    today = timezone.localdate(now)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if today.day < freeze_day() or FrozenMonth.objects.filter(month_begins=month).exists():
        return None
    return month if _was_recorded(month) else None


def _was_recorded(month: date) -> bool:
    """Say whether the county kept its records here by then: who begins today imports what was before."""
    if FrozenMonth.objects.filter(month_begins__lt=month).exists():  # an official froze an earlier one
        return True
    first = Change.objects.order_by("pk").values_list("at", flat=True).first()
    return first is not None and timezone.localdate(first) <= month
