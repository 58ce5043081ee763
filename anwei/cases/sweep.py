"""What time itself does to cases; run by the worker every minute, and harmless when run twice or at once."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from anwei.cases.clocks import county_calendar, recount
from anwei.cases.events import OVERDUE
from anwei.cases.evidence import remove_orphans
from anwei.cases.ladder import climb, county_ladders, rungs_of, steps_due
from anwei.cases.models import Case, Clock, RungReached
from anwei.ledgers import seal
from anwei.standards.calendar import WorkCalendar
from anwei.standards.ladders import Ladder

__all__ = ["OVERDUE", "Swept", "stuck", "sweep"]

PATIENCE = timedelta(minutes=10)  # a sweep comes every minute
log = logging.getLogger("anwei.cases")


@dataclass(frozen=True)
class Swept:
    """What one sweep did; `n_overdue` of the `n_rungs` are clocks that were found missed."""

    n_overdue: int
    n_rungs: int
    n_recounted: int
    n_orphans: int
    sealed: bool


def sweep(now: datetime) -> Swept:
    """Let each clock climb its ladder, reckon provisional ones again; each hour, seal and remove orphans."""
    n_recounted = _recount(now)
    found = county_ladders()
    rungs = [rung for clock_id in _moving(found, now) for rung in _climb(clock_id, found, now)]
    n_overdue = sum(rung.act == OVERDUE for rung in rungs)
    new_hour = seal.seal_head(now) is not None
    n_orphans = remove_orphans(now) if new_hour else 0
    return Swept(n_overdue, len(rungs), n_recounted, n_orphans, new_hour)


def stuck(now: datetime) -> list[str]:
    """Return the numbers of the cases with a clock that should have climbed its ladder and has not.

    Something stops it every time, or nobody sweeps.
    """
    clocks = _moving(county_ladders(), now - PATIENCE)
    rows = Case._base_manager.filter(clocks__in=clocks).distinct().order_by("pk")
    return list(rows.values_list("number", flat=True))


def _climb(clock_id: int, found: Mapping[str, Ladder], now: datetime) -> list[RungReached]:
    """Let one clock climb; one that cannot is logged, and keeps neither the others nor the hour waiting."""
    try:
        return climb(clock_id, found, now)
    except Exception:
        log.exception("clock %s cannot climb its ladder", clock_id)
        return []


def _moving(found: Mapping[str, Ladder], now: datetime) -> list[int]:
    """Return the clocks that have come to a rung they were not seen at before, the longest due first."""
    running = Clock.objects.filter(met_at__isnull=True, case__closed_at__isnull=True)
    reached: dict[tuple[int, datetime], dict[str, int]] = defaultdict(dict)
    rows = RungReached.objects.filter(clock__in=running).order_by("occurrence")
    for clock_id, due_at, code, occurrence in rows.values_list("clock", "due_at", "code", "occurrence"):
        reached[clock_id, due_at][code] = occurrence
    return [
        clock.pk
        for clock in running.select_related("case").order_by("due_at", "pk")
        if steps_due(clock, rungs_of(clock.case, found), reached[clock.pk, clock.due_at], now)
    ]


def _recount(now: datetime) -> int:
    provisional = list(Clock.objects.filter(met_at__isnull=True, provisional=True))
    if not provisional:
        return 0
    calendar = county_calendar()
    return sum(_recounted(clock, calendar, now) for clock in provisional)


def _recounted(clock: Clock, calendar: WorkCalendar, now: datetime) -> bool:
    try:
        return recount(clock, calendar, now)
    except Exception:
        log.exception("clock %s cannot be reckoned again", clock.pk)
        return False
