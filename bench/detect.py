"""`python -m bench.detect`: what early warning costs at 10,000 tags, and what it leaves of the alarm path.

Part one, in this process: processor time a row once all windows are full (1,000 tags), and memory of 10,000
tags with every array in use. Part two, whole families in turn with `detect` and without it, the same live load:
processor time by process, samples a CPU-second, latency of pushed alarms. Compare rows of one run only.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from typing import Any

import numpy as np
import psutil

from anwei.monitoring.detect.minutes import MINUTE_MS
from anwei.monitoring.detect.watch import Watch
from anwei.monitoring.stream.register import Devices, Register, Rules, Tags
from bench import live
from bench.__main__ import with_family
from bench.account import machine

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


def families(n: int, ticks: int, rounds: int) -> list[dict[str, Any]]:
    """Run the live load with and without `detect` in turn."""
    found = []
    for turn in range(2 * rounds):
        os.environ["ANWEI_DETECT"] = str(1 - turn % 2)
        one = with_family(
            n,
            max(50, n // 200),
            lambda family, fleet: live.run(family, fleet, ticks=ticks, events=300, poll=False),
        )
        found.append({"detect": turn % 2 == 0, **one})
        print(json.dumps(found[-1]), flush=True)
    return found


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tags", type=int, default=10_000)
    parser.add_argument("--ticks", type=int, default=60, help="seconds of live load")
    parser.add_argument("--rounds", type=int, default=2, help="families with and without, each so often")
    parser.add_argument("--minutes", type=int, default=1_600, help="rows a tag of part one")
    options = parser.parse_args()
    print(json.dumps(machine()), flush=True)
    print(json.dumps(memory(options.tags, options.tags // 100)), flush=True)
    print(json.dumps(rows(options.tags // 10, options.minutes)), flush=True)
    families(options.tags, options.ticks, options.rounds)


if __name__ == "__main__":
    main()
