"""Broker, stream, worker and web together: the stream a process of its own, the others on threads of the test."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from nats.aio.client import Client

from anwei.monitoring import bus, connection, ingest
from anwei.monitoring.worker import Worker
from tests.monitoring.server import Server
from tests.support.broker import REPOSITORY, Broker, die_with_parent


class Family:
    """`with Family(tmp_path, settings) as family:` everything from the HTTP door to the screen."""

    def __init__(self, path: Path, settings: Any) -> None:
        self.broker = Broker(path)
        settings.DATA = self.broker.folder
        ingest.telemetry._keys.clear()
        self.server = Server()
        self.stream: subprocess.Popen[bytes] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Family:
        _forget_connection()  # an earlier test may still wait for a broker that never was
        self.broker.__enter__()
        self.start_stream()
        self.start_worker()
        self.server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with (
            ExitStack() as ends
        ):  # whatever fails, a worker left behind would write into the next test's database
            ends.callback(self.broker.__exit__, kind, error, trace)
            ends.callback(self.kill_stream)
            ends.callback(self.stop_worker)
            ends.callback(_forget_connection)
            ends.callback(self.server.__exit__, kind, error, trace)

    def start_stream(self) -> None:
        self.stream = subprocess.Popen(
            [sys.executable, "-m", "anwei", "stream"],
            env=self.broker.environment,
            cwd=REPOSITORY,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )

    def kill_stream(self) -> None:
        if self.stream is not None:
            self.stream.kill()
            self.stream.wait(timeout=20)
            self.stream = None

    def start_worker(self) -> None:
        self._thread = threading.Thread(target=self._run_worker, daemon=True)
        self._thread.start()

    def _run_worker(self) -> None:
        async def work() -> None:
            self._loop, self._work = asyncio.get_running_loop(), asyncio.current_task()
            with suppress(asyncio.CancelledError):
                await Worker(self.broker.folder).run()

        asyncio.run(work())

    def stop_worker(self) -> None:
        if self._thread is None:
            return
        wait_until(lambda: self._work is not None)
        if self._loop is not None and self._work is not None:
            self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join(timeout=20)
        self._thread = self._work = self._loop = None


def _forget_connection() -> None:
    """Close what the test's own questions used: the next test has another broker."""
    loop = bus._loop()
    if (connecting := connection._connecting.pop(loop, None)) is not None:
        asyncio.run_coroutine_threadsafe(_end(connecting), loop).result(5)


async def _end(connecting: asyncio.Task[Client]) -> None:
    if connecting.done() and not connecting.cancelled() and connecting.exception() is None:
        await connecting.result().close()
    connecting.cancel()


class Events:
    """The server-sent events of one screen, read on a thread: `(seconds since the start, name, data)`."""

    def __init__(self, server: Server, session: str, tags: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Cookie": f"sessionid={session}", "Accept": "text/event-stream"}
        self._connection.request("GET", f"/live/?tags={tags}", headers=headers)
        self.response = self._connection.getresponse()
        self.seen: list[tuple[float, str, Any]] = []
        self.closed_at: float | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for name, data in self._events():
            self.seen.append((time.monotonic(), name, data))
        self.closed_at = time.monotonic()

    def _events(self) -> Iterator[tuple[str, Any]]:
        name = ""
        with suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            while line := self.response.readline().decode():
                if line.startswith("event: "):
                    name = line[7:].strip()
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])

    def named(self, name: str) -> list[Any]:
        """Data of the events of one name so far."""
        return [data for _at, found, data in list(self.seen) if found == name]

    def close(self) -> None:
        self._connection.close()


def wait_until(true: Callable[[], object], *, seconds: float = 20.0) -> float:
    """Return after how many seconds it was true; fails when it never was."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, "it never came"
        time.sleep(0.01)
    return time.monotonic() - start
