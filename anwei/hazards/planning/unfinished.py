"""Visits that began and were never ended: after some days nobody inspects there any more (未结束的检查)."""

from __future__ import annotations

from datetime import datetime, timedelta

from anwei.hazards.models import State, Visit
from anwei.hazards.planning.capping import own_figures
from anwei.standards.inspections.rules import figure


def going_on_since(now: datetime) -> datetime:
    """Return since when a visit that did not end may have begun to go on still; the county sets how long."""
    return now - timedelta(days=figure("begun_days", own_figures()))


def is_unfinished(visit: Visit, now: datetime) -> bool:
    """Say whether a visit began so long ago that it is to be ended, not gone on with."""
    begun_at = visit.begun_at
    return visit.state == State.BEGUN and begun_at is not None and begun_at < going_on_since(now)
