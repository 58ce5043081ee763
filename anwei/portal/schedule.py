"""The nightly backup and tidying, the weekly restore drill: when, and how many backups a county keeps.

A slot that was missed because the machine was off is made up for as soon as it runs again; what failed is
said on the status page and tried again at the next slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.dates import WEEKDAYS

from anwei.ledgers.schedule import Routine, register_routine
from anwei.ledgers.services import county_setting
from anwei.portal import tasks
from anwei.portal.system import results
from anwei.portal.system.backups import DRILL, backups
from anwei.portal.system.orphans import ORPHANS
from anwei.standards.calendar import COUNTY_TIME

SETTING = "schedule"  # key of ledgers.Setting: {"backup_at": "02:30", "drill_on": 7, "drill_at", "kept"}
DEFAULTS: Mapping[str, Any] = {"backup_at": "02:30", "drill_on": 7, "drill_at": "03:30", "kept": 14}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """Times of the county's day; `drill_on` is 1 (Monday) to 7; `kept` counts nightly backups."""

    backup_at: time
    drill_on: int
    drill_at: time
    kept: int

    @property
    def day(self) -> str:
        """The weekday of the drill in words."""
        return str(WEEKDAYS[self.drill_on - 1])

    def last_backup(self, now: datetime) -> datetime:
        """Return the latest moment, not after `now`, at which a backup is made."""
        slot = datetime.combine(now.astimezone(COUNTY_TIME), self.backup_at, COUNTY_TIME)
        return slot if slot <= now else slot - DAY

    def last_drill(self, now: datetime) -> datetime:
        """Return the latest moment, not after `now`, at which a drill is held."""
        slot = datetime.combine(now.astimezone(COUNTY_TIME), self.drill_at, COUNTY_TIME)
        slot -= (slot.isoweekday() - self.drill_on) % 7 * DAY
        return slot if slot <= now else slot - 7 * DAY


def load(own: Mapping[str, Any]) -> Schedule:
    """Return the schedule with the county's own values.

    Raises ValueError for what is no time of the day, no weekday, or no number of backups.
    """
    found = {**DEFAULTS, **own}
    if not 1 <= found["drill_on"] <= 7 or not 2 <= found["kept"] <= 400:
        raise ValueError("no weekday, or a number of backups out of 2 to 400")
    backup_at, drill_at = (time.fromisoformat(found[name]) for name in ("backup_at", "drill_at"))
    return Schedule(backup_at, found["drill_on"], drill_at, found["kept"])


def county_schedule() -> Schedule:
    """Return the schedule as this county set it."""
    return load(county_setting(SETTING, {}))


def backup_is_due(now: datetime) -> bool:
    """Say whether no backup was tried since the last slot."""
    return not _tried_since(tasks.BACKUP, county_schedule().last_backup(now))


def drill_is_due(now: datetime) -> bool:
    """Say whether there is something to prove and no drill was held since the last slot."""
    return bool(backups(settings.DATA)) and not _tried_since(DRILL, county_schedule().last_drill(now))


def tidying_is_due(now: datetime) -> bool:
    """Say whether nobody looked for orphans since the last slot of the backup."""
    return not _tried_since(ORPHANS, county_schedule().last_backup(now))


def _tried_since(name: str, slot: datetime) -> bool:
    found = results.last(settings.DATA, name)
    return found is not None and found["at"] >= slot


register_routine(Routine(tasks.nightly_backup, backup_is_due, in_demo=False))
register_routine(Routine(tasks.drill_now, drill_is_due, in_demo=False))
register_routine(Routine(tasks.remove_orphans_now, tidying_is_due, in_demo=False))
