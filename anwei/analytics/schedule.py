"""What the background does for the room by itself: the list of the week, and once a month the look back."""

from __future__ import annotations

from datetime import datetime

from anwei.analytics import tasks
from anwei.analytics.models import Backtest, WatchRun
from anwei.analytics.patterns.hotspots import hot_spots_are_due
from anwei.analytics.weekly import monday
from anwei.hazards.statistics import start_of
from anwei.ledgers.schedule import Routine, register_routine
from anwei.org.holdings import day_of
from anwei.sites.models import Enterprise


def list_is_due(now: datetime) -> bool:
    """Say whether there is no list of this week yet, and anybody to stand on it."""
    return not WatchRun.objects.filter(week=monday(now)).exists() and Enterprise.objects.exists()


def backtest_is_due(now: datetime) -> bool:
    """Say whether a list was made and nobody looked back since the first of the month."""
    month = start_of(day_of(now).replace(day=1))
    return WatchRun.objects.exists() and not Backtest.objects.filter(asked_at__gte=month).exists()


register_routine(Routine(tasks.compute_week, list_is_due))
register_routine(Routine(tasks.backtest_month, backtest_is_due))
register_routine(Routine(tasks.find_hot_spots, hot_spots_are_due))
