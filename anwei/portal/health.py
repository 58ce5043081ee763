"""Is the installation healthy: a real write and read through each store, not "the process is alive"."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from nats.aio.client import Client
from nats.js.api import DiscardPolicy, StorageType, StreamConfig

from anwei.datafolder import DataFolder
from anwei.monitoring.services.positions import position, set_position
from anwei.monitoring.stream.broker import write_error
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors
from anwei.monitoring.stream.heartbeat import BEATING
from anwei.monitoring.stream.log import differences, log_information
from anwei.monitoring.stream.log_room import LogRoom
from anwei.portal.full_disk import is_full
from anwei.portal.status import process_states

PATIENCE = 2.0  # s for each store
AGE = 1.0  # s for which an answer counts
PROBE = "healthz"  # a stream of one message beside the log: same broker, same disk, same fsync


@dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    name: str  # "database", "telemetry", "log", or a process
    ok: bool
    detail: str  # why not, "" when ok
    milliseconds: int
    no_room: bool = False  # the reason is a full disk, or a full log


class NoRoom(RuntimeError):
    """What was tried works, but takes nothing more."""


@dataclass(frozen=True)
class Health:
    """All that was tried."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether everything worked."""
        return all(check.ok for check in self.checks)


class Watchdog:
    """Answers everybody who asks, and tries the stores once a second at most: the question is open to all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried_at = -AGE
        self._health = Health(())

    def ask(self) -> Health:
        """Return what was found less than AGE seconds ago; not to be called on an event loop's thread."""
        with self._lock:
            if time.monotonic() - self._tried_at >= AGE:
                self._health = _check()
                self._tried_at = time.monotonic()
            return self._health


def _check() -> Health:
    """Try every store and look at every process."""
    checks = [_try_database(), *asyncio.run(_try_stores(settings.DATA))]
    checks += [
        Check(state.name, state.state == "working", "" if state.state == "working" else state.state, 0)
        for state in process_states(settings.DATA)
        if state.name in BEATING
    ]
    return Health(tuple(checks))


def _try_database() -> Check:
    started = time.monotonic()
    stamp = time.time_ns() // 1_000_000
    try:
        with _short_patience(), transaction.atomic():
            set_position(PROBE, stamp)
        read = position(PROBE)
    except DatabaseError as error:
        return _result("database", started, repr(error), no_room=is_full(error, settings.DATA))
    return _result("database", started, "" if read >= stamp else "reads back an older value than was written")


@contextmanager
def _short_patience() -> Iterator[None]:
    """Let SQLite wait for a lock no longer than PATIENCE inside the block."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual * 1000)}")


async def _try_stores(folder: DataFolder) -> list[Check]:
    started = time.monotonic()
    try:
        nc = await asyncio.wait_for(connect(folder, name="healthz"), PATIENCE)
    except TimeoutError:
        return [_result(name, started, "the broker does not answer") for name in ("log", "telemetry")]
    try:
        log = await _try("log", _use_log(nc, folder))
        return [log, await _try("telemetry", _use_telemetry(nc))]
    finally:
        await nc.close()


async def _try(name: str, work: Awaitable[None]) -> Check:
    started = time.monotonic()
    try:
        await asyncio.wait_for(work, PATIENCE)
    except Exception as error:  # whatever fails is the answer
        return _result(name, started, repr(error), no_room=isinstance(error, NoRoom))
    return _result(name, started)


async def _use_log(nc: Client, folder: DataFolder) -> None:
    """Write a message durably and read it back; see that the log has room and the settings we rely on."""
    await _see_that_it_writes(folder)
    jetstream = nc.jetstream()
    await jetstream.add_stream(
        StreamConfig(
            name=PROBE,
            subjects=[PROBE],
            storage=StorageType.FILE,
            max_msgs=1,
            discard=DiscardPolicy.OLD,
        )
    )
    written = await jetstream.publish(PROBE, str(time.time_ns()).encode())
    await jetstream.get_msg(PROBE, seq=written.seq)
    information = await log_information(nc)
    if wrong := differences(information["config"]):
        raise RuntimeError(f"the log's settings are not ours: {wrong}")
    room = LogRoom.of(information, time.time())
    if room.full:
        raise NoRoom(f"the log takes no messages: it holds {room.n_bytes >> 20} MiB")


async def _see_that_it_writes(folder: DataFolder) -> None:
    """Raise NoRoom when a stream of the broker has failed to write: another would not tell."""
    system = await connect(folder, user="sys", name="healthz")
    try:
        if error := await write_error(system):
            raise NoRoom(error) if "no space" in error else RuntimeError(error)
    finally:
        await system.close()


async def _use_telemetry(nc: Client) -> None:
    """Let the store write and read; a store that is full does, but takes no samples."""
    figures = await Doors(nc).probe()
    if figures["full"]:
        raise NoRoom(f"no room for samples: {figures['free'] >> 20} MiB left")


def _result(name: str, started: float, detail: str = "", *, no_room: bool = False) -> Check:
    return Check(name, not detail, detail, round((time.monotonic() - started) * 1000), no_room)
