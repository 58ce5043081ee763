"""The one workload, deterministic from (n, ticks, seed).

Every tag has the limits HH 90, H 80, L 20, LL 10, deadband 2 and on-delay 0, or five sample periods for every
tenth tag. The base signal stays within 40..60. At most one planted event a tag, so that matching is by tag:

spike_hh   one sample at 93                    must raise HH
spike_ll   one sample at 7                     must raise LL
hold_h     `hold` samples at 84                must raise H once
chatter    81, then 79 and 81 by turns         must raise H once (deadband)
hold_delay `hold` samples at 84, delayed tag   must raise H after the delay
nuisance   one sample at 84, delayed tag       must not raise
near       one sample at 79.5                  must not raise
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LIMITS = {"hh": 90.0, "h": 80.0, "l": 20.0, "ll": 10.0}
DEADBAND = 2.0
DELAY_PERIODS = 5
MIX = [
    ("spike_hh", 0.30),
    ("spike_ll", 0.15),
    ("hold_h", 0.25),
    ("chatter", 0.10),
    ("hold_delay", 0.08),
    ("nuisance", 0.06),
    ("near", 0.06),
]
DUE = {"spike_hh": "hh", "spike_ll": "ll", "hold_h": "h", "chatter": "h", "hold_delay": "h"}
VALUE = {
    "spike_hh": 93.0,
    "spike_ll": 7.0,
    "hold_h": 84.0,
    "hold_delay": 84.0,
    "nuisance": 84.0,
    "near": 79.5,
}


def is_delayed(tag: int) -> bool:
    """Say whether the rules of tag number `tag` (from 0) wait five periods."""
    return tag % 10 == 9


def tag_code(tag: int) -> str:
    """Return the code of tag number `tag` (from 0)."""
    return f"T{tag:06d}"


@dataclass(frozen=True)
class Planted:
    """One planted event."""

    tag: int
    kind: str
    tick: int
    length: int

    @property
    def due(self) -> str | None:
        """The rule kind that must raise, or None where nothing may."""
        return DUE.get(self.kind)


class Workload:
    """Values of `n` tags over `ticks` periods with about `events` planted events."""

    def __init__(self, n: int, ticks: int, events: int, *, seed: int = 7) -> None:
        self.n, self.ticks = n, ticks
        hold = max(3, min(12, ticks // 3))
        random = np.random.default_rng(seed)
        self.base = 50 + 5 * np.sin(np.arange(n) * 0.37)
        self.noise = np.round(random.normal(0, 1, 8192).clip(-4, 4), 2)
        prompt = iter(random.permutation([tag for tag in range(n) if not is_delayed(tag)]).tolist())
        delayed = iter(random.permutation([tag for tag in range(n) if is_delayed(tag)]).tolist())
        self.events: list[Planted] = []
        self.over: dict[int, dict[int, float]] = {}
        for kind, share in MIX:
            if kind in {"hold_delay", "nuisance"} and hold <= DELAY_PERIODS + 1:
                continue  # too short a run for an on-delay to end in it
            for _ in range(round(events * share)):
                tag = next(delayed if kind in {"hold_delay", "nuisance"} else prompt, None)
                if tag is None:
                    break
                length = hold if kind in {"hold_h", "chatter", "hold_delay"} else 1
                tick = int(random.integers(2, max(3, ticks - length - 2)))
                self.events.append(Planted(tag, kind, tick, length))
                for step in range(length):
                    value = VALUE.get(kind, 81.0 if step % 2 == 0 else 79.0)
                    self.over.setdefault(tick + step, {})[tag] = value

    def values(self, tick: int, low: int = 0, high: int | None = None) -> list[float]:
        """Return the values of tags [low, high) at one tick, two decimals."""
        high = self.n if high is None else high
        index = (np.arange(low, high) * 31 + tick * 7) % 8192
        column = np.round(self.base[low:high] + self.noise[index], 2)
        for tag, value in self.over.get(tick, {}).items():
            if low <= tag < high:
                column[tag - low] = value
        return column.tolist()
