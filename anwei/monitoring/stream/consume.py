"""Reading the log: every message once, in order, from a position that only the store knows.

A consumer without acknowledgements starts right after the store's mark and is thrown away at the first
trouble. Consumer sequences without a gap prove that nothing was lost on the way; a gap in the log's own
sequences without one in the consumer's means that the log was cut behind our back.

While messages flow, each `take` asks for all there are, and the pace of asking makes the batches: one request
and one wake-up for many messages. Only when nothing is there a request is left waiting, for a single message.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from anwei.monitoring.stream.decode import Message
from anwei.monitoring.stream.log import HTTP_PREFIX, MQTT_PREFIX, STREAM

PULL = 500  # messages asked for at a time
ENDS_OF_A_PULL = ("MaxBytes", "Batch Completed")  # what was pulled weighs enough, or all of it has come
PULL_BYTES = 16 * 1024**2  # weight of them; twice the largest message that the broker admits (broker.py)
_EXPIRES_NS = 5_000_000_000
_HEARTBEAT_NS = 1_000_000_000
DEAF_S = 3.0  # without a message or a heartbeat for so long the consumer is given up
_INACTIVE_NS = 30_000_000_000


class LogLost(RuntimeError):
    """The way to the log is broken: start again from the store's mark."""


class Entry(NamedTuple):
    """One message of the log as delivered."""

    sequence: int
    subject: str
    stamped: int  # ms, by the log
    data: bytes
    missing: int  # messages cut from the log just before this one


def telemetry(entry: Entry) -> Message | None:
    """Return what a device sent, None where the entry is something else."""
    for prefix in (MQTT_PREFIX, HTTP_PREFIX):
        if entry.subject.startswith(prefix):
            return Message(entry.sequence, entry.subject[len(prefix) :], entry.stamped, entry.data)
    return None


class LogReader:
    """One consumer of the log, from after `mark` until something breaks.

    Use as an async context manager; `take` returns what has arrived.
    """

    def __init__(self, nc: Client, mark: int) -> None:
        self.behind = -1  # messages in the log that have not arrived; -1: not known yet
        self._nc = nc
        self._sequence = mark
        self._consumer_sequence = 0
        self._arrived: list[Msg] = []
        self._something = asyncio.Event()
        self._asked = False  # a pull is running
        self._answers = 0  # messages that came for it
        self._flowing = True  # pulls ask for all there is, else they wait for one message
        self._heard = time.monotonic()
        self._lost = ""

    async def __aenter__(self) -> LogReader:
        self._inbox = self._nc.new_inbox()
        self._subscription = await self._nc.subscribe(
            self._inbox, cb=self._receive, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        created = await self._create()
        self._consumer = created["name"]
        self.behind = created["num_pending"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(NatsError):
            await self._subscription.unsubscribe()

    async def take(self, timeout_s: float) -> list[Entry]:
        """Return what is there, or after up to `timeout_s` the first message that comes, or [].

        Raises LogLost once everything that could still be trusted has been returned.
        """
        if not self._asked and not self._arrived:
            await self._pull()
        if not self._arrived and not self._lost:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):  # before 3.12 wait_for may swallow a cancellation
                    await self._something.wait()
        self._something.clear()
        arrived, self._arrived = self._arrived, []
        entries = self._trusted(arrived)
        if self._lost and not entries:
            raise LogLost(self._lost)
        if time.monotonic() - self._heard > DEAF_S:
            self._lost = "no sign of life from the log"
        if self.behind > 0 and not self._asked:
            await self._pull()  # the next messages come while these are worked on
        return entries

    async def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if message.headers and "Status" in message.headers and not message.reply.startswith("$JS.ACK."):
            self._status(message.headers)
            return
        self._arrived.append(message)
        self._answers += 1
        if self._answers == (PULL if self._flowing else 1):
            self._answered()

    def _status(self, headers: dict[str, str]) -> None:
        status = headers["Status"]
        if status == "100":  # heartbeat
            return
        description = headers.get("Description", "")
        enough = status == "409" and any(end in description for end in ENDS_OF_A_PULL)
        if status not in ("404", "408") and not enough:  # consumer deleted, leader changed, no responders
            self._lost = f"{status} {description}"
        self._answered()  # 404: there is no more; 408: the wait for a message is over

    def _answered(self) -> None:
        """Note that a pull has run out: while pulls find something, messages flow."""
        self._asked, self._flowing = False, self._answers > 0
        self._something.set()

    def _trusted(self, arrived: list[Msg]) -> list[Entry]:
        """Return the messages up to the first gap in the consumer's sequence."""
        entries = []
        for message in arrived:
            fields = message.reply.split(".")
            sequence, consumer_sequence, stamp, pending = fields[-4:] if len(fields) == 9 else fields[-5:-1]
            if int(consumer_sequence) != self._consumer_sequence + 1:
                self._lost = f"gap in the delivery after {self._sequence}"
                break
            self._consumer_sequence += 1
            missing = int(sequence) - self._sequence - 1
            self._sequence = int(sequence)
            self.behind = int(pending)
            entries.append(
                Entry(self._sequence, message.subject, int(stamp) // 1_000_000, message.data, missing)
            )
        return entries

    async def _create(self) -> dict[str, Any]:
        answer = await self._ask(
            f"$JS.API.CONSUMER.CREATE.{STREAM}",
            {
                "stream_name": STREAM,
                "config": {
                    "ack_policy": "none",
                    "deliver_policy": "by_start_sequence",
                    "opt_start_seq": self._sequence + 1,
                    "inactive_threshold": _INACTIVE_NS,
                    "mem_storage": True,
                    "num_replicas": 1,
                },
            },
        )
        if "error" in answer:
            raise LogLost(answer["error"].get("description", "consumer refused"))
        return answer

    async def _pull(self) -> None:
        """Ask for all there is; when nothing was, leave a request for the next message."""
        self._asked, self._answers = True, 0
        waiting = {"batch": 1, "expires": _EXPIRES_NS, "idle_heartbeat": _HEARTBEAT_NS}
        at_once = {"batch": PULL, "max_bytes": PULL_BYTES, "no_wait": True}
        await self._nc.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{self._consumer}",
            msgspec.json.encode(at_once if self._flowing else waiting),
            reply=self._inbox,
        )

    async def _ask(self, subject: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = await self._nc.request(subject, msgspec.json.encode(body), timeout=2)
        answer: dict[str, Any] = msgspec.json.decode(reply.data)
        return answer
