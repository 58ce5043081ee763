"""What the background does for the room by itself: the list of the week, and once a month the look back."""

from __future__ import annotations

from datetime import datetime, timedelta

from anwei.analytics import tasks
from anwei.analytics.backtesting import lost
from anwei.analytics.models import Backtest, WatchRun
from anwei.analytics.patterns.hotspots import hot_spots_are_due
from anwei.analytics.weekly import monday
from anwei.hazards.statistics import start_of
from anwei.ledgers.schedule import Routine, register_routine
from anwei.org.holdings import day_of
from anwei.sites.models import Enterprise

AGAIN = timedelta(days=1)  # after which one that failed is tried again


def list_is_due(now: datetime) -> bool:
    """Say whether there is no list of this week yet, and anybody to stand on it."""
    return not WatchRun.objects.filter(week=monday(now)).exists() and Enterprise.objects.exists()


def backtest_is_due(now: datetime) -> bool:
    """Say whether a list was made and nobody looked back since the first of the month; once a day."""
    month = start_of(day_of(now).replace(day=1))
    asked = Backtest.objects.filter(asked_at__gte=month).exclude(pk__in=lost(now))
    failed_today = Backtest.objects.filter(asked_at__gt=now - AGAIN)
    return (
        WatchRun.objects.exists()
        and not asked.exclude(status=Backtest.Status.FAILED).exists()
        and not failed_today.exists()
    )


register_routine(Routine(tasks.compute_week, list_is_due))
register_routine(Routine(tasks.backtest_month, backtest_is_due))
register_routine(Routine(tasks.find_hot_spots, hot_spots_are_due))
