"""The stream's doors for code that is not async: one connection a process, on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeVar

from anwei.monitoring.connection import BrokerAway, client
from anwei.monitoring.detect.doors import DetectDoors
from anwei.monitoring.stream.doors import Doors, StoreAway, StoreRefused
from anwei.monitoring.stream.store.protocol import Columns

__all__ = ["StoreAway", "StoreRefused", "SyncDoors", "doors"]

PATIENCE_S = 2.0  # a view never waits longer for the stream

Answer = TypeVar("Answer")
Asking = TypeVar("Asking")
Row = dict[str, Any]


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="bus", daemon=True).start()
    return loop


def _ask(question: Callable[[Doors], Awaitable[Answer]]) -> Answer:
    return _ask_at(Doors, question)


def _ask_at(doors: Callable[..., Asking], question: Callable[[Asking], Awaitable[Answer]]) -> Answer:
    """Return the answer; raises StoreAway when the broker is away (at once) or is silent for 2 s."""

    async def asked() -> Answer:
        try:
            return await question(doors(await client(), timeout=PATIENCE_S))
        except BrokerAway as error:
            raise StoreAway(str(error)) from error

    answer = asyncio.run_coroutine_threadsafe(asked(), _loop())
    try:
        return answer.result(PATIENCE_S)
    except TimeoutError as error:
        answer.cancel()
        raise StoreAway("timeout") from error


class SyncDoors:
    """The methods of `stream.doors.Doors` for views; each raises StoreAway within PATIENCE_S seconds."""

    def last(self, tags: list[int] | None) -> Columns:
        """Return tag, ts, value, quality of the newest sample of each tag (all tags when None)."""
        return _ask(lambda doors: doors.last(tags))

    def history(self, tag: int, start: int, end: int, points: int | None = None) -> Columns:
        """Return ts, value, quality in [start, end) ms: `points` rows that keep the extremes, or all."""
        return _ask(lambda doors: doors.history(tag, start, end, points))

    def aggregate(self, tags: list[int], start: int, end: int, interval: int) -> Columns:
        """Return tag, bucket, minimum, maximum, mean, count, last per tag and interval (ms)."""
        return _ask(lambda doors: doors.aggregate(tags, start, end, interval))

    def rejects(self, after: int = 0, limit: int = 100, reason: str = "", device: str = "") -> list[Row]:
        """Return rejects newest first; '' means any."""
        return _ask(lambda doors: doors.rejects(after, limit, reason, device))

    def reject_counts(self, since: int) -> list[Row]:
        """Return count and newest time by reason and device since `since` (ms)."""
        return _ask(lambda doors: doors.reject_counts(since))

    def status(self) -> Row:
        """Return the stream's figures: lag, rates, register version, bytes, free space."""
        return _ask(lambda doors: doors.status())

    def sensor(self, tag: int) -> Row | None:
        """Return what the process `detect` knows of a tag, None where it is not watched."""
        found: Row | None = _ask_at(DetectDoors, lambda doors: doors.sensor(tag))
        return found

    def n_learned(self, tags: list[int]) -> int:
        """Return of how many tags the process `detect` knows enough to call a course unusual."""
        found: int = _ask_at(DetectDoors, lambda doors: doors.n_learned(tags))
        return found


def doors() -> SyncDoors:
    """Return the stream's doors for a view."""
    return SyncDoors()
