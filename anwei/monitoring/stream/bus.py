"""One way to reach the broker, for every process."""

from __future__ import annotations

import asyncio

import nats
from nats.aio.client import Client

from anwei.datafolder import DataFolder
from anwei.monitoring.stream import broker

PAUSE = 0.1  # s between attempts


async def connect(folder: DataFolder, *, user: str = "app", name: str) -> Client:
    """Return a connection as the internal user `app`, `auth` or `sys` that reconnects for ever.

    Waits until there is a broker; `name` is how the connection appears in the broker's own listing.
    """
    while (url := broker.url(folder)) is None:
        await asyncio.sleep(PAUSE)
    return await nats.connect(
        url,
        user=user,
        password=folder.secret(f"nats-{user}").hex(),
        name=name,
        allow_reconnect=True,
        max_reconnect_attempts=-1,
        reconnect_time_wait=PAUSE,
        connect_timeout=2,
        ping_interval=2,
        max_outstanding_pings=3,
        error_cb=_stay_quiet,
    )


async def _stay_quiet(_error: Exception) -> None:
    """Keep the log free of one trace per attempt: what is lost shows in `anwei status` and on the pages."""
