"""Keeps child processes running, and takes every one of them along when it ends."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from anwei.language import gettext as _
from anwei.portal.journal import Journal

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 3.0  # s between the end of a child and its next start
STEADY = 30.0  # s a child must live for the pause to start small again
CANCEL_AGAIN = 0.5  # s
LINE_LIMIT = 1024 * 1024  # bytes of one line of output
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    """What a child runs."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


class Child:
    """One program, started again whenever it ends."""

    def __init__(self, program: Program, journal: Journal, changed: Callable[[], None]) -> None:
        """`changed` is called when the process starts or ends."""
        self.program = program
        self.starts = 0
        self.started_at = 0.0  # s, wall clock
        self._journal = journal
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """Process id while it runs, else None."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def keep_running(self) -> None:
        """Start the program, and again with growing pauses whenever it ends, until `stop`."""
        pause = FIRST_PAUSE
        while not self._stopping:
            began = time.monotonic()
            try:
                status: int | str = await self._run_once()
            except OSError as error:  # no memory, no process, no executable at this moment
                status = str(error)
            if self._stopping:
                return
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY else pause
            self._journal.write(
                self.program.name,
                _("进程已退出（状态 {status}），{pause:.1f} 秒后重启").format(status=status, pause=pause),
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def stop(self, grace: float) -> None:
        """End the process for good: SIGTERM, then SIGKILL to its whole group after `grace` seconds."""
        self._stopping = True
        await self.restart(grace)

    async def restart(self, grace: float) -> None:
        """End the process as `stop` does; `keep_running` starts it again."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    async def _run_once(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *self.program.command,
            env=self.program.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which ends the family in order
            preexec_fn=die_with_parent,  # other threads only wait for children and hold no lock
            limit=LINE_LIMIT,
        )
        if self._stopping:  # asked to end while it was being started: `stop` saw no process yet
            self._process.kill()
        self.starts += 1
        self.started_at = time.time()
        self._changed()
        reader = asyncio.create_task(self._pass_output_on())
        await _end_of(self._process.pid)
        with suppress(ProcessLookupError):  # what it started must not outlive it
            os.killpg(self._process.pid, signal.SIGKILL)
        await reader
        status = await self._process.wait()
        self._changed()
        return status

    async def _pass_output_on(self) -> None:
        assert self._process and self._process.stdout  # noqa: S101  (asked for with PIPE)
        while True:
            try:
                line = await self._process.stdout.readline()
            except ValueError:  # a line beyond the limit; the reader has dropped it
                continue
            if not line:
                return
            self._journal.write(self.program.name, line.decode(errors="replace").rstrip())


async def _end_of(pid: int) -> None:
    """Return when the process has ended: asyncio's `wait` also waits for whoever else holds its output."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended: the broker's client loses one that comes while it flushes."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _done, running = await asyncio.wait(running, timeout=CANCEL_AGAIN)


def die_with_parent() -> None:
    """Run in the child: be killed when the supervisor dies, however it dies."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
