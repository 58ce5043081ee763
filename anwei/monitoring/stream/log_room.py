"""How much the log may hold: a bound in bytes, and a halt before the disk is full.

The log refuses what is new rather than to lose what it has acknowledged (`discard: new`); a device that gets
no PUBACK sends again. So that it need not refuse while it is read, what the store has already is cut off its
old end as it nears the bound: fewer than 72 hours can then be replayed, and the status says how many.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.broker import DEVICE_PAYLOAD
from anwei.monitoring.stream.disk import Disk, Growth
from anwei.monitoring.stream.log import LogUnavailable, bound, cut, log_information, name_of

LOOK_S = 1.0
CUT_ABOVE, CUT_TO = 0.90, 0.85  # of the bound
TELLING_H = 1.0  # age of the log from which its rate says anything
log = logging.getLogger("anwei.stream")


class UnreadableBound(ValueError):
    """ANWEI_LOG_GIB is no number of GiB."""


@dataclass(frozen=True)
class LogRoom:
    """What the log holds and how much it may."""

    n_bytes: int
    max_bytes: int  # -1: no bound
    age_h: float  # of the oldest message
    full: bool  # the next message may be refused

    @classmethod
    def of(cls, information: dict[str, Any], now: float) -> LogRoom:
        """Read the broker's answer about the log at `now` (s)."""
        state, most = information["state"], information["config"]["max_bytes"]
        age = now - datetime.fromisoformat(state["first_ts"]).timestamp() if state["messages"] else 0.0
        full = most != -1 and most - state["bytes"] < min(DEVICE_PAYLOAD, most // 100)
        return cls(state["bytes"], most, max(0.0, age) / 3600, full)

    @property
    def hours(self) -> float | None:
        """Hours of messages that stay at the mean rate of what lies here; None while that says nothing."""
        if self.max_bytes == -1 or self.age_h < TELLING_H:
            return None
        return self.max_bytes * CUT_TO / (self.n_bytes / self.age_h)


def most_bytes(folder: DataFolder) -> int:
    """Return the bound of the log in bytes: ANWEI_LOG_GIB, else a quarter of the disk.

    Without either, as with a broker of the county's own, -1. Raises UnreadableBound.
    """
    text = os.environ.get("ANWEI_LOG_GIB")
    if text:
        try:
            wanted = int(float(text) * (1 << 30))
        except (ValueError, OverflowError) as error:
            raise UnreadableBound(f"ANWEI_LOG_GIB must be a number of GiB, not {text!r}") from error
        if wanted <= 0:
            raise UnreadableBound(f"ANWEI_LOG_GIB must be more than 0, not {text!r}")
        return wanted
    return -1 if others_broker() else Disk.of(folder.folder("broker")).size // 4


async def keep_room(nc: Client, folder: DataFolder, stored: Callable[[str], int]) -> None:
    """Keep the log within its bound and out of the disk's reserve, for ever.

    `stored(name)` gives the sequence up to which the log of that name is in the store, 0 when it is another.
    """
    keeper, growth, failure = LogKeeper(nc, most_bytes(folder), stored), Growth(folder), ""
    while True:
        disk = Disk.of(folder.folder("broker"))
        try:
            await keeper.look(disk)
            failure = ""
        except (NatsError, LogUnavailable, TimeoutError) as error:
            if failure != (failure := str(error) or repr(error)):
                log.warning("nobody looks after the room of the log: %s", failure)
        with suppress(OSError):  # a full disk takes no note of it either
            growth.note(disk, time.time())
        await asyncio.sleep(LOOK_S)


class LogKeeper:
    """Sets the log's bound, lowers it to what is there while the disk has no room, cuts what is stored."""

    def __init__(self, nc: Client, most: int, stored: Callable[[str], int]) -> None:
        self._nc = nc
        self._most = most
        self._stored = stored
        self._halted = False

    async def look(self, disk: Disk) -> None:
        """Do what is to be done now; raises LogUnavailable, NatsError or TimeoutError."""
        information = await log_information(self._nc)
        await self._halt_or_go_on(information, disk)
        if self._most != -1 and information["state"]["bytes"] > CUT_ABOVE * self._most:
            await self._cut(information)

    async def _halt_or_go_on(self, information: dict[str, Any], disk: Disk) -> None:
        n_bytes, found = information["state"]["bytes"], information["config"]["max_bytes"]
        halted = _is_full(disk)
        wanted = self._most
        if halted:  # it stands where it is: whatever is cut meanwhile is not filled again
            wanted = max(1, n_bytes if found == -1 else min(found, n_bytes))
        if wanted != found:
            await bound(self._nc, information["config"], wanted)
        if halted and not self._halted:
            log.error("the disk has %d MiB left: the log takes no more messages", disk.free >> 20)
        elif self._halted and not halted:
            log.info("the disk has %d MiB left: the log takes messages again", disk.free >> 20)
        self._halted = halted

    async def _cut(self, information: dict[str, Any]) -> None:
        state = information["state"]
        too_much = 1 - CUT_TO * self._most / state["bytes"]
        first = state["first_seq"] + int(too_much * (state["last_seq"] - state["first_seq"] + 1))
        first = min(first, self._stored(name_of(information)) + 1)
        if first > state["first_seq"]:
            await cut(self._nc, first)


def has_no_room(folder: DataFolder) -> bool:
    """Whether the disk of our broker is so full that the log takes no messages."""
    return _is_full(Disk.of(folder.folder("broker")))


def _is_full(disk: Disk) -> bool:
    return disk.free < disk.log_reserve and not others_broker()


def others_broker() -> bool:
    """Whether the broker is the county's own, on a disk that we do not see."""
    return bool(os.environ.get("ANWEI_NATS_URL"))
