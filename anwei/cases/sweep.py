"""What time itself does to cases; run by the worker every minute, and harmless when run twice or at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anwei.cases.clocks import county_calendar, recount
from anwei.cases.events import OVERDUE
from anwei.cases.evidence import remove_orphans
from anwei.cases.ladder import climb, county_ladders, rungs_of, steps_due
from anwei.cases.models import Clock, RungReached
from anwei.ledgers import seal
from anwei.standards.ladders import Ladder

__all__ = ["OVERDUE", "Swept", "sweep"]


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
    rungs = [rung for clock_id in _moving(found, now) for rung in climb(clock_id, found, now)]
    n_overdue = sum(rung.act == OVERDUE for rung in rungs)
    new_hour = seal.seal_head(now) is not None
    n_orphans = remove_orphans(now) if new_hour else 0
    return Swept(n_overdue, len(rungs), n_recounted, n_orphans, new_hour)


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
    return sum(recount(clock, calendar, now) for clock in provisional)
