"""The stream process: owns the telemetry store, reads the log, raises alarms, answers for the store."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress

import uvloop
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import serve_doors
from anwei.monitoring.stream.follow import Follower, wall_clock
from anwei.monitoring.stream.heartbeat import keep_beating
from anwei.monitoring.stream.log import ensure_log
from anwei.monitoring.stream.log_room import keep_room
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.options import StoreOptions
from anwei.monitoring.stream.unacknowledged import watch_unacknowledged

log = logging.getLogger("anwei.stream")


async def run(folder: DataFolder) -> None:
    """Run the stream process until it is cancelled; the store is closed in any case."""
    nc = await connect(folder, name="stream")
    await ensure_log(nc)
    store = EmbeddedStore(folder.telemetry, options=StoreOptions.from_environment())
    follower = Follower(nc, folder, store)
    doors = await serve_doors(nc, store, follower.figures)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follower.run())
            tasks.create_task(watch_unacknowledged(nc, follower.note, wall_clock))
            tasks.create_task(keep_room(nc, folder, follower.stored))
            tasks.create_task(keep_beating(folder, "stream"))
    finally:
        with suppress(NatsError):
            await doors.close()
        store.close()
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
    """Start the stream process."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.INFO)
    uvloop.run(run_until_terminated(DataFolder.from_environment()))
