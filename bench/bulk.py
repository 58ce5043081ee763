"""As fast as it is taken: burst ingest, a week of history, bytes a sample, and the three queries."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from typing import Any

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors
from bench.account import cpu_seconds, memory_mib, spread
from bench.family import Family
from bench.load import Fleet
from bench.workload import Workload, tag_code

HOUR, DAY = 3_600_000, 86_400_000  # ms


def messages(
    family: Family, *, instants: int, start: int, step: int, per_message: int
) -> Iterator[tuple[str, bytes]]:
    """Yield (device, compact message) in time order: `per_message // per_device` instants of one device's tags."""
    work = Workload(family.n_tags, 10, 0)
    size = family.per_device
    group = max(1, per_message // size)
    devices = [
        (f"D{low // size:05d}", low, min(low + size, family.n_tags)) for low in range(0, family.n_tags, size)
    ]
    tags = {low: json.dumps([tag_code(tag) for tag in range(low, high)]) for _, low, high in devices}
    for first in range(0, instants, group):
        ticks = range(first, min(first + group, instants))
        rows = [work.values(tick) for tick in ticks]
        times = json.dumps([start + tick * step for tick in ticks])
        for device, low, high in devices:
            values = json.dumps([row[low:high] for row in rows], separators=(",", ":"))
            yield device, f'{{"ts":{times},"tags":{tags[low]},"values":{values}}}'.encode()


def _settle(family: Family, expected: int, timeout: float = 300) -> None:
    end = time.monotonic() + timeout
    while (stored := family.status()["samples_stored"]) < expected:
        if time.monotonic() > end:
            raise TimeoutError(f"{stored} of {expected} samples stored after {timeout} s")
        time.sleep(0.2)


def load(
    family: Family, fleet: Fleet, *, samples: int, per_message: int, start: int, step: int
) -> dict[str, Any]:
    """Send `samples` samples encoded beforehand; the clock stops when all of them are stored."""
    instants = samples // family.n_tags
    prepared = list(messages(family, instants=instants, start=start, step=step, per_message=per_message))
    base = family.status()["samples_stored"]
    before, wall = cpu_seconds(family.pid), time.monotonic()
    fleet.push(prepared, window=256)
    acknowledged = time.monotonic() - wall
    _settle(family, base + instants * family.n_tags)
    wall = time.monotonic() - wall
    after = cpu_seconds(family.pid)
    used = {name: round(after[name] - before.get(name, 0), 2) for name in after}
    return {
        "tags": family.n_tags,
        "samples": instants * family.n_tags,
        "per_message": per_message,
        "messages": len(prepared),
        "acknowledged_s": round(acknowledged, 2),
        "stored_s": round(wall, 2),
        "cpu_s": used,
        "samples_per_server_cpu_s": round(instants * family.n_tags / max(0.01, sum(used.values()))),
        "memory_mib": memory_mib(family.pid),
    }


def queries(family: Family, end: int, repeats: int = 60) -> dict[str, Any]:
    """Time the three queries through the product's own door on one open connection."""

    async def measure() -> dict[str, Any]:
        nc = await connect(DataFolder(family.root), name="bench")
        doors, choose, found = Doors(nc), random.Random(3), {}
        last = await doors.last(None)
        numbers = last["tag"]

        async def series() -> Any:
            stop = end - HOUR * choose.randrange(100)
            return await doors.history(int(choose.choice(numbers.tolist())), stop - DAY, stop, 300)

        async def hourly() -> Any:
            chosen = choose.sample(numbers.tolist(), min(100, len(numbers)))
            whole = end // HOUR * HOUR  # a chart of hours begins on the hour
            return await doors.aggregate(chosen, whole - 7 * DAY, whole, HOUR)

        asked = {"last_all": lambda: doors.last(None), "series_24h_300": series, "hourly_100_tags_7d": hourly}
        for name, ask in asked.items():
            times = []
            for _ in range(repeats):
                began = time.perf_counter()
                await ask()
                times.append(time.perf_counter() - began)
            found[name] = spread(times, 1000)
        await nc.close()
        return found

    return asyncio.run(measure())
