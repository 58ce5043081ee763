"""`python -m bench.detect`: what early warning costs at 10,000 tags, and what it leaves of the alarm path.

Part one, in this process: processor time a row once all windows are full (1,000 tags), and memory of 10,000
tags with every array in use. Part two (`--only turns`: alone), one family under the same live load in turns, on,
off, off, on: in the turns "off" the process `detect` stands still (SIGSTOP) and reads on before the next turn.
Processor time of the others, samples a CPU-second, latency of pushed alarms; on divided by off, beside how far
turns of one kind lie apart. Compare rows of one run only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import psutil

from anwei.datafolder import DataFolder
from anwei.monitoring.detect.doors import DetectDoors
from anwei.monitoring.detect.minutes import MINUTE_MS
from anwei.monitoring.detect.watch import Watch
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.register import Devices, Register, Rules, Tags
from bench import live
from bench.__main__ import with_family
from bench.account import machine, tree
from bench.family import Family
from bench.load import Fleet

START = 29_000_000  # minute
LIMITS = {"hh": 90.0, "h": 80.0, "l": 10.0, "ll": 5.0}


def register(n: int, important: int) -> Register:
    """A register of `n` tags with four limits each."""
    each = len(LIMITS)
    return Register(
        1,
        Devices(["d"], [""], [-1], [False], [0]),
        Tags(
            list(range(1, n + 1)), [0] * n, [f"t{i}" for i in range(n)], [2] * n, [1000] * n, [None] * n, [None] * n,
            [i < important for i in range(n)],
        ),
        Rules(
            list(range(1, each * n + 1)), [i // each + 1 for i in range(each * n)], [-1] * (each * n), list(LIMITS) * n,
            list(LIMITS.values()) * n, [0.0] * (each * n), [0] * (each * n), [0] * (each * n),
        ),
    )  # fmt: skip


def rows(n: int, minutes: int) -> dict[str, Any]:
    """Feed `minutes` rows of `n` tags; return processor time a row of the last tenth, and findings."""
    watch, rng = Watch(), np.random.default_rng(1)
    watch.use(register(n, 0))
    tags, level = np.arange(1, n + 1), rng.uniform(30, 70, n)
    found, last = 0, 0.0
    for minute in range(minutes):
        if minute == minutes * 9 // 10:
            last = time.process_time()
        at = np.full(n, (START + minute) * MINUTE_MS)
        values = level + np.sin(2 * np.pi * minute / 1440) + rng.normal(scale=0.3, size=n)
        closed = watch.take(tags, at, np.round(values, 2), at, np.full(n, minute + 1))
        found += sum(map(len, watch.steps(closed)))
    last = time.process_time() - last
    return {
        "tags": n,
        "minutes": minutes,
        "us_a_row": round(1e6 * last / (n * minutes / 10), 1),
        "findings": found,
    }


def memory(n: int, important: int) -> dict[str, Any]:
    """Return MiB of a process that watches `n` tags, every page of every array written."""
    before = psutil.Process().memory_info().rss
    watch = Watch()
    watch.use(register(n, important))
    for block in watch.blocks:
        for array in block.arrays().values():
            array[...] = array.copy()
    after = psutil.Process().memory_info().rss
    return {"tags": n, "important": important, "before_mib": before >> 20, "mib": after >> 20}


def turns(n: int, ticks: int, pairs: int) -> list[dict[str, Any]]:
    """Run the live load in turns with `detect` at work and standing still; each after it has read all."""
    found: list[dict[str, Any]] = []

    def work(family: Family, fleet: Fleet) -> None:
        for turn in range(2 * pairs):
            is_on = turn % 4 in {0, 3}
            detect = next(pid for pid, name in tree(family.pid).items() if name == "detect")
            os.kill(detect, signal.SIGCONT)
            _wait_until_read(family)
            if not is_on:
                os.kill(detect, signal.SIGSTOP)
            try:
                row = live.run(family, fleet, ticks=ticks, events=300, poll=False)
            finally:
                os.kill(detect, signal.SIGCONT)
            found.append({"detect": is_on, "load": os.getloadavg()[0], **row, **_without_detect(row)})
            print(json.dumps(found[-1]), flush=True)

    with_family(n, max(50, n // 200), work)
    return found


def _wait_until_read(family: Family, timeout: float = 60) -> None:
    """Wait until `detect` has read the log to its end."""

    async def lag() -> int:
        nc = await connect(DataFolder(family.root), name="bench")
        try:
            return int((await DetectDoors(nc).status())["lag"])
        finally:
            await nc.close()

    end = time.monotonic() + timeout
    while asyncio.run(lag()) != 0:
        if time.monotonic() > end:
            raise TimeoutError(f"detect has not read the log in {timeout} s")
        time.sleep(0.2)


def _without_detect(row: dict[str, Any]) -> dict[str, float]:
    """Return the processor time of all other processes, and what it makes of samples."""
    others = sum(seconds for name, seconds in row["cpu_s"].items() if name != "detect")
    return {"others_cpu_s": round(others, 2), "samples_per_others_cpu_s": round(row["samples"] / others)}


FIGURES: dict[str, Callable[[dict[str, Any]], float]] = {
    "processor time of the others, s": lambda row: row["others_cpu_s"],
    "of it the stream, s": lambda row: row["cpu_s"]["stream"],
    "samples a CPU-second of the others": lambda row: row["samples_per_others_cpu_s"],
    "samples a CPU-second of all": lambda row: row["samples_per_server_cpu_s"],
    "pushed alarms p50, ms": lambda row: row["pushed_latency_ms"]["p50"],
    "pushed alarms p99, ms": lambda row: row["pushed_latency_ms"]["p99"],
}


def table(rows: list[dict[str, Any]]) -> str:
    """Return the medians of both kinds of turns, on divided by off, and the spread inside a kind."""
    on, off = ([row for row in rows if row["detect"] is is_on] for is_on in (True, False))
    lines = ["| median of turns (least-most) | on | off | on / off |", "|---|---|---|---|"]
    for name, figure in FIGURES.items():
        told = [sorted(figure(row) for row in kind) for kind in (on, off)]
        cells = [f"{median(kind):,.4g} ({kind[0]:,.4g}-{kind[-1]:,.4g})" for kind in told]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {median(told[0]) / median(told[1]):.3f} |")
    cpu, wall = (sum(figure(row) for row in on) for figure in (_of_detect, lambda row: row["wall_s"]))
    missed = {key: sum(row[key] for row in rows) for key in ("found", "missed", "false", "repeated")}
    loads = sorted(row["load"] for row in rows)
    lines.append(
        f"\n`detect` itself: {cpu / wall:.4f} of a processor; {len(rows)} turns, load {loads[0]:.1f}-{loads[-1]:.1f}; {missed}"
    )
    return "\n".join(lines)


def _of_detect(row: dict[str, Any]) -> float:
    return float(row["cpu_s"].get("detect", 0.0))


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tags", type=int, default=10_000)
    parser.add_argument("--ticks", type=int, default=30, help="seconds of live load a turn")
    parser.add_argument("--pairs", type=int, default=6, help="turns with and without, each so often")
    parser.add_argument("--only", choices=("rows", "turns"), help="one part alone")
    parser.add_argument("--minutes", type=int, default=1_600, help="rows a tag of part one")
    options = parser.parse_args()
    print(json.dumps(machine()), flush=True)
    if options.only != "turns":
        print(json.dumps(memory(options.tags, options.tags // 100)), flush=True)
        print(json.dumps(rows(options.tags // 10, options.minutes)), flush=True)
    if options.only != "rows":
        print(table(turns(options.tags, options.ticks, options.pairs)))


if __name__ == "__main__":
    main()
