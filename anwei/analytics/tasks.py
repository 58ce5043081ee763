"""What the background does for the room (`anwei tasks` runs it)."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from anwei.analytics.backtesting import run_backtest
from anwei.analytics.patterns.hotspots import hot_spots_of_the_week
from anwei.analytics.weekly import list_of_the_week


@task()
def compute_week() -> None:
    """Compute this week's list."""
    list_of_the_week(timezone.now())


@task()
def backtest(pk: int) -> None:
    """Compute a backtest that was asked for."""
    run_backtest(pk)


@task()
def backtest_month() -> None:
    """Look back over all months, by itself once a month."""
    from anwei.analytics.backtesting import start_backtest

    start_backtest(actor=None, now=timezone.now(), at_once=True)


@task()
def find_hot_spots() -> None:
    """Look for this week's hot spots."""
    hot_spots_of_the_week(timezone.now())


def is_looking() -> bool:
    """Say whether the search for hot spots waits or runs in the background."""
    unfinished = DBTaskResult.objects.ready() | DBTaskResult.objects.running()
    return bool(unfinished.filter(task_path=find_hot_spots.module_path).exists())
