"""Silence at the door of the stream process: who says nothing is told of in time, and nobody else."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

from tests.oracle import Rule
from tests.stream.county import county, more_than, send, until
from tests.stream.plant import Plant, StreamProcess, now_ms


def test_200_silent_tags_are_raised_in_time(tmp_path: Path) -> None:
    asyncio.run(_silence(tmp_path))


async def _silence(path: Path) -> None:
    plant = Plant(2, 200, [Rule(number, number, "no_data") for number in range(1, 401)], period_ms=500)
    everything = {f"T{tag}": 1.0 for tag in range(200)}
    async with county(path, plant) as (broker, nc, doors):
        with StreamProcess(broker) as stream:
            await until(doors.status)
            await send(nc, 0, now_ms(), everything)
            last, rows = now_ms(), list[Any]()
            while len(rows) < 200 and now_ms() - last < 2 * plant.period_ms + 10_000:
                await send(nc, 1, now_ms(), everything)
                await asyncio.sleep(0.5)
                rows = await doors.episodes(0)
            assert {event["tag"] for _, event in rows} == set(range(1, 201))
            assert [event["kind"] for _, event in rows] == ["raised"] * 200
            await send(nc, 0, now_ms(), everything)
            rows = await until(lambda: more_than(doors, 200))
            assert [event["kind"] for _, event in rows[200:]] == ["cleared"] * 200
            stream.stop()


def test_a_stream_that_stood_still_calls_only_the_silent_silent(tmp_path: Path) -> None:
    asyncio.run(_standstill(tmp_path))


async def _standstill(path: Path) -> None:
    plant = Plant(20, 5, silence=True, period_ms=500)
    everything = {f"T{tag}": 1.0 for tag in range(5)}

    async def speak(devices: range, seconds: float) -> None:
        until_ = time.monotonic() + seconds
        while time.monotonic() < until_:
            for device in devices:
                await send(nc, device, now_ms(), everything)
            await asyncio.sleep(0.4)

    async with county(path, plant) as (broker, nc, doors):
        with StreamProcess(broker) as stream:
            await until(doors.status)
            await speak(range(20), 1.0)
            assert stream.process
            stream.process.send_signal(signal.SIGSTOP)
            await speak(range(20), 7.5)  # silence would be raised after 6
            stream.process.send_signal(signal.SIGCONT)
            awake, raised = now_ms(), list[Any]()
            while len(raised) < 10 and now_ms() - awake < 2 * plant.period_ms + 10_000:
                await speak(range(10), 0.4)
                raised = [(event["device"], event["kind"]) for _, event in await doors.episodes(0)]
            assert sorted(raised) == sorted((f"d{device}", "raised") for device in range(10, 20))
            stream.stop()
