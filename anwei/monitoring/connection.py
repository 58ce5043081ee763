"""This process's connection to the broker, one an event loop, made on first use and kept."""

from __future__ import annotations

import asyncio
from contextvars import Context
from weakref import WeakKeyDictionary

from django.conf import settings
from nats.aio.client import Client

from anwei.monitoring.stream.bus import connect

PATIENCE_S = 1.0  # for the first connection; a lost one is known at once

_connecting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Client]] = WeakKeyDictionary()


class BrokerAway(RuntimeError):
    """There is no connection to the broker now; it comes back by itself."""


class LogFull(BrokerAway):
    """The log has reached its bound, or the disk its reserve; it takes messages again when there is room."""


async def client(name: str = "web", *, patience_s: float = PATIENCE_S) -> Client:
    """Return the connection of the running loop; raises BrokerAway while there is none."""
    loop = asyncio.get_running_loop()
    task = _connecting.get(loop)
    if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
        # A fresh context: the connection outlives the request that asks for it first.
        task = _connecting[loop] = loop.create_task(connect(settings.DATA, name=name), context=Context())
    if not task.done():
        await asyncio.wait({task}, timeout=patience_s)
    if not task.done() or not task.result().is_connected:
        raise BrokerAway("broker")
    return task.result()
