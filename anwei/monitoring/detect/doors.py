"""The doors of the process `detect`: what others ask it over NATS request/reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from anwei.language import gettext as _
from anwei.monitoring.detect.outbox import Finding
from anwei.monitoring.stream.doors import StoreAway, StoreRefused

PREFIX = "detect."
A_PAGE = 500  # findings in one answer: 1 MB holds some 700


class Findings(msgspec.Struct):
    """Findings numbered above `after`."""

    after: int
    limit: int = A_PAGE


class Sensor(msgspec.Struct):
    """What is known of one tag."""

    tag: int


class Sensors(msgspec.Struct):
    """How many of these tags are known well enough."""

    tags: list[int]


class Nothing(msgspec.Struct):
    """A question without arguments."""


async def serve(nc: Client, name: str, question: type[Any], answer: Callable[[Any], object]) -> Subscription:
    """Answer `detect.NAME` with what `answer` returns; an error becomes {"error": text}."""
    decoder = msgspec.msgpack.Decoder(question)

    async def reply(message: Msg) -> None:
        answered: object
        try:
            answered = {"answer": answer(decoder.decode(message.data or b"\x80"))}
        except Exception as error:  # whatever it is: who asks must not wait, and the process goes on
            answered = {"error": f"{type(error).__name__}: {error}"}
        await message.respond(msgspec.msgpack.encode(answered))

    subscription = await nc.subscribe(PREFIX + name, cb=reply)
    await nc.flush()  # twice, as in stream.doors: then the broker knows it
    await nc.flush()
    return subscription


class DetectDoors:
    """The asking side. Raises StoreAway when nobody answers, StoreRefused on an error."""

    def __init__(self, nc: Client, *, timeout: float = 2.0) -> None:
        self._nc = nc
        self._timeout = timeout

    async def findings(self, after: int, limit: int = A_PAGE) -> list[tuple[int, Finding]]:
        """Return findings (sequence, finding) above `after`, oldest first, at most A_PAGE."""
        return [(number, one) for number, one in await self._ask("findings", Findings(after, limit))]

    async def sensor(self, tag: int) -> dict[str, Any] | None:
        """Return what is known of a tag (`Watch.state`), None where it is not watched."""
        found: dict[str, Any] | None = await self._ask("sensor", Sensor(tag))
        return found

    async def n_learned(self, tags: list[int]) -> int:
        """Return of how many tags so many rows are known that every part of the score speaks."""
        found: int = await self._ask("learned", Sensors(tags))
        return found

    async def status(self) -> dict[str, Any]:
        """Return the figures of the process."""
        found: dict[str, Any] = await self._ask("status", Nothing())
        return found

    async def _ask(self, door: str, question: msgspec.Struct) -> Any:
        try:
            message = await self._nc.request(
                PREFIX + door, msgspec.msgpack.encode(question), timeout=self._timeout
            )
        except (TimeoutError, nats.errors.Error) as error:
            raise StoreAway(_("早期预警没有应答（{door}）。").format(door=door)) from error
        reply: dict[str, Any] = msgspec.msgpack.decode(message.data)
        if "error" in reply:
            raise StoreRefused(reply["error"])
        return reply["answer"]
