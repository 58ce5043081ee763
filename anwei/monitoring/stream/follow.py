"""The loop of the stream process: take from the log, judge, commit, tell."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.consume import Entry, LogLost, LogReader
from anwei.monitoring.stream.figures import Rate, Senders
from anwei.monitoring.stream.intake import Intake
from anwei.monitoring.stream.log import LogUnavailable, ensure_log, log_information, name_of
from anwei.monitoring.stream.register import Register, RegisterReader
from anwei.monitoring.stream.samples import Reject
from anwei.monitoring.stream.store.errors import StoreFull
from anwei.monitoring.stream.store.protocol import TelemetryStore

LIVE_EPISODES = "live.episodes"  # core subject: the events of a commit, numbered as in the outbox
TICK_MS = 1_000
STALL_MS = 4_000  # a longer standstill, or step of the clock, could pass for the silence of a device
RETURN_MS = 3_000  # devices come back one by one after a time in which nobody could be heard
PACE_S = 0.02  # between two looks at a log that has been read up to now (docs/decisions/0002)
COALESCE_MS = 100  # samples that raise no alarm wait so long for company (docs/decisions/0002)
MAX_SAMPLES = 100_000  # of one commit
MAX_HELD = 1_000_000  # samples that wait for room in the store; then the log is read no further
_EVENTS_PER_MESSAGE = 2_000
_PAUSE_S = 0.1  # before the next try after trouble
_FULL_PAUSE_MS = 1_000

log = logging.getLogger("anwei.stream")


def wall_clock() -> int:
    """Return the server's time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Follower:
    """Follows log and register, and is the only writer of the store."""

    def __init__(self, nc: Client, folder: DataFolder, store: TelemetryStore) -> None:
        self.mode = "waiting_for_register"
        self._nc = nc
        self._store = store
        self._reader = RegisterReader(nc, folder, "stream", changed=self._use)
        self._registered = asyncio.Event()
        self._intake: Intake | None = None
        self._log: LogReader | None = None
        self._listening = False  # whether a silence can be told from our own deafness
        self._refreshed_at = 0
        self._stored, self._told = Rate(), Rate()
        self._senders = Senders()
        self._taken_at = 0  # ms: when the oldest message that waits for its commit was taken
        self._ticked_at = 0
        self._full = False  # the store has no room for samples
        self._tried_at = 0  # ms: when that was seen last

    async def run(self) -> None:
        """Follow the log until cancelled; whatever breaks is taken up again from the store's mark."""
        await self._reader.start()
        await self._registered.wait()
        while True:
            try:
                await ensure_log(self._nc)
                name = name_of(await log_information(self._nc))
                if self._intake is None or name != self._intake.log_name:
                    if self._intake is not None and self._intake.pending:
                        await self._commit(self._intake)  # the new log does not have it
                    self._intake = Intake(self._store, name, self._reader.register, now=wall_clock())
                async with LogReader(self._nc, self._intake.sequence) as self._log:
                    await self._follow(self._intake, self._log)
            except (LogLost, LogUnavailable, NatsError, TimeoutError) as error:
                self.mode, self._listening = "log_lost", False
                log.warning("the log is lost, starting again: %s", str(error) or repr(error))
                await asyncio.sleep(_PAUSE_S)

    def figures(self) -> dict[str, Any]:
        """Return what the status says of the stream.

        `lag` counts messages of the log that are not stored, as of the last look at it, -1 while unknown;
        `oldest_unstored_ms` is the age of the oldest of them, as far as the log has been read. Whether a
        certain message is stored, `stored_sequence` says.
        """
        now = wall_clock()
        intake, behind = self._intake, self._log.behind if self._log else -1
        oldest = intake.oldest or (intake.read_to if behind > 0 else 0) if intake else 0
        return {
            "mode": self.mode,
            "lag": behind + (intake.n_messages if intake else 0) if behind >= 0 else -1,
            "oldest_unstored_ms": now - oldest if oldest else 0,
            "stored_sequence": intake.committed if intake else 0,
            "newest": intake.newest if intake else 0,
            "samples_per_s": self._stored.per_second(now),
            "events_per_s": self._told.per_second(now),
            "heaviest": self._senders.heaviest(),
            "register_version": self._reader.register.version,
        }

    def stored(self, log_name: str) -> int:
        """Return up to which sequence the log of that name is in the store; 0 when another is followed."""
        intake = self._intake
        return intake.committed if intake is not None and intake.log_name == log_name else 0

    def note(self, rejects: list[Reject]) -> None:
        """Take rejects that did not come out of the log; the next commit writes them."""
        if self._intake is not None:
            self._intake.note(rejects)

    def _use(self, register: Register) -> None:
        if self._intake is not None:
            self._intake.use(register, now=wall_clock())
        if register.version:
            self._registered.set()

    async def _follow(self, intake: Intake, reader: LogReader) -> None:
        while True:
            if self._full and intake.n_samples >= MAX_HELD:
                await asyncio.sleep(_FULL_PAUSE_MS / 1000)
                await self._commit(intake)
                continue
            if reader.behind == 0:
                await asyncio.sleep(PACE_S)
            entries = await reader.take(self._patience(intake))
            now = wall_clock()
            if entries:
                await self._take(intake, entries, now)
            if not self._full:
                self.mode = "live" if reader.behind == 0 else "catching_up"
            if _over(TICK_MS, self._ticked_at, now):
                self._tick(intake, now if reader.behind == 0 else intake.read_to, now)
            if intake.pending and self._due(intake, now):
                await self._commit(intake)

    async def _take(self, intake: Intake, entries: list[Entry], now: int) -> None:
        decoded = intake.decode(entries)
        if decoded.unknown and entries[-1].stamped >= self._refreshed_at:
            # A device may be quicker than the register that admits it: ask before calling it unknown.
            self._refreshed_at = now
            if await self._reader.refresh():
                decoded = intake.decode(entries)
        if not intake.pending:
            self._taken_at = now
        intake.take(entries, decoded)
        for entry in entries:
            self._senders.add(entry.subject.rpartition(".")[2], len(entry.data))
        self._senders.turn(now)

    def _tick(self, intake: Intake, read_to: int, now: int) -> None:
        """Note the passing of time up to where the log has been read (`read_to`, ms)."""
        if _over(STALL_MS, self._ticked_at, now):
            self._listening = False
        self._ticked_at = now
        if not self._listening and now - read_to < TICK_MS:
            self._listening = True
            intake.begin_anew(now=now + RETURN_MS)
        if self._listening:
            intake.tick(now=read_to)

    def _due(self, intake: Intake, now: int) -> bool:
        if self._full:
            return _over(_FULL_PAUSE_MS, self._tried_at, now)
        return intake.urgent or _over(COALESCE_MS, self._taken_at, now) or intake.n_samples >= MAX_SAMPLES

    def _patience(self, intake: Intake) -> float:
        """Return for how many seconds there is nothing to do but to wait for messages."""
        now = wall_clock()
        until = self._ticked_at + TICK_MS
        if intake.pending:
            until = min(until, self._taken_at + COALESCE_MS)
        return min(max(until - now, 0), TICK_MS) / 1000

    async def _commit(self, intake: Intake) -> None:
        """Commit what was taken, or while the store is full at least its events; then tell of these."""
        n_samples = intake.n_samples
        try:
            events = intake.commit()
            self._full = False
        except StoreFull as error:
            if not self._full:
                log.error("%s", error)
            self.mode, self._full, self._tried_at = "store_full", True, wall_clock()
            n_samples, events = 0, []
            if intake.urgent:
                with suppress(StoreFull):  # not even the reserve is left
                    events = intake.commit_alarms()
        now = wall_clock()
        self._stored.add(n_samples, now)
        self._told.add(len(events), now)
        for first in range(0, len(events), _EVENTS_PER_MESSAGE):
            await self._tell(events[first : first + _EVENTS_PER_MESSAGE])

    async def _tell(self, events: list[tuple[int, dict[str, Any]]]) -> None:
        await self._nc.publish(LIVE_EPISODES, msgspec.msgpack.encode(events))


def _over(ms: int, since: int, now: int) -> bool:
    """Return whether `ms` have passed since then; they have when the clock was set back meanwhile."""
    return not 0 <= now - since < ms
