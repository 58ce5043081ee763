"""The script: which upset comes when. A function of the day's number, so that yesterday does not change."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from anwei.demo.plan import SEED, EnterprisePlan, enterprises
from anwei.demo.simulator.circumstances import Upset
from anwei.demo.simulator.noise import Seconds, Series
from anwei.demo.simulator.response import bump
from anwei.demo.simulator.surroundings import DAY
from anwei.demo.tables import table


@dataclass(frozen=True)
class Event:
    """Something that goes wrong at one tag: `depth` is how far the upset goes (1 = fully)."""

    start: float
    rise_s: float
    hold_s: float
    fall_s: float
    depth: float
    concealed: bool = False

    @property
    def end(self) -> float:
        """Return when all is well again (seconds since 1970)."""
        return self.start + self.rise_s + self.hold_s + self.fall_s

    def at(self, t: Seconds) -> Series:
        """Return the upset at each moment."""
        return self.depth * bump(t, self.start, self.rise_s, self.hold_s, self.fall_s)


Key = tuple[str, str]  # device code, tag code


@cache
def events_of_day(day: int) -> dict[Key, tuple[Event, ...]]:
    """Return the events that start on a day (number of days since 1970, UTC), by tag."""
    script = table("script")
    lot = random.Random(f"{SEED}:script:{day}")  # noqa: S311  # a script, not a secret
    found: dict[Key, list[Event]] = {}
    slots = script["upsets_a_day"]
    for slot in range(slots):
        kind = "grave" if lot.random() < script["grave_share"] else "upset"
        start = (day + (slot + lot.random()) / slots) * DAY
        _schedule(found, lot.choice(script[kind]), lot, start, concealed=False)
    for _ in range(script["concealed_a_day"]):
        start = (day + lot.random()) * DAY
        _schedule(found, lot.choice(script["concealed"]), lot, start, concealed=True)
    return {key: tuple(events) for key, events in found.items()}


def _schedule(
    found: dict[Key, list[Event]], row: dict[str, Any], lot: random.Random, start: float, *, concealed: bool
) -> None:
    enterprise = lot.choice(_monitored(row["plant"]))
    stretch = lot.uniform(0.8, 1.3)
    for tag, share in row["tags"].items():
        event = Event(
            start, row["rise"] * stretch, row["hold"] * stretch, row["fall"] * stretch, share, concealed
        )
        found.setdefault((f"{enterprise.code}-{row['device']}", tag), []).append(event)


@cache
def _monitored(plant: str) -> tuple[EnterprisePlan, ...]:
    return tuple(plan for plan in enterprises() if plan.plant == plant and plan.sites)


@dataclass
class Script:
    """All that goes wrong; `live_at` is when the first opening scene went live (seconds), None before."""

    live_at: float | None = None

    def events(self, key: Key, start: float, end: float) -> list[Event]:
        """Return the events of a tag that touch the time from `start` to `end`."""
        days = range(int(start // DAY) - 1, int(end // DAY) + 1)
        daily = [event for day in days for event in events_of_day(day).get(key, ())]
        return [event for event in [*daily, *self._opening(key)] if event.start <= end and event.end >= start]

    def upset(self, key: Key) -> Upset:
        """Return the upset of a tag as a function of time; where events meet, the deeper one counts."""

        def upset(t: Seconds) -> Series:
            total = np.zeros(len(t))
            for event in self.events(key, float(t.min()), float(t.max())):
                np.maximum(total, event.at(t), out=total)
            return total

        return upset

    def _opening(self, key: Key) -> Iterable[Event]:
        if self.live_at is None:
            return
        for scene in table("script")["opening"]:
            if key[0] == scene["device"] and key[1] in scene["tags"]:
                start, depth = self.live_at + scene["after"], scene["tags"][key[1]]
                yield Event(start, scene["rise"], scene["hold"], scene["fall"], depth)
