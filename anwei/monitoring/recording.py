"""Events of the outbox become alarms; neither one that cannot be written nor a hole stops those behind it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from anwei.monitoring.models import Alarm
from anwei.monitoring.services import record_episodes
from anwei.monitoring.services.positions import EPISODES, note_loss, pass_over, position

STANDSTILL = timedelta(minutes=10)
DATABASE_AWAY = (OperationalError, InterfaceError)  # no fault of an event

log = logging.getLogger("anwei.worker")

Numbered = tuple[int, dict[str, Any]]


class Recorder:
    """Writes batches. What is lost is logged as an error and stands on the status page for a while."""

    def __init__(self) -> None:
        self._failing_since: datetime | None = None  # nothing could be written since

    def record(self, events: Sequence[Numbered], *, now: datetime, trends: Mapping[int, str]) -> list[Alarm]:
        """Write `events`, asked for after the stored position, and return the new or changed alarms.

        An event that fails is set aside once one behind it could be written: then the fault is the event's.
        While nothing at all can be written, it may be anything, and the batch is set aside after 10 minutes
        only. Raises what failed until then, and whenever the database is away.
        """
        reached = position(EPISODES)
        try:
            rows = record_episodes(events, now=now, trends=trends).rows
        except DATABASE_AWAY:
            raise
        except Exception as error:  # whatever it is, the other events may be sound
            log.warning("a batch could not be recorded, %r: trying its events one by one", error)
            rows = self._one_by_one(events, now, trends)
        else:
            self._failing_since = None
        if 0 < reached < events[0][0] - 1:
            log.error("the outbox has lost the events %d to %d", reached + 1, events[0][0] - 1)
            note_loss(now)
        return rows

    def _one_by_one(
        self, events: Sequence[Numbered], now: datetime, trends: Mapping[int, str]
    ) -> list[Alarm]:
        rows: list[Alarm] = []
        failed: list[tuple[Numbered, Exception]] = []
        any_written = False
        for event in events:
            try:
                rows += record_episodes([event], now=now, trends=trends).rows
            except DATABASE_AWAY:
                raise
            except Exception as error:
                failed.append((event, error))
            else:
                any_written = True
                _set_aside(failed, now)
                failed = []
        if any_written:
            self._failing_since = None
            return rows
        self._failing_since = self._failing_since or now
        if now - self._failing_since < STANDSTILL:
            raise failed[0][1]
        _set_aside(failed, now)
        pass_over(events[-1][0])
        self._failing_since = None
        return rows


def _set_aside(failed: Sequence[tuple[Numbered, Exception]], now: datetime) -> None:
    for (sequence, event), error in failed:
        log.error("event %d set aside, it cannot be recorded: %s", sequence, event, exc_info=error)
    if failed:
        note_loss(now)
