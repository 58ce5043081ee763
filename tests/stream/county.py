"""A broker with a log for tests of the stream, and what they do there: send, wait, read what was told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors
from anwei.monitoring.stream.log import ensure_log, log_state
from anwei.monitoring.stream.register import publish_register
from tests.oracle import Event
from tests.stream.plant import Plant
from tests.support.broker import Broker

Client = Any


@asynccontextmanager
async def county(path: Path, plant: Plant) -> AsyncIterator[tuple[Broker, Client, Doors]]:
    """A broker with a log and a published register; no gate: messages are put into the log as they come out."""
    with Broker(path) as broker:
        nc = await connect(broker.folder, name="test")
        await ensure_log(nc)
        await publish_register(nc, plant.register())
        yield broker, nc, Doors(nc)
        await nc.close()


async def send(nc: Client, device: int, ts: int, values: dict[str, Any], *, prefix: str = "ingest.") -> int:
    """Return the log's sequence once the message is durable; tries again while the broker is away."""
    body = msgspec.json.encode({"ts": ts, "values": values})
    while True:
        try:
            return (await nc.jetstream().publish(f"{prefix}d{device}", body, timeout=2)).seq
        except Exception:
            await asyncio.sleep(0.05)


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := await condition():
                return found
        except Exception:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def stored_through(nc: Client, doors: Doors) -> None:
    """Wait until everything in the log is in the store."""
    await until(lambda: _is_through(nc, doors))


async def _is_through(nc: Client, doors: Doors) -> bool:
    last = (await log_state(nc))["last_seq"]
    return last > 0 and (await doors.status())["stored_sequence"] == last


def told(rows: list[tuple[int, dict[str, Any]]]) -> list[Event]:
    return [Event(event["rule"], event["start"], event["kind"], event["at"]) for _, event in rows]


async def more_than(doors: Doors, count: int) -> list[Any]:
    """Return the episode events as soon as there are more than `count`, else nothing."""
    rows = await doors.episodes(0)
    return rows if len(rows) > count else []
