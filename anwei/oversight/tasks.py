"""What the background does for the committee."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from anwei.oversight.services.freezing import freeze_month
from anwei.oversight.services.morning import tell_mornings
from anwei.oversight.timetable import due_month


@task()
def tell_the_morning() -> None:
    """Tell the leaders of each county what today is about."""
    tell_mornings(timezone.now())


@task()
def freeze_last_month() -> None:
    """Freeze the month that ended, where its day has come and nobody froze it yet."""
    now = timezone.now()
    if month := due_month(now):
        freeze_month(actor=None, now=now, year=month.year, month=month.month)
