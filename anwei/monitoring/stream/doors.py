"""The store's doors: questions over NATS request/reply, answered by the one process that owns the store.

A request is a MessagePack map, and so is a reply; columns travel as `{"name": [dtype, bytes]}` (wire.py), an
error as `{"error": text}`. A reply stays below the broker's payload limit: the client asks in pages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import nats.errors
import numpy as np
from nats.aio.client import Client
from nats.aio.msg import Msg
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.monitoring.stream.questions import (
    NOTES_A_PAGE,
    Aggregate,
    Copy,
    Episodes,
    History,
    Last,
    Nothing,
    RejectCounts,
    Rejects,
)
from anwei.monitoring.stream.wire import Columns, WireColumns, pack_columns, unpack_columns

if TYPE_CHECKING:  # who only asks does not load the store's engines
    from anwei.monitoring.stream.store.embedded import EmbeddedStore

ROWS_A_PAGE = 40_000  # of 17 to 21 bytes: below the broker's 1 MB
BUCKETS_A_PAGE = 17_500  # of 48 bytes
READERS = 4  # threads that read for the doors

Reply = dict[str, Any]
T = TypeVar("T")
logger = logging.getLogger(__name__)


class StoreAway(RuntimeError):
    """Nobody answered in time: the stream process is down, starting, or overloaded."""


class StoreRefused(ValueError):
    """The store understood the question and will not answer it; the text says why."""


class ServedDoors:
    """Open doors; `close` shuts them."""

    def __init__(self, store: EmbeddedStore, figures: Callable[[], Reply]) -> None:
        self._store = store
        self._figures = figures
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-door")
        # What alarms and /healthz wait for is not held up by people's long questions.
        self._urgent = ThreadPoolExecutor(1, thread_name_prefix="store-door-urgent")
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscriptions: list[Any] = []

    async def open(self, nc: Client) -> None:
        """Subscribe to every door."""
        # What only reads memory answers at once; what may read files goes to a thread.
        await self._door(nc, "last", Last, self._last, None)
        await self._door(nc, "status", Nothing, self._status, None)
        await self._door(nc, "history", History, self._history, self._readers)
        await self._door(nc, "aggregate", Aggregate, self._aggregate, self._readers)
        await self._door(nc, "episodes", Episodes, self._episodes, self._urgent)
        await self._door(nc, "rejects", Rejects, self._rejects, self._urgent)
        await self._door(nc, "reject_counts", RejectCounts, self._reject_counts, self._readers)
        await self._door(nc, "probe", Nothing, self._probe, self._urgent)
        await self._door(nc, "copy", Copy, self._copy, self._readers)
        # The broker shall know the doors when this returns. nats-py 2.16 sends a flush's PING ahead of what
        # is pending, so only the second PONG says that the subscriptions have arrived.
        await nc.flush()
        await nc.flush()

    async def close(self) -> None:
        """Stop answering; questions under way are answered first."""
        for subscription in self._subscriptions:
            await subscription.unsubscribe()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._readers.shutdown()
        self._urgent.shutdown()

    async def _door(
        self,
        nc: Client,
        name: str,
        question: type[T],
        answer: Callable[[T], Reply],
        threads: ThreadPoolExecutor | None,
    ) -> None:
        decoder = msgspec.msgpack.Decoder(question)
        loop = asyncio.get_running_loop()

        async def reply(message: Msg) -> None:
            try:
                asked = decoder.decode(message.data or b"\x80")
                answered = await loop.run_in_executor(threads, answer, asked) if threads else answer(asked)
            except (ValueError, TypeError) as error:  # msgspec's errors are ValueErrors
                answered = {"error": str(error)}
            except Exception as error:
                logger.exception("store door %s", name)
                answered = {"error": f"{type(error).__name__}: {error}"}
            await message.respond(msgspec.msgpack.encode(answered))

        async def take(message: Msg) -> None:
            # In a task of its own, so that one long answer does not hold up the next question.
            task = loop.create_task(reply(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        callback: Callable[[Msg], Awaitable[None]] = take if threads else reply
        self._subscriptions.append(await nc.subscribe(f"store.{name}", cb=callback))

    def _last(self, asked: Last) -> Reply:
        tags = None if asked.tags is None else np.array(asked.tags, np.int32)
        columns = self._store.last(tags)
        if tags is None:
            columns = {name: column[columns["tag"] > asked.after] for name, column in columns.items()}
        return _page(columns, ROWS_A_PAGE)

    def _history(self, asked: History) -> Reply:
        points = None if asked.points is None else min(asked.points, ROWS_A_PAGE)
        return _page(
            self._store.history(asked.tag, asked.start, asked.end, points, ROWS_A_PAGE + 1), ROWS_A_PAGE
        )

    def _aggregate(self, asked: Aggregate) -> Reply:
        columns = self._store.aggregate(
            np.array(asked.tags, np.int32), asked.start, asked.end, asked.interval
        )
        if len(columns["tag"]) > BUCKETS_A_PAGE:
            raise ValueError(f"more than {BUCKETS_A_PAGE} buckets in one answer")
        columns["count"] = columns["count"].astype(np.int32)
        return {**pack_columns(columns)}

    def _episodes(self, asked: Episodes) -> Reply:
        return {"episodes": self._store.episodes(asked.after, min(asked.limit, NOTES_A_PAGE))}

    def _rejects(self, asked: Rejects) -> Reply:
        limit = min(asked.limit, NOTES_A_PAGE)
        return {"rejects": self._store.rejects(asked.after, limit, asked.reason, asked.device)}

    def _reject_counts(self, asked: RejectCounts) -> Reply:
        return {"counts": self._store.reject_counts(asked.since)}

    def _status(self, _: Nothing) -> Reply:
        return {**self._store.figures(), **self._figures()}

    def _probe(self, _: Nothing) -> Reply:
        return self._store.probe()

    def _copy(self, asked: Copy) -> Reply:
        self._store.copy(Path(asked.target))
        return {}


async def serve_doors(nc: Client, store: EmbeddedStore, figures: Callable[[], Reply]) -> ServedDoors:
    """Answer questions about `store` on `nc` until the result is closed.

    `figures` gives what only the stream process knows (lag, oldest_unstored_ms, samples_per_s,
    register_version); it is added to the status.
    """
    doors = ServedDoors(store, figures)
    await doors.open(nc)
    return doors


class Doors:
    """The asking side. Every method raises StoreAway when nobody answers, StoreRefused on an error."""

    def __init__(self, nc: Client, *, timeout: float = 2.0) -> None:
        self._nc = nc
        self._timeout = timeout

    async def last(self, tags: list[int] | None = None) -> Columns:
        """Return columns tag, ts, value, quality of the newest sample of each tag (all when None)."""
        pages = []
        if tags is not None:
            for start in range(0, len(tags), ROWS_A_PAGE) or (0,):
                pages.append(await self._columns("last", Last(tags[start : start + ROWS_A_PAGE])))
            return _joined([columns for columns, _more in pages])
        after, more = -1, True
        while more:
            columns, more = await self._columns("last", Last(None, after))
            pages.append((columns, more))
            after = int(columns["tag"][-1]) if more else after
        return _joined([columns for columns, _more in pages])

    async def history(self, tag: int, start: int, end: int, points: int | None = None) -> Columns:
        """Return ts, value, quality of [start, end) ms: `points` rows that keep the extremes, or all rows.

        Extremes of more than 7 days are those of the hours, to the hour.
        """
        pages, more = [], True
        while more:
            columns, more = await self._columns("history", History(tag, start, end, points))
            pages.append(columns)
            start = int(columns["ts"][-1]) + 1 if more else start
        return _joined(pages)

    async def aggregate(self, tags: list[int], start: int, end: int, interval: int) -> Columns:
        """Return tag, bucket, minimum, maximum, mean, count, last per tag and `interval` ms from `start`.

        Sorted by tag and bucket for the first page of time; buckets without a good sample are left out.
        """
        if interval <= 0:
            raise StoreRefused("the interval must be positive")
        tags = sorted(set(tags))
        step = BUCKETS_A_PAGE * interval  # the longest time one tag can be asked for at once
        pages = []
        for low in range(start, end, step) or (start,):
            high = min(low + step, end)
            width = max(1, -(-(high - low) // interval))
            at_once = max(1, BUCKETS_A_PAGE // width)
            for first in range(0, len(tags), at_once) or (0,):
                asked = Aggregate(tags[first : first + at_once], low, high, interval)
                pages.append((await self._columns("aggregate", asked))[0])
        return _joined(pages)

    async def rejects(
        self, after: int = 0, limit: int = NOTES_A_PAGE, reason: str = "", device: str = ""
    ) -> list[dict[str, Any]]:
        """Return rejects with a sequence above `after`, newest first, at most NOTES_A_PAGE; '' means any."""
        reply = await self._ask("rejects", Rejects(after, limit, reason, device))
        rows: list[dict[str, Any]] = reply["rejects"]
        return rows

    async def reject_counts(self, since: int) -> list[dict[str, Any]]:
        """Return count and newest time by reason and device from the hour of `since` (ms) on."""
        rows: list[dict[str, Any]] = (await self._ask("reject_counts", RejectCounts(since)))["counts"]
        return rows

    async def episodes(self, after: int, limit: int = NOTES_A_PAGE) -> list[tuple[int, dict[str, Any]]]:
        """Return outbox rows (sequence, event) above `after`, oldest first, at most NOTES_A_PAGE."""
        reply = await self._ask("episodes", Episodes(after, limit))
        return [(sequence, event) for sequence, event in reply["episodes"]]

    async def status(self) -> Reply:
        """Return the store's figures and the stream's."""
        return await self._ask("status", Nothing())

    async def probe(self) -> Reply:
        """Let the store do a real write and read; return its figures."""
        return await self._ask("probe", Nothing())

    async def copy(self, target: Path) -> None:
        """Let the owner copy the store to a new folder of its own file system."""
        await self._ask("copy", Copy(str(target)))

    async def _columns(self, door: str, question: msgspec.Struct) -> tuple[Columns, bool]:
        reply = await self._ask(door, question)
        more = bool(reply.pop("more", False))
        packed: WireColumns = reply
        return unpack_columns(packed), more

    async def _ask(self, door: str, question: msgspec.Struct) -> Reply:
        try:
            message = await self._nc.request(
                f"store.{door}", msgspec.msgpack.encode(question), timeout=self._timeout
            )
        except (TimeoutError, nats.errors.Error) as error:
            raise StoreAway(_("监测数据库没有应答（{door}）。").format(door=door)) from error
        reply: Reply = msgspec.msgpack.decode(message.data)
        if "error" in reply:
            raise StoreRefused(reply["error"])
        return reply


def _page(columns: Columns, rows: int) -> Reply:
    """Return the first rows, and whether there are more."""
    size = len(next(iter(columns.values())))
    return {**pack_columns({name: column[:rows] for name, column in columns.items()}), "more": size > rows}


def _joined(pages: list[Columns]) -> Columns:
    if len(pages) == 1:
        return pages[0]
    return {name: _concatenated([page[name] for page in pages]) for name in pages[0]}


def _concatenated(columns: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(columns)
