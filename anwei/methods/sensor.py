"""One sensor: is what it shows now something it never showed, and in which respect?"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from anwei.methods.discord import Discord
from anwei.methods.jump import Jump
from anwei.methods.likelihood import Likelihood
from anwei.methods.plausible import is_plausible
from anwei.methods.same_time import SameTime
from anwei.methods.spacing import ANEW, Spacing

CAP = 8.0  # of one component: none alone drowns the others
ALARM = 2.4  # mean of the components from which it alarms
PAUSE = 100  # rows after an alarm in which there is no other
HELD = 0.999  # of the threshold: the most a score shows during the pause
SHAPES = {"shape_50": 50, "shape_25": 25, "shape_25_lately": 25, "shape_12_lately": 12}


class Reading(NamedTuple):
    """One row: `at` in seconds of any epoch, never going back; `value` in the unit of the sensor."""

    at: float
    value: float


@dataclass(frozen=True)
class Windows:
    """How many rows a sensor looks back: for patterns, for what is usual, and for what was usual lately.

    `days`: rows kept for the same time of day, of which the last `same_time` days are compared.
    """

    patterns: int = 4000
    long: int = 8000
    lately: int = 1000
    days: int = 8000
    same_time: int = 5


# About a day of one-minute rows in 70 KB instead of 370: what ten thousand sensors can have (decision 0011).
MODEST = Windows(patterns=1200, long=1440, lately=360, days=4500, same_time=3)


class Finding(NamedTuple):
    """What a row is: mean of the components, score in [0, 1], alarm, and each component by name.

    `raw` is -log10 of a probability in the mean; `score` is 1 - 10**-raw, held below the threshold during the
    pause after an alarm, so that a sweep over it sees what a person sees.
    """

    raw: float
    score: float
    alarm: bool
    parts: dict[str, float]


class Facts(NamedTuple):
    """Numbers for a sentence about a row: in the unit of the sensor, `rows` of what it is compared with."""

    part: str  # the largest component: shape, same_time, level, jump
    value: float
    usual: float  # level: mean; same_time: median of those days; jump: the row before
    deviation: float  # level: standard deviation; else 0
    rows: int
    pattern: int  # shape: rows of the pattern; else 0


@dataclass
class _Measured:
    """The statistics of one row before they are likelihoods."""

    row: Reading
    values: dict[str, float | None]
    parts: dict[str, float] = field(default_factory=dict)


class SensorDetector:
    """Mean of seven tail probabilities, with a pause after an alarm (docs/analytics.md, "one sensor").

    Four of the shape of the last 12 to 50 rows, one each of the same time of day, of the level and of the
    step to the last row. A row without a
    plausible value (NaN, 3.4e38) scores 0 and is not learned. Where the spacing of the
    rows changes for good, it begins anew; what it learned is of other rows.

    >>> import math
    >>> detector = SensorDetector(Windows(400, 800, 100, 800))
    >>> alarms = []
    >>> for row in range(600):
    ...     reading = Reading(60.0 * row, 90.0 if row == 580 else 20.0 + math.sin(row / 3))
    ...     if detector.score_one(reading).alarm:
    ...         alarms.append(row)
    ...     detector.learn_one(reading)
    >>> alarms
    [580]
    """

    def __init__(self, windows: Windows | None = None) -> None:
        self.windows = windows or Windows()
        of = self.windows
        self.discord = Discord(sorted(set(SHAPES.values())), of.patterns)
        self.same_time = SameTime(of.days, of.same_time)
        self.jump = Jump()
        self.spacing = Spacing()
        self.likelihoods = {
            name: Likelihood(of.lately if name.endswith("lately") else of.long, 5) for name in SHAPES
        }
        self.likelihoods |= {name: Likelihood(of.long, 10) for name in ("same_time", "high", "low")}
        self.likelihoods["jump"] = Likelihood(of.long, 5)
        self.n = 0
        self.paused_until = 0  # row
        self._last: _Measured | None = None

    def score_one(self, row: Reading) -> Finding:
        """Return what `row` is beside the rows learned; nothing changes."""
        if not is_plausible(row.value):
            return Finding(0.0, 0.0, False, {})
        if abs(self.spacing.score_one(row.at)) >= ANEW:
            return self.clone().score_one(row)
        row = row._replace(value=self.likelihoods["high"].within(row.value))
        parts = self._measured(row).parts
        raw = sum(parts.values()) / len(parts)
        is_paused = self.n < self.paused_until
        shown = min(raw, HELD * ALARM) if is_paused else raw
        return Finding(raw, 1 - 10**-shown, raw >= ALARM and not is_paused, parts)

    def explain(self, row: Reading) -> Facts:
        """Return what speaks most for a row being unusual, before it is learned."""
        parts = self.score_one(row).parts
        part = max(parts, key=parts.__getitem__, default="level")
        if part in SHAPES:
            rows = min(self.n, self.windows.patterns)
            return Facts("shape", row.value, 0.0, 0.0, rows, SHAPES[part])
        if part == "same_time":
            return Facts(part, row.value, self.same_time.usual(row.at) or 0.0, 0.0, self.same_time.days, 0)
        if part == "jump":
            return Facts(part, row.value, self.jump.last, 0.0, self.n, 0)
        high = self.likelihoods["high"]
        return Facts(part, row.value, *high.usual(), min(self.n, high.long), 0)

    def learn_one(self, row: Reading) -> None:
        """Take one row in."""
        if not is_plausible(row.value):
            return
        if abs(self.spacing.score_one(row.at)) >= ANEW:
            vars(self).update(vars(self.clone()))
        row = row._replace(value=self.likelihoods["high"].within(row.value))
        if self.score_one(row).alarm:
            self.paused_until = self.n + PAUSE + 1
        for name, value in self._measured(row).values.items():
            if value is not None:
                self.likelihoods[name].learn_one(value)
        self.discord.learn_one(row.value)
        self.same_time.learn_one(*row)
        self.jump.learn_one(row.value)
        self.spacing.learn_one(row.at)
        self.n += 1
        self._last = None

    def clone(self) -> Self:
        """Return a fresh one with the same parameters."""
        return type(self)(self.windows)

    def copy(self) -> Self:
        """Return one that has learned the same."""
        return copy.deepcopy(self)

    def _measured(self, row: Reading) -> _Measured:
        """Return the statistics of a row; of the row just scored they are known already."""
        if self._last is not None and self._last.row == row:
            return self._last
        by_length = dict(zip(self.discord.lengths, self.discord.score_one(row.value), strict=True))
        values: dict[str, float | None] = {name: by_length[p] for name, p in SHAPES.items()}
        values["same_time"] = self.same_time.score_one(*row)
        values |= {"high": row.value, "low": -row.value, "jump": self.jump.score_one(row.value)}
        found = {
            name: 0.0 if value is None else min(self.likelihoods[name].score_one(value), CAP)
            for name, value in values.items()
        }
        high, low = found.pop("high"), found.pop("low")
        self._last = _Measured(row, values, found | {"level": max(high, low)})
        return self._last
