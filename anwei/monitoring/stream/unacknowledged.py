"""Publishes of QoS 0 are not stored: a look at the live traffic now and then finds who sends them.

Watching all the time would bring every message of every device to this process a second time; one second in
twenty finds any device that sends at least once a second, at a twentieth of the cost.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from anwei.monitoring.stream.samples import Reason, Reject

LOOK_S = 1.0
EVERY_S = 20.0
_PREFIX = "telemetry."
_QOS_HEADER = "Nmqtt-Pub"  # set by the broker on what MQTT clients publish


async def watch_unacknowledged(
    nc: Client,
    found: Callable[[list[Reject]], None],
    clock: Callable[[], int],
    *,
    look_s: float = LOOK_S,
    every_s: float = EVERY_S,
) -> None:
    """Report one reject a device seen to publish with QoS 0, until cancelled; it counts those of the look."""
    while True:
        try:
            seen = await _look(nc, look_s)
        except NatsError:
            seen = Counter()  # the broker is away: nothing to see
        if seen:
            detail = f"{look_s:g} s of every {every_s:g} s are looked at"
            now = clock()
            found([Reject(Reason.QOS0, device, "", now, detail, count) for device, count in seen.items()])
        await asyncio.sleep(every_s - look_s)


async def _look(nc: Client, look_s: float) -> Counter[str]:
    seen: Counter[str] = Counter()

    async def see(message: Msg) -> None:
        if message.headers and message.headers.get(_QOS_HEADER) == "0":
            seen[message.subject.removeprefix(_PREFIX)] += 1

    subscription = await nc.subscribe(_PREFIX + "*", cb=see)
    await asyncio.sleep(look_s)
    await subscription.unsubscribe()
    return seen
