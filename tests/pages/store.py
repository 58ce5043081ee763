"""A real broker with a real telemetry store behind its doors, on a thread of the tests."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from anwei.datafolder import DataFolder
from anwei.monitoring import bus, connection
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import ServedDoors, serve_doors
from anwei.monitoring.stream.samples import Batch, Reject, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.support.broker import Broker


class Store:
    """`with Store(tmp_path) as store:` answers until `store.leave()`; `store.come_back()` answers again."""

    def __init__(self, path: Path) -> None:
        self._broker = Broker(path)
        self._loop = asyncio.new_event_loop()
        self._sequence = 0
        self._doors: ServedDoors | None = None

    @property
    def folder(self) -> DataFolder:
        return self._broker.folder

    def __enter__(self) -> Store:
        forget_connection()
        self._broker.__enter__()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.nc = self.do(connect(self.folder, name="stream"))
        self.store = EmbeddedStore(self.folder.telemetry)
        self.come_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
        self.store.close()
        forget_connection()
        self.do(self.nc.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._broker.__exit__(kind, error, trace)

    def come_back(self) -> None:
        self._doors = self.do(serve_doors(self.nc, self.store, dict))

    def leave(self) -> None:
        if self._doors is not None:
            self.do(self._doors.close())
            self._doors = None

    def write(self, tag: int, rows: list[tuple[int, float]], rejects: list[Reject] | None = None) -> None:
        """Store (ms, value) rows of one tag, and rejects."""
        self._sequence += 1
        ts, values = np.array([at for at, _ in rows], np.int64), np.array([value for _, value in rows])
        samples = Samples(np.full(len(rows), tag, np.int32), ts, values, np.zeros(len(rows), np.uint8))
        self.store.append(Batch("log", self._sequence, samples, rejects=rejects or []))

    def do(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(20)


def forget_connection() -> None:
    """Drop the connection that views of this process use: the next broker is another."""
    loop = bus._loop()

    async def forget() -> None:
        task = connection._connecting.pop(loop, None)
        if task is None:
            return
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await (await task).close()

    asyncio.run_coroutine_threadsafe(forget(), loop).result(20)
