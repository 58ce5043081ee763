"""`drift.Drift` for many sensors and their limits at once, on rows of whole minutes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from anwei.methods.bank import Bank, Floats, Slots
from anwei.methods.drift import (
    AHEAD,
    DAY,
    FORGOTTEN,
    MOST_CORRELATED,
    MOST_JUDGED,
    PRIOR_FALSE,
    PRIOR_TRUE,
    RAISED,
    REMEMBERED,
    ROWS,
    SILENT,
    SURE,
    TINY,
    Z95,
    Forecast,
    Limit,
)
from anwei.methods.sensor_bank import DAY as DAY_MINUTES
from anwei.methods.sensor_bank import NEVER, SLACK

MOST_LIMITS = 4  # of one sensor: HH, H, L, LL
MOST_OPEN = 4  # warnings of one limit that are not yet judged


class _Fit(NamedTuple):
    """One line a row: level now, slope, its error (units a second), step of the rows, whether it is one."""

    now: Floats
    slope: Floats
    error: Floats
    step: Floats
    ready: NDArray[np.bool_]


class Warned(NamedTuple):
    """A drift towards a limit: `row` of the step, `place` of the limit in its slot."""

    row: int
    place: int
    forecast: Forecast


class Judged(NamedTuple):
    """What became of a warning of `warned` (minutes): the limit was reached at `reached`, or not (0)."""

    slot: int
    place: int
    warned: int
    reached: int


class DriftBank(Bank):
    """Fits in columns, one a slot; MOST_LIMITS limits a slot, NaN where there is none.

    Counts what a backtest shows of what was told: warnings that came true or not, crossings, those foretold
    and by how long.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.times = np.zeros((size, ROWS - 1))  # seconds
        self.values = np.zeros((size, ROWS - 1))
        self.n = np.zeros(size, np.int64)
        self.slopes, self.levels = (
            np.full((size, DAY_MINUTES + 2 * SLACK), np.nan, np.float32) for _ in range(2)
        )
        self.minute = np.full(size, NEVER, np.int64)
        shape = (size, MOST_LIMITS)
        self.limit, self.upper = np.full(shape, np.nan), np.zeros(shape, np.bool_)
        self.pause = np.zeros(shape, np.int64)
        self.open_until = np.full((*shape, MOST_OPEN), np.nan)  # s; NaN: no warning
        self.open_since = np.zeros((*shape, MOST_OPEN), np.int64)  # minutes
        self.open_told = np.zeros((*shape, MOST_OPEN), np.bool_)  # or only judged, where it is silent
        self.false, self.true = (np.full((*shape, MOST_JUDGED), -np.inf) for _ in range(2))  # s
        self.came_true, self.came_false, self.crossings, self.foretold = (
            np.zeros(shape, np.int64) for _ in range(4)
        )
        self.lead = np.zeros(shape, np.int64)  # minutes of all that were foretold
        self.rows_inside = np.zeros(shape, np.int64)  # since the limit was last passed

    def empty(self) -> Self:
        """Return a bank of one empty slot with the same parameters."""
        return type(self)(1)

    def set_limits(self, slot: int, limits: Iterable[Limit | None]) -> None:
        """Give a slot its limits, at most MOST_LIMITS; what was learned of a limit that stays, stays."""
        wanted = [*limits, *[None] * MOST_LIMITS][:MOST_LIMITS]
        fresh = self.empty()
        for place, limit in enumerate(wanted):
            value, upper = limit if limit else (math.nan, False)
            if np.array_equal(self.limit[slot, place], value, equal_nan=True) and (
                limit is None or self.upper[slot, place] == upper
            ):
                continue
            for name in _OF_LIMITS:
                getattr(self, name)[slot, place] = getattr(fresh, name)[0, 0]
            self.limit[slot, place], self.upper[slot, place] = value, upper

    def step(self, slots: Slots, minutes: Slots, values: Floats) -> tuple[list[Warned], list[Judged]]:
        """Return warnings of finite rows, one for each of `slots`, and what became of earlier ones.

        `minutes` since 1970, in order for each slot; takes the rows in.
        """
        seconds: Floats = minutes * np.float64(60)
        fit = self._fit(slots, seconds, values)
        trust = self.trust(slots)
        warned, found = self._warn(slots, minutes, fit, trust)
        self._keep_fits(slots[fit.ready], minutes[fit.ready], fit.slope[fit.ready], fit.now[fit.ready])
        judged = self._judge(slots, minutes, values)
        first = self.times[slots, 0]
        lasts = 2 * (seconds - first) / (ROWS - 1) * AHEAD
        for row, place in zip(*np.nonzero(warned), strict=True):
            slot = slots[row]
            free = np.flatnonzero(np.isnan(self.open_until[slot, place]))
            at = free[0] if len(free) else int(self.open_until[slot, place].argmin())
            self.open_until[slot, place, at] = seconds[row] + lasts[row]
            self.open_since[slot, place, at] = minutes[row]
            self.open_told[slot, place, at] = trust[row, place] >= SILENT
        self.pause[slots] = np.where(warned, AHEAD, np.maximum(0, self.pause[slots] - 1))
        for kept, new in ((self.times, seconds), (self.values, values)):
            kept[slots, :-1] = kept[slots, 1:]
            kept[slots, -1] = new
        self.n[slots] += 1
        return found, judged

    def trust(self, slots: Slots) -> Floats:
        """Return the share of warnings that come true by each limit's own past."""
        n_true, n_false = (np.isfinite(of[slots]).sum(axis=2) for of in (self.true, self.false))
        share: Floats = (n_true + PRIOR_TRUE) / (n_true + n_false + PRIOR_TRUE + PRIOR_FALSE)
        return share

    def _fit(self, slots: Slots, seconds: Floats, values: Floats) -> _Fit:
        """Return the line of each row."""
        times = np.column_stack([self.times[slots], seconds]) - seconds[:, None]
        rows = np.column_stack([self.values[slots], values])
        step = np.median(np.diff(times, axis=1), axis=1)
        centred = times - times.mean(axis=1, keepdims=True)
        spread = np.square(centred).sum(axis=1)
        ready = (self.n[slots] >= ROWS - 1) & (spread > 0)
        spread = np.where(spread > 0, spread, 1.0)
        slope = (centred * rows).sum(axis=1) / spread
        level = rows.mean(axis=1)
        residual = rows - level[:, None] - slope[:, None] * centred
        squares = np.square(residual).sum(axis=1)
        sure = squares > TINY * (1.0 + level * level)
        lagged = (residual[:, 1:] * residual[:, :-1]).sum(axis=1)
        correlation = np.where(
            sure, np.clip(lagged / np.where(sure, squares, 1.0), 0.0, MOST_CORRELATED), 0.0
        )
        error = np.sqrt(squares / (ROWS - 2) / spread * (1 + correlation) / (1 - correlation))
        return _Fit(level - slope * times.mean(axis=1), slope, error, step, ready)

    def _warn(
        self, slots: Slots, minutes: Slots, fit: _Fit, trust: Floats
    ) -> tuple[NDArray[np.bool_], list[Warned]]:
        """Return where a limit is foreseen, and of those what is told."""
        now, slope, error, step, ready = fit
        limit, towards = self.limit[slots], np.where(self.upper[slots], 1.0, -1.0)
        since = self.times[slots, -1] - FORGOTTEN * DAY
        n_false = (np.isfinite(self.false[slots]) & (self.false[slots] >= since[:, None, None])).sum(axis=2)
        usual = self._usual(slots, minutes, now, step)[:, None]
        steep = (slope[:, None] - np.where(usual * towards > 0, usual, 0.0)) * towards
        way = (limit - now[:, None]) * towards
        warned = ready[:, None] & (self.pause[slots] == 0) & ~np.isnan(limit) & (way > 0) & (steep > 0)
        warned &= steep >= SURE * RAISED**n_false * error[:, None]
        warned &= way <= steep * (AHEAD * step)[:, None]
        found = []
        for row, place in zip(*np.nonzero(warned & (trust >= SILENT)), strict=True):
            far, speed, unsure = float(way[row, place]), float(steep[row, place]), float(error[row])
            least = far / (AHEAD * float(step[row]))
            forecast = Forecast(
                limit=Limit(float(limit[row, place]), bool(self.upper[slots[row], place])),
                seconds=far / speed,
                earliest=far / (speed + Z95 * unsure),
                latest=far / max(speed - Z95 * unsure, 1e-12),
                probability=min(
                    float(trust[row, place]),
                    0.5 * math.erfc((least - speed) / max(unsure, 1e-12) / math.sqrt(2)),
                ),
                slope=speed * float(towards[row, place]),
                since=float(self.times[slots[row], 0]),
                ahead=AHEAD * float(step[row]),
            )
            found.append(Warned(int(row), int(place), forecast))
        return warned, found

    def _usual(self, slots: Slots, minutes: Slots, now: Floats, step: Floats) -> Floats:
        """Return the slope of this time of day, less the rise of the level since; 0 where it is not known."""
        size = self.slopes.shape[1]
        usual = np.zeros(len(slots))
        most = np.trunc(step / 60).astype(np.int64)
        open_ = np.flatnonzero((most < SLACK) & (self.minute[slots] > NEVER))
        widest = int(most[open_].max(initial=0))
        for offset in range(-widest, widest + 1):
            near = open_[most[open_] >= abs(offset)]
            then = minutes[near] - DAY_MINUTES + offset
            of = slots[near]
            slope, level = self.slopes[of, then % size], self.levels[of, then % size]
            known = ~np.isnan(slope) & (then <= self.minute[of]) & (then > self.minute[of] - size)
            rows = near[known]
            since = (minutes[rows] - then[known]) * 60.0
            usual[rows] = slope[known].astype(float) - (now[rows] - level[known].astype(float)) / since
            open_ = np.setdiff1d(open_, rows, assume_unique=True)
        return usual

    def _keep_fits(self, slots: Slots, minutes: Slots, slope: Floats, level: Floats) -> None:
        size = self.slopes.shape[1]
        for row in np.flatnonzero(minutes - self.minute[slots] > 1):
            before = int(self.minute[slots[row]])
            missing = np.arange(max(before + 1, int(minutes[row]) - size + 1), minutes[row])
            self.slopes[slots[row], missing % size] = np.nan
        self.slopes[slots, minutes % size] = slope
        self.levels[slots, minutes % size] = level
        self.minute[slots] = minutes

    def _judge(self, slots: Slots, minutes: Slots, values: Floats) -> list[Judged]:
        """Learn which earlier warnings came true, and count the crossings."""
        upper, limit = self.upper[slots], self.limit[slots]
        over = ((values[:, None] >= limit) == upper) & ~np.isnan(limit)
        open_ = ~np.isnan(self.open_until[slots])
        judged: list[Judged] = []
        for row, place in zip(*np.nonzero(over & open_.any(axis=2)), strict=True):
            slot, told = slots[row], open_[row, place] & self.open_told[slots[row], place]
            since = self.open_since[slot, place][told]
            judged += [Judged(int(slot), int(place), int(each), int(minutes[row])) for each in since]
            for _each in range(int(open_[row, place].sum())):
                self.true[slot, place, int(self.true[slot, place].argmin())] = minutes[row] * 60.0
            self.came_true[slot, place] += len(since)
            if len(since):
                self.foretold[slot, place] += 1
                self.lead[slot, place] += minutes[row] - since.min()
            self.open_until[slot, place] = np.nan
        self.crossings[slots] += over & ((self.rows_inside[slots] > AHEAD) | open_.any(axis=2))
        self.rows_inside[slots] = np.where(over, 0, self.rows_inside[slots] + ~np.isnan(limit))
        seconds = minutes * 60.0
        late = self.open_until[slots] < seconds[:, None, None]
        for row, place, at in zip(*np.nonzero(late), strict=True):
            slot = slots[row]
            oldest = int(self.false[slot, place].argmin())
            self.false[slot, place, oldest] = self.open_until[slot, place, at]
            if self.open_told[slot, place, at]:
                judged.append(Judged(int(slot), int(place), int(self.open_since[slot, place, at]), 0))
                self.came_false[slot, place] += 1
            self.open_until[slot, place, at] = np.nan
        for of in (self.false, self.true):
            old = of[slots] < (seconds - REMEMBERED * DAY)[:, None, None]
            if (old & np.isfinite(of[slots])).any():
                of[slots] = np.where(old, -np.inf, of[slots])
        return judged


_OF_LIMITS = (
    "limit",
    "upper",
    "pause",
    "open_until",
    "open_since",
    "open_told",
    "false",
    "true",
    "came_true",
    "came_false",
    "crossings",
    "foretold",
    "lead",
    "rows_inside",
)
