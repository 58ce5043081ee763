"""What is wrong with the instrument, not with the plant: stuck, walking away, silent."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from anwei.demo.plan import SEED, enterprises
from anwei.demo.simulator.surroundings import DAY
from anwei.demo.tables import table

FLAT_S = (3_600.0, 10_800.0)
DRIFT_S = (10_800.0, 28_800.0)
DROPOUT_S = (600.0, 1_500.0)
DRIFT_SHARE = (
    0.03  # of the sensor's range, at the end of a drift; downwards, where it hides more than it alarms
)


@dataclass(frozen=True)
class Fault:
    """An instrument's fault from `start` to `end` (seconds since 1970)."""

    kind: str  # "flat" | "drift" | "dropout"
    start: float
    end: float


@cache
def faults_of_day(day: int) -> dict[tuple[str, str], tuple[Fault, ...]]:
    """Return the faults that start on a day, by (device, tag); a silent device has the tag ""."""
    script = table("script")
    lot = random.Random(f"{SEED}:faults:{day}")  # noqa: S311  # a script, not a secret
    devices = [site.device for plan in enterprises() for site in plan.sites]
    found: dict[tuple[str, str], list[Fault]] = {}
    for kind, lasts in (("flat", FLAT_S), ("drift", DRIFT_S), ("dropout", DROPOUT_S)):
        for _ in range(script[f"{kind}_a_day"]):
            device = lot.choice(devices)
            tag = "" if kind == "dropout" else lot.choice(device.tags).code
            start = (day + lot.random()) * DAY
            fault = Fault(kind, start, start + lot.uniform(*lasts))
            found.setdefault((device.code, tag), []).append(fault)
    return {key: tuple(faults) for key, faults in found.items()}


def faults(device: str, tag: str, start: float, end: float) -> list[Fault]:
    """Return the faults of a tag ("": of the whole device) that touch the time from `start` to `end`."""
    days = range(int(start // DAY) - 1, int(end // DAY) + 1)
    daily = [fault for day in days for fault in faults_of_day(day).get((device, tag), ())]
    return [fault for fault in daily if fault.start <= end and fault.end >= start]
