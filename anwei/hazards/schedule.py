"""What the background does for hazards by itself: hash new photos, and daily say what to look at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from anwei.hazards import tasks
from anwei.hazards.signals.hashing import waiting
from anwei.hazards.signals.suggestions import newest
from anwei.ledgers.schedule import Routine, register_routine

DAILY = timedelta(days=1)


def photos_wait(now: datetime) -> bool:
    """Say whether a photo has no hash yet."""
    return waiting().exists()


def signals_are_old(now: datetime) -> bool:
    """Say whether what is suggested was computed a day ago, or never."""
    last = newest()
    return last is None or last.at <= now - DAILY


register_routine(Routine(tasks.hash_photos, photos_wait))
register_routine(Routine(tasks.compute_signals, signals_are_old))
