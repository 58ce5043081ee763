"""Starts the broker again once a full disk has room: a stream whose write failed never recovers by itself."""

from __future__ import annotations

import asyncio

from nats.aio.client import Client
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.monitoring.stream import broker
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.log_room import has_no_room
from anwei.portal.journal import Journal
from anwei.portal.supervisor import Child

LOOK_S = 2.0
PAUSE_S = 10.0  # after a start: where it does not help, it is not tried all the time


async def keep_mending(folder: DataFolder, child: Child, journal: Journal, *, grace: float) -> None:
    """Look after the broker's writing for ever; `grace` (s) is between SIGTERM and SIGKILL."""
    system = await connect(folder, user="sys", name="anwei")
    try:
        await _mend_for_ever(system, folder, child, journal, grace)
    finally:
        await system.close()


async def _mend_for_ever(
    system: Client, folder: DataFolder, child: Child, journal: Journal, grace: float
) -> None:
    told = ""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            error = await broker.write_error(system)
        except (NatsError, TimeoutError):  # it is down, or being started: the supervisor's
            continue
        if error and error != told:
            journal.write("broker", error)
        told = error
        if error and not has_no_room(folder):
            journal.write("broker", _("消息服务写入曾失败，磁盘现有空间，重新启动它"))
            await child.restart(grace)
            await asyncio.sleep(PAUSE_S)
