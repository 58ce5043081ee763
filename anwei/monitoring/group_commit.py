"""Many small messages, one fsync: requests that arrive together share one atomic batch of the log.

The log syncs every publish to disk by itself (`sync_interval: always`), which caps single messages at a few
thousand a second. An atomic batch is its only group commit: all of it is stored, or nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from anwei.monitoring.connection import BrokerAway, LogFull

WINDOW_S = 0.003  # how long the first message of a batch waits for company
MOST_MESSAGES = 1000  # the broker's limit of a batch
MOST_BYTES = 16 * 1024 * 1024
MOST_WAITING = 20_000  # messages; beyond it, or beyond these bytes, a caller is told to come back
MOST_WAITING_BYTES = 64 * 1024 * 1024
TIMEOUT_S = 5.0
_NO_ROOM = 10077  # JetStream's error code "maximum bytes exceeded"

log = logging.getLogger("anwei.ingest")


@dataclass(frozen=True, eq=False)
class _Message:
    subject: str
    payload: bytes
    stored: asyncio.Future[None]


class GroupCommit:
    """Stores messages in the log for many callers at once; belongs to one event loop."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc
        self._waiting: deque[_Message] = deque()
        self._waiting_bytes = 0
        self._committing: asyncio.Task[None] | None = None

    async def store(self, subject: str, payload: bytes) -> None:
        """Return once the message is on disk.

        Raises LogFull when there is no room for it, BrokerAway when it is not certain; a message sent again
        is stored twice in the log and once in the store, which keeps one row a tag and time.
        """
        if len(self._waiting) >= MOST_WAITING or self._waiting_bytes + len(payload) > MOST_WAITING_BYTES:
            raise BrokerAway("queue")
        message = _Message(subject, payload, asyncio.get_running_loop().create_future())
        self._waiting.append(message)
        self._waiting_bytes += len(payload)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        await message.stored

    async def _commit_all(self) -> None:
        try:
            await asyncio.sleep(WINDOW_S)
            while self._waiting:
                await self._commit(self._take())  # what arrives meanwhile makes the next batch
        finally:
            self._committing = None

    def _take(self) -> list[_Message]:
        taken: list[_Message] = []
        n_bytes = 0
        while self._waiting and len(taken) < MOST_MESSAGES:
            n_bytes += len(self._waiting[0].payload)
            if taken and n_bytes > MOST_BYTES:
                break
            taken.append(self._waiting.popleft())
        self._waiting_bytes -= sum(len(message.payload) for message in taken)
        return taken

    async def _commit(self, batch: Sequence[_Message]) -> None:
        try:
            await (self._publish_one(batch[0]) if len(batch) == 1 else self._publish_batch(batch))
        except Exception as error:  # whatever it is, nobody may wait for ever
            if not isinstance(error, (NatsError, TimeoutError, BrokerAway)):
                log.exception("a batch of %d messages was not stored", len(batch))
            kind = LogFull if isinstance(error, LogFull) else BrokerAway
            for message in batch:
                if not message.stored.done():
                    message.stored.set_exception(kind(str(error) or type(error).__name__))
        else:
            for message in batch:
                if not message.stored.done():  # a caller that hung up has cancelled its future
                    message.stored.set_result(None)

    async def _publish_one(self, message: _Message) -> None:
        reply = await self._nc.request(message.subject, message.payload, timeout=TIMEOUT_S)
        _check(reply.data)

    async def _publish_batch(self, batch: Sequence[_Message]) -> None:
        identity = uuid.uuid4().hex

        def headers(number: int) -> dict[str, str]:
            return {"Nats-Batch-Id": identity, "Nats-Batch-Sequence": str(number)}

        first, *middle, last = batch
        opened = await self._nc.request(first.subject, first.payload, timeout=TIMEOUT_S, headers=headers(1))
        if opened.data:
            _check(opened.data)
        for number, message in enumerate(middle, start=2):
            await self._nc.publish(message.subject, message.payload, headers=headers(number))
        committed = await self._nc.request(
            last.subject,
            last.payload,
            timeout=TIMEOUT_S,
            headers={**headers(len(batch)), "Nats-Batch-Commit": "1"},
        )
        if _check(committed.data).get("count") != len(batch):
            raise BrokerAway("batch")


def _check(answer: bytes) -> dict[str, object]:
    """Return the log's acknowledgement; raises LogFull or BrokerAway with its error where it is one."""
    acknowledgement: dict[str, Any] = json.loads(answer)
    if error := acknowledgement.get("error"):
        raise LogFull(str(error)) if error.get("err_code") == _NO_ROOM else BrokerAway(str(error))
    return acknowledgement
