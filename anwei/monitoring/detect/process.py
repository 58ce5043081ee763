"""The process `detect`: reads the log beside the stream process, scores rows, keeps what it learned."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

import numpy as np
import uvloop
from nats.aio.client import Client
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.monitoring.detect import checkpoint
from anwei.monitoring.detect.doors import A_PAGE, Findings, Nothing, Sensor, Sensors, serve
from anwei.monitoring.detect.minutes import Rows
from anwei.monitoring.detect.outbox import Outbox
from anwei.monitoring.detect.watch import Watch
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.consume import Entry, LogLost, LogReader, telemetry
from anwei.monitoring.stream.decode import Decoder
from anwei.monitoring.stream.heartbeat import keep_beating
from anwei.monitoring.stream.log import LogUnavailable, ensure_log, log_information, name_of
from anwei.monitoring.stream.register import Register, RegisterReader
from anwei.monitoring.stream.samples import Quality

TOLD = "live.forecasts"  # core subject: the number of the newest finding
PACE_S = 1.0  # between two looks at the log: rows are minutes, so company is cheap
TICK_MS = 10_000
CHECKPOINT_S = 15.0  # one block of sensors is written so often, the oldest first
BEHIND_MS = 1_000  # ticks of the clock stay so far behind it: the log may hold what was not delivered yet
LONGEST_REST_S = 1.0
LAST_S = 1.2  # for writing at the end: the family waits 2.5 s
NICENESS = 5  # the alarm path comes first
_PAUSE_S = 0.1

log = logging.getLogger("anwei.detect")


class Detector:
    """Follows log and register; the only writer of its folder."""

    def __init__(
        self,
        nc: Client,
        folder: DataFolder,
        *,
        pace_s: float = PACE_S,
        checkpoint_s: float = CHECKPOINT_S,
    ) -> None:
        self.watch = Watch()
        self.sequence = 0  # of the log, read up to here
        self.worked_off = 0  # ms, the log's clock: what arrived up to then has been looked at; 0: not known
        self.missing = 0  # messages cut from the log before they were read
        self.mode = "waiting_for_register"
        self._nc = nc
        self._folder = folder.folder("detect")
        self.outbox = Outbox(self._folder / "findings.sqlite3")
        self._reader = RegisterReader(nc, folder, "detect", changed=self._use)
        self._register = Register()
        self._decoder = Decoder(self._register)
        self._registered = asyncio.Event()
        self._waiting: Register | None = None  # a newer register, taken between two batches
        self._is_loaded = False
        self._log_name = ""
        self._log: LogReader | None = None
        self._ticked = 0
        self._told = 0
        self._next = 0  # block to be written next
        self._pace_s, self._checkpoint_s = pace_s, checkpoint_s
        self._written_at = time.monotonic()
        self._refreshed_at = 0

    async def run(self) -> None:
        """Follow the log until cancelled; whatever breaks is taken up again from where it was read to."""
        await self._reader.start()
        await self._registered.wait()
        while True:
            try:
                await ensure_log(self._nc)
                await self._begin(name_of(await log_information(self._nc)))
                async with LogReader(self._nc, self.sequence) as self._log:
                    await self._follow(self._log)
            except (LogLost, LogUnavailable, NatsError, TimeoutError) as error:
                self.mode = "log_lost"
                log.warning("the log is lost, starting again: %s", str(error) or repr(error))
                await asyncio.sleep(_PAUSE_S)

    async def serve(self) -> None:
        """Open the doors."""
        await serve(self._nc, "findings", Findings, self._findings)
        await serve(self._nc, "sensor", Sensor, lambda asked: self.watch.state(asked.tag))
        await serve(self._nc, "learned", Sensors, lambda asked: self.watch.n_learned(asked.tags))
        await serve(self._nc, "status", Nothing, lambda _: self.figures())

    def figures(self) -> dict[str, Any]:
        """Return what the status says."""
        return {
            "mode": self.mode,
            "tags": self.watch.tags,
            "important": self.watch.important,
            "unmarked": self.watch.unmarked,
            "rows": self.watch.n_rows,
            "missing": self.missing,
            "passed_over": self.watch.minutes.passed_over,
            "lag": self._log.behind if self._log else -1,
            "read_to": self.sequence,
            "worked_off": self.worked_off,
            "findings": self.outbox.newest(),
            "register_version": self._register.version,
        }

    def close(self) -> None:
        """Release the files."""
        self.outbox.close()

    def write_some(self, seconds: float) -> None:
        """Write blocks for so long: a small county's all, so that a start reads little of the log again.

        Nothing before all was taken up: what is written then would say that nothing of the log was read.
        """
        if not self._is_loaded:
            return
        give_up_at = time.monotonic() + seconds
        for _ in self.watch.blocks:
            if time.monotonic() > give_up_at:
                return
            checkpoint.save(self._folder, self._due())

    def _findings(self, asked: Findings) -> list[tuple[int, dict[str, Any]]]:
        return self.outbox.after(asked.after, min(asked.limit, A_PAGE))

    def _use(self, register: Register) -> None:
        if not register.version:
            return
        self._decoder = Decoder(register)  # raises BrokenRegister: then the last one stays
        self._register = self._waiting = register
        self._registered.set()

    def _take_register(self) -> None:
        if self._waiting is not None:
            register, self._waiting = self._waiting, None
            self.watch.use(register)

    async def _begin(self, log_name: str) -> None:
        """Take up what was kept, or what another log's sequences said."""
        if not self._is_loaded:
            for state in checkpoint.load(self._folder):
                try:
                    self.watch.load(state, log_name)
                except (KeyError, ValueError) as error:
                    log.warning("block %s is of another form and begins anew: %s", state.name, error)
                await asyncio.sleep(0)  # a heartbeat between two
            self._take_register()
            self.sequence, self._is_loaded = self.watch.start(), True
        elif log_name != self._log_name:
            self.watch.new_log()
            self.sequence = 0
        self._log_name = log_name

    async def _follow(self, reader: LogReader) -> None:
        while True:
            if reader.behind == 0:
                await asyncio.sleep(self._pace_s)
            self._take_register()
            entries = await reader.take(self._pace_s)
            if entries:
                began = time.process_time()
                await self._take(entries)
                if reader.behind > 0:  # much to read again: half a processor at most
                    await asyncio.sleep(min(time.process_time() - began, LONGEST_REST_S))
            self.mode = "live" if reader.behind == 0 else "catching_up"
            if reader.behind == 0 and not entries:
                now = time.time_ns() // 1_000_000 - BEHIND_MS
                await self._tick(now)
                self.worked_off = max(self.worked_off, now)
            self.watch.settle()
            await self._keep_some()

    async def _take(self, entries: Sequence[Entry]) -> None:
        """Take messages in order; the clock of the log moves on between them, wherever a batch was cut."""
        for at, some in groupby(entries, lambda entry: entry.stamped // TICK_MS):
            await self._tick(at * TICK_MS)
            await self._take_at_once(list(some))
        if missing := sum(entry.missing for entry in entries):
            self.missing += missing
            log.error("%d messages were cut from the log before they were read", missing)

    async def _take_at_once(self, entries: list[Entry]) -> None:
        messages = [message for entry in entries if (message := telemetry(entry))]
        decoded = self._decoder.decode(messages)
        if decoded.unknown and entries[-1].stamped >= self._refreshed_at:
            self._refreshed_at = time.time_ns() // 1_000_000
            if await self._reader.refresh():
                self._take_register()
                decoded = self._decoder.decode(messages)
        good = decoded.samples.quality == Quality.GOOD
        message = decoded.message[good]
        rows = self.watch.take(
            decoded.samples.tag[good].astype(np.int64),
            decoded.samples.ts[good],
            decoded.samples.value[good],
            np.array([one.stamped for one in messages], np.int64)[message],
            np.array([one.sequence for one in messages], np.int64)[message],
        )
        await self._score(rows)
        self.sequence, self.worked_off = entries[-1].sequence, entries[-1].stamped

    async def _tick(self, now: int) -> None:
        at = now // TICK_MS
        if at > self._ticked:
            self._ticked = at
            await self._score(self.watch.tick(at * TICK_MS))

    async def _score(self, rows: Rows) -> None:
        for findings in self.watch.steps(rows):
            self.outbox.put(findings)
            await asyncio.sleep(0)  # heartbeats and doors in between
        if (newest := self.outbox.newest() if len(rows.column) else self._told) > self._told:
            self._told = newest
            await self._nc.publish(TOLD, str(newest).encode())

    async def _keep_some(self) -> None:
        """Write the block whose turn it is, a few MB at a time, so that the log's disk is never held up."""
        if time.monotonic() - self._written_at < self._checkpoint_s or not self.watch.blocks:
            return
        state = self._due()
        try:
            await asyncio.to_thread(checkpoint.save, self._folder, state)
        except OSError as error:
            log.warning("block %s is not written: %s", state.name, error)
        self._written_at = time.monotonic()

    def _due(self) -> checkpoint.Kept:
        """Return the block whose turn it is."""
        index = self._next % len(self.watch.blocks)
        self._next = index + 1
        return self.watch.keep(index, self._log_name, self.sequence)


async def run(folder: DataFolder) -> None:
    """Run the process until it is cancelled."""
    nc = await connect(folder, name="detect")
    detector = Detector(nc, folder)
    try:
        await detector.serve()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(detector.run())
            tasks.create_task(keep_beating(folder, "detect"))
    finally:
        with suppress(OSError):
            detector.write_some(LAST_S)
        detector.close()
        with suppress(NatsError):
            await nc.close()


async def run_until_terminated(folder: DataFolder) -> None:
    """Run, and leave in good order on SIGTERM or SIGINT."""
    work = asyncio.create_task(run(folder))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        await work


def main() -> None:
    """Start the process `detect`."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.INFO)
    os.nice(NICENESS)
    uvloop.run(run_until_terminated(DataFolder.from_environment()))
