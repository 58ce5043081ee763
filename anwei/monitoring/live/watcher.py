"""One open screen: what it may see, what it asked for, and what waits to be sent to it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from anwei.org.scope import Grant

MOST_PENDING = 256  # events; a screen that reads slower is closed, reconnects and reads the rows afresh


def encode(event: str, data: Any) -> bytes:
    """Return one server-sent event."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


@dataclass(eq=False)
class Watcher:
    """An account on one page; `session_hash` changes with its password, `grants` with its posts.

    A display such as the wall has no session ("") and lasts until its account is stopped.
    """

    person: int
    session: str
    session_hash: str
    grants: tuple[Grant, ...]
    tags: frozenset[int]
    greeted: bool = False  # has been sent the present value of its tags
    _pending: list[bytes] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: bool = False

    def covers(self, territory: str, sector: str, enterprise: int | None) -> bool:
        """Say whether the watcher may see a row with these three."""
        return any(grant.covers(territory, sector, enterprise) for grant in self.grants)

    def send(self, event: bytes) -> None:
        """Queue an encoded event; closes a watcher that does not keep up."""
        if len(self._pending) >= MOST_PENDING:
            self.close()
        if not self._closed:
            self._pending.append(event)
            self._woken.set()

    def close(self) -> None:
        """End the stream; what is still queued is not sent."""
        self._closed = True
        self._pending.clear()
        self._woken.set()

    async def next(self) -> bytes | None:
        """Return everything queued, as soon as there is something; None at the end."""
        await self._woken.wait()
        self._woken.clear()
        if self._closed:
            return None
        pending, self._pending = self._pending, []
        return b"".join(pending)
