"""One reader of the stream a process, many screens: asks once, sends to each watcher what it may see."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from anwei.monitoring.columns import Sample, finite, samples_by_tag
from anwei.monitoring.connection import BrokerAway, client
from anwei.monitoring.live.facts import Owner, RuleFacts, rule_facts
from anwei.monitoring.live.rights import lapsed, strayed
from anwei.monitoring.live.watcher import Watcher, encode
from anwei.monitoring.stream.doors import Doors, StoreAway

EPISODES, ALARMS = "live.episodes", "live.alarms"
JOINED = encode("joined", {})  # from now on nothing is missed: what a page holds from before, it reads again
SAMPLE_PAUSE_S, AGE_PAUSE_S, RIGHTS_PAUSE_S, TAGS_PAUSE_S, RETRY_PAUSE_S = 0.5, 2.0, 3.0, 30.0, 0.5

log = logging.getLogger("anwei.live")


class Hub:
    """All watchers of one event loop; works only while there is one."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._facts: dict[int, RuleFacts] = {}  # as last read, for when the database does not answer
        self._samples: dict[int, Sample] = {}
        self._work: list[asyncio.Task[None]] = []
        self._follows = False  # the subscriptions stand
        self._reconnects = 0

    def join(self, watcher: Watcher) -> None:
        """Begin to send to `watcher`."""
        self._watchers.add(watcher)
        if self._follows:
            watcher.send(JOINED)
        if not self._work:
            work = (
                self._follow(),
                _repeat(SAMPLE_PAUSE_S, self._send_samples),
                _repeat(AGE_PAUSE_S, self._send_age),
                _repeat(RIGHTS_PAUSE_S, self._close_lapsed),
                _repeat(TAGS_PAUSE_S, self._close_strayed),
            )
            # A fresh context: these tasks outlive the request that starts them, and its database thread.
            self._work = [asyncio.create_task(part, context=Context()) for part in work]

    def is_watched(self, session: str) -> bool:
        """Say whether a session has a screen open here."""
        return any(watcher.session == session for watcher in self._watchers)

    def leave(self, watcher: Watcher) -> None:
        """Send to `watcher` no longer; the last one stops all work."""
        self._watchers.discard(watcher)
        if not self._watchers:
            for task in self._work:
                task.cancel()
            self._work, self._follows = [], False
            self._samples.clear()
            self._facts.clear()

    async def _follow(self) -> None:
        """Keep two subscriptions; the connection renews them by itself after a broker's restart."""
        subscriptions: list[Subscription] = []
        try:
            while not subscriptions:
                with suppress(BrokerAway):
                    nc = await client()
                    subscriptions.append(await nc.subscribe(EPISODES, cb=self._on_episodes))
                    subscriptions.append(await nc.subscribe(ALARMS, cb=self._on_alarms))
                    with suppress(NatsError, TimeoutError):
                        await nc.flush()  # the broker has them
                    self._reconnects, self._follows = nc.stats["reconnects"], True
                    self._send(JOINED)
                    break
                await asyncio.sleep(RETRY_PAUSE_S)
            await asyncio.Event().wait()
        finally:
            for subscription in subscriptions:
                with suppress(NatsError):
                    await subscription.unsubscribe()

    async def _on_episodes(self, message: Msg) -> None:
        events: list[tuple[int, dict[str, Any]]] = msgspec.msgpack.decode(message.data)
        try:  # each time anew: an enterprise that was moved shows on its new owner's screens only
            self._facts |= await sync_to_async(rule_facts)({event["rule"] for _sequence, event in events})
        except DatabaseError as error:
            log.warning("episodes shown as last known, the database does not answer: %s", error)
        for sequence, event in events:
            facts = self._facts.get(event["rule"])
            if facts is not None:
                shown = {
                    "sequence": sequence,
                    **{name: event[name] for name in ("rule", "tag", "device", "start", "at", "late")},
                    "value": finite(event["value"]),
                    "limit": finite(event["limit"]),
                    "state": "active" if event["kind"] == "raised" else "cleared",
                    **facts.shown,
                }
                self._send_covered(facts.owner, encode("episode", shown))

    async def _on_alarms(self, message: Msg) -> None:
        written: list[tuple[int, int | None, str, str, int]] = msgspec.msgpack.decode(message.data)
        for watcher in list(self._watchers):
            seen = [
                (alarm, case)
                for alarm, case, territory, sector, enterprise in written
                if watcher.covers(territory, sector, enterprise)
            ]
            if seen:
                cases = sorted({case for _alarm, case in seen if case is not None})
                watcher.send(encode("alarms", {"ids": [alarm for alarm, _case in seen], "warnings": cases}))

    def _send_covered(self, owner: Owner, event: bytes) -> None:
        for watcher in list(self._watchers):
            if watcher.covers(*owner):
                watcher.send(event)

    async def _send_samples(self) -> None:
        wanted: set[int] = set().union(*(watcher.tags for watcher in self._watchers))
        if not wanted:
            return
        newest = dict(samples_by_tag(await Doors(await client()).last(sorted(wanted))))
        moved = {tag for tag, sample in newest.items() if self._samples.get(tag) != sample}
        self._samples = newest
        for watcher in list(self._watchers):
            tags = watcher.tags & (moved if watcher.greeted else newest.keys())
            watcher.greeted = True
            if tags:
                watcher.send(encode("samples", {str(tag): newest[tag] for tag in sorted(tags)}))

    async def _send_age(self) -> None:
        nc = await client()
        status = await Doors(nc).status()
        shown = {
            "at": int(time.time() * 1000),
            "newest": status.get("newest", 0),
            "lag": status.get("lag", -1),
        }
        self._send(encode("age", shown))
        if (
            self._follows and nc.stats["reconnects"] != self._reconnects
        ):  # what was told meanwhile, nobody heard
            self._reconnects = nc.stats["reconnects"]
            self._send(JOINED)

    def _send(self, event: bytes) -> None:
        for watcher in list(self._watchers):
            watcher.send(event)

    async def _close_lapsed(self) -> None:
        for watcher in await sync_to_async(lapsed)(list(self._watchers)):
            watcher.close()

    async def _close_strayed(self) -> None:
        for watcher in await sync_to_async(strayed)(list(self._watchers)):
            watcher.close()


async def _repeat(pause_s: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` for ever; a failure (stream or database away) shows on the screens as missing events."""
    while True:
        try:
            await work()
        except (StoreAway, BrokerAway, NatsError, DatabaseError) as error:
            log.debug("not sent to the screens: %s", error)
        except Exception:  # one fault must not end the watch over every screen's rights
            log.exception("not sent to the screens")
        await asyncio.sleep(pause_s)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Return the hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
