"""A child is started again, whatever ends it or keeps it from starting."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from anwei.portal.journal import Journal
from anwei.portal.supervisor import Child, Program, ended


def test_a_program_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    asyncio.run(_missing(tmp_path))


async def _missing(path: Path) -> None:
    program, done = path / "program", path / "done"
    child = Child(Program("late", [str(program)], {}), Journal(path / "journal.log"), lambda: None)
    running = asyncio.create_task(child.keep_running())
    await asyncio.sleep(0.05)
    program.write_text(f"#!/bin/sh\n: > {done}\nwhile :; do /bin/sleep 0.1; done\n")
    program.chmod(0o700)
    async with asyncio.timeout(5):
        while not done.exists():
            await asyncio.sleep(0.05)
    await child.stop(1.0)
    await running
    assert child.starts == 1
    assert "No such file" in (path / "journal.log").read_text()


def test_a_program_asked_to_end_while_it_starts_ends(tmp_path: Path) -> None:
    async def early() -> None:
        child = Child(Program("eager", ["/bin/sleep", "60"], {}), Journal(tmp_path / "log"), lambda: None)
        running = asyncio.create_task(child.keep_running())
        await asyncio.sleep(0)  # it is being started, and there is no process yet
        await child.stop(1.0)
        await asyncio.wait_for(running, 5)

    asyncio.run(early())


def test_a_killed_program_is_started_again_though_its_child_holds_the_output(tmp_path: Path) -> None:
    """The worker's import goes on in a process of its own: it must neither keep the worker away nor outlive it."""

    async def killed() -> None:
        grandchild = tmp_path / "grandchild"
        program = tmp_path / "program"
        program.write_text(f"#!/bin/sh\n/bin/sleep 60 &\necho $! > {grandchild}\nwait\n")
        program.chmod(0o700)
        child = Child(Program("busy", [str(program)], {}), Journal(tmp_path / "log"), lambda: None)
        running = asyncio.create_task(child.keep_running())
        async with asyncio.timeout(10):
            while not (child.pid and grandchild.exists() and grandchild.read_text().strip()):
                await asyncio.sleep(0.02)
            orphan = int(grandchild.read_text())
            os.kill(child.pid, signal.SIGKILL)
            while child.starts < 2:
                await asyncio.sleep(0.02)
            while psutil.pid_exists(orphan):
                await asyncio.sleep(0.02)
        await child.stop(1.0)
        await running

    asyncio.run(killed())


def test_a_task_that_loses_its_first_cancellation_ends_all_the_same() -> None:
    async def deaf() -> None:
        with suppress(asyncio.CancelledError):  # as a client library does while it flushes
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def stopped() -> None:
        task = asyncio.create_task(deaf())
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await ended([task])
        assert task.cancelled()

    asyncio.run(stopped())
