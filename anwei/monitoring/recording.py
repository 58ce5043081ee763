"""Events of the outboxes become alarms and early warnings.

Neither one that cannot be written nor a hole stops those behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError

from anwei.monitoring.models import Alarm, Forecast
from anwei.monitoring.services import record_episodes, record_findings
from anwei.monitoring.services.positions import EPISODES, FINDINGS, note_loss, position, set_position

STANDSTILL = timedelta(minutes=10)
DATABASE_AWAY = (OperationalError, InterfaceError)  # no fault of an event

log = logging.getLogger("anwei.worker")

Row = TypeVar("Row")

Numbered = tuple[int, dict[str, Any]]


class Keeper(Generic[Row]):
    """Writes numbered batches by the stored position of their outbox, `name`; what cannot be is set aside."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failing_since: datetime | None = None  # nothing could be written since

    def keep(
        self, events: Sequence[Numbered], now: datetime, write: Callable[[Sequence[Numbered]], list[Row]]
    ) -> list[Row]:
        """Write `events`, asked for after the stored position, and return the new or changed rows.

        An event that fails is set aside once one behind it could be written: then the fault is the event's.
        While nothing at all can be written, it may be anything, and the batch is set aside after 10 minutes
        only. Raises what failed until then, and whenever the database is away.
        """
        try:
            rows = write(events)
        except DATABASE_AWAY:
            raise
        except Exception as error:  # whatever it is, the other events may be sound
            log.warning("a batch could not be recorded, %r: trying its events one by one", error)
            return self._one_by_one(events, now, write)
        self._failing_since = None
        return rows

    def _one_by_one(
        self, events: Sequence[Numbered], now: datetime, write: Callable[[Sequence[Numbered]], list[Row]]
    ) -> list[Row]:
        rows: list[Row] = []
        failed: list[tuple[Numbered, Exception]] = []
        any_written = False
        for event in events:
            try:
                rows += write([event])
            except DATABASE_AWAY:
                raise
            except Exception as error:
                failed.append((event, error))
            else:
                any_written = True
                self._set_aside(failed, now)
                failed = []
        if any_written:
            self._failing_since = None
            return rows
        self._failing_since = self._failing_since or now
        if now - self._failing_since < STANDSTILL:
            raise failed[0][1]
        self._set_aside(failed, now)
        set_position(self.name, events[-1][0])
        self._failing_since = None
        return rows

    def _set_aside(self, failed: Sequence[tuple[Numbered, Exception]], now: datetime) -> None:
        for (sequence, event), error in failed:
            log.error("event %d set aside, it cannot be recorded: %s", sequence, event, exc_info=error)
        if failed:
            note_loss(now)


class Recorder(Keeper[Alarm]):
    """Writes alarms. What is lost is logged as an error and stands on the status page for a while."""

    def __init__(self) -> None:
        super().__init__(EPISODES)

    def record(self, events: Sequence[Numbered], *, now: datetime, trends: Mapping[int, str]) -> list[Alarm]:
        """Write `events` as `keep` does, and say where the outbox has lost some before them."""
        reached = position(EPISODES)
        rows = self.keep(events, now, lambda some: record_episodes(some, now=now, trends=trends).rows)
        if 0 < reached < events[0][0] - 1:
            log.error("the outbox has lost the events %d to %d", reached + 1, events[0][0] - 1)
            note_loss(now)
        return rows


class FindingRecorder(Keeper[Forecast]):
    """Writes early warnings: a finding that cannot be written does not hold up those of all other tags."""

    def __init__(self) -> None:
        super().__init__(FINDINGS)

    def record(self, findings: Sequence[Numbered], *, now: datetime) -> list[Forecast]:
        """Write `findings` as `keep` does."""
        return self.keep(findings, now, lambda some: record_findings(some, now=now))
