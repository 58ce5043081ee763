"""The worker: publishes the register, turns episodes into alarms and warnings, sweeps clocks, sends notices,
records gaps of responsibility each night, keeps the live colours.

Nothing here ends the process: what fails is logged and tried again, because the broker, the stream and the
database come back by themselves.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import msgspec
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from anwei.cases.notices.channels import Channel
from anwei.cases.notices.outbox import send_due
from anwei.cases.sweep import sweep
from anwei.datafolder import DataFolder
from anwei.ledgers.background import forget_old_sheets, something_waits
from anwei.ledgers.schedule import enqueue_due
from anwei.ledgers.search.keeping import catch_up, rebuild
from anwei.monitoring import trends
from anwei.monitoring.detect.doors import DetectDoors
from anwei.monitoring.models import Alarm
from anwei.monitoring.recording import FindingRecorder, Recorder
from anwei.monitoring.register import snapshot
from anwei.monitoring.services import end_past
from anwei.monitoring.services.positions import (
    EPISODES,
    FINDINGS,
    REGISTER,
    WORKED_OFF,
    position,
    read_again,
    set_position,
)
from anwei.monitoring.services.warnings import open_waiting
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors, StoreAway
from anwei.monitoring.stream.heartbeat import keep_beating
from anwei.monitoring.stream.register import publish_register
from anwei.org.accounts.tidying import tidy_accounts
from anwei.org.gap_records import record_gaps
from anwei.sites.live.colouring import recolour_all

GAPS_PAUSE_S = 600.0  # the record of gaps is written with the first look after midnight
REGISTER_PAUSE_S, EPISODES_PAUSE_S, SWEEP_PAUSE_S = 1.0, 2.0, 30.0
FINDINGS_PAUSE_S = 2.0
WORKED_OFF_MS = 20_000  # how far detect must come before it is written again
SEND_PAUSE_S, SEARCH_PAUSE_S = 1.0, 10.0
GATHER_S = 0.25  # after one transaction, events gather this long for the next; screens have them already
HOUR_S, DAY_S = 3600.0, 24 * 3600.0
TASKS_PAUSE_S = 1.0
COLOURS_PAUSE_S = 60.0
RETRY_PAUSE_S = 1.0
BATCH = 100  # episodes a transaction: each may open a warning, which takes some 15 ms of the write lock

FORESEEN = (StoreAway, NatsError, TimeoutError, DatabaseError)  # broker, stream or database away

log = logging.getLogger("anwei.worker")

Answer = TypeVar("Answer")


class Worker:
    """All that happens without a person asking for it."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._published: tuple[int, int] | None = None  # version, and the connection's reconnections then
        self._told = asyncio.Event()
        self._recorder, self._findings = Recorder(), FindingRecorder()
        self._worked_off = 0  # as it was written last, ms
        self._nc: Client

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_beating(self._folder, "worker"))
            tasks.create_task(_for_ever(self._sweep, _every(SWEEP_PAUSE_S)))
            tasks.create_task(_for_ever(self._tidy, _every(DAY_S)))
            tasks.create_task(_for_ever(self._do_tasks, _every(TASKS_PAUSE_S)))
            tasks.create_task(_for_ever(self._keep_schedule, _every(SWEEP_PAUSE_S)))
            tasks.create_task(_for_ever(self._record_gaps, _every(GAPS_PAUSE_S)))
            tasks.create_task(_for_ever(_aside("search", partial(catch_up, {})), _every(SEARCH_PAUSE_S)))
            tasks.create_task(_for_ever(_aside("missed", catch_up, HOUR_S), _every(SEARCH_PAUSE_S)))
            tasks.create_task(_for_ever(_aside("rebuild", rebuild, DAY_S), _every(SEARCH_PAUSE_S)))
            tasks.create_task(_for_ever(_aside("colours", _recolour), _every(COLOURS_PAUSE_S)))
            for channel in Channel:
                send = partial(_send, channel)
                tasks.create_task(_for_ever(_aside(f"send-{channel}", send), _every(SEND_PAUSE_S)))
            self._nc = await connect(self._folder, name="worker")  # waits for the broker as long as it takes
            await self._nc.subscribe("live.episodes", cb=self._on_episodes)
            tasks.create_task(_for_ever(self._publish_register, _every(REGISTER_PAUSE_S)))
            tasks.create_task(_for_ever(self._record_episodes, self._until_told))
            tasks.create_task(_for_ever(self._record_findings, _every(FINDINGS_PAUSE_S)))

    async def _on_episodes(self, _message: Msg) -> None:
        self._told.set()

    async def _until_told(self) -> None:
        """Wait for the stream's call, or for 2 s: a call during a reconnection is lost.

        The first event after a quiet while is written at once; a flood costs four transactions a second.
        """
        await asyncio.sleep(GATHER_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(EPISODES_PAUSE_S):  # wait_for may swallow the end of the process
                await self._told.wait()
        self._told.clear()

    async def _publish_register(self) -> None:
        """Publish the register when it has changed, and to a broker that came back, perhaps empty."""
        reconnections = self._nc.stats["reconnects"]
        if self._published != (await _ask(position, REGISTER), reconnections):
            register = await _ask(snapshot)
            await publish_register(self._nc, register)
            self._published = register.version, reconnections
            log.info("register version %d published", register.version)

    async def _record_episodes(self) -> None:
        doors = Doors(self._nc)
        while True:
            after = await _ask(position, EPISODES)
            events = await doors.episodes(after, BATCH)
            if not events:
                if (await doors.status())["newest_event"] < after:
                    await _ask(read_again)  # the store is older than the database: restored from a backup
                return
            try:
                sentences = await trends.sentences(doors, events)
            except StoreAway:  # busy with long questions: an alarm without its sentence is better than none
                sentences = {}
            alarms = await _ask(self._recorder.record, events, now=timezone.now(), trends=sentences)
            await self._nc.publish("live.alarms", msgspec.msgpack.encode(_written(alarms)))
            if len(events) < BATCH:
                return

    async def _record_findings(self) -> None:
        """Take what `detect` has found; where its outbox was made anew, from its beginning."""
        doors = DetectDoors(self._nc)
        while True:
            after = await _ask(position, FINDINGS)
            findings = await doors.findings(after, BATCH)
            if not findings:
                status = await doors.status()
                if status["findings"] < after:
                    await _ask(set_position, FINDINGS, 0)
                elif abs(status["worked_off"] - self._worked_off) >= WORKED_OFF_MS and status["worked_off"]:
                    self._worked_off = status["worked_off"]
                    await _ask(set_position, WORKED_OFF, self._worked_off)
                return
            await _ask(self._findings.record, findings, now=timezone.now())

    async def _sweep(self) -> None:
        await _ask(sweep, timezone.now())
        await _ask(open_waiting, timezone.now())
        await _ask(end_past, timezone.now())

    async def _record_gaps(self) -> None:
        await _ask(record_gaps, timezone.now())

    async def _keep_schedule(self) -> None:
        await _ask(enqueue_due, timezone.now())

    async def _do_tasks(self) -> None:
        """Let a process of its own do what waits in the background, so that a long import delays no alarm."""
        if await _ask(something_waits, self._folder):
            command = (sys.executable, "-m", "anwei", "tasks")
            process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
            await process.wait()

    async def _tidy(self) -> None:
        await _ask(call_command, "clearsessions")
        await _ask(call_command, "prune_db_task_results")
        await _ask(forget_old_sheets, timezone.now())
        await _ask(tidy_accounts, timezone.now())


def _recolour() -> None:
    recolour_all(timezone.now())


def _send(channel: Channel) -> None:
    send_due(channel, timezone.now())


def _aside(name: str, work: Callable[[], object], pause_s: float = 0.0) -> Callable[[], Awaitable[None]]:
    """Return `work`, after a pause, on a thread of its own: what takes long must not hold up the alarms."""
    thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    def renewed() -> None:
        close_old_connections()
        work()

    async def aside() -> None:
        await asyncio.sleep(pause_s)
        await asyncio.get_running_loop().run_in_executor(thread, renewed)

    return aside


async def _ask(question: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
    """Do something with the database on its own thread; a connection that has gone stale is renewed first."""

    def asked() -> Answer:
        close_old_connections()
        return question(*arguments, **named)

    return await sync_to_async(asked)()


def _written(alarms: Iterable[Alarm]) -> list[tuple[int, int | None, str, str, int]]:
    """Return what screens are told of written alarms: key, key of the warning, and whose they are."""
    return [
        (alarm.pk, alarm.warning_id, alarm.territory, alarm.sector, alarm.enterprise_id) for alarm in alarms
    ]


def _every(seconds: float) -> Callable[[], Awaitable[None]]:
    async def pause() -> None:
        await asyncio.sleep(seconds)

    return pause


async def _for_ever(work: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[None]]) -> None:
    """Do `work`, `pause`, and again; after a failure, logged once until it is another, retry soon."""
    failure = ""
    while True:
        try:
            await work()
        except Exception as error:  # the last line of defence: a worker that is gone warns nobody
            if failure != repr(error):
                failure = repr(error)
                unforeseen = not isinstance(error, FORESEEN)
                log.warning("%s: %s; trying again", work.__name__.strip("_"), failure, exc_info=unforeseen)
            await asyncio.sleep(RETRY_PAUSE_S)
        else:
            if failure:
                log.info("%s: works again", work.__name__.strip("_"))
                failure = ""
            await pause()
