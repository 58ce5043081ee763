"""`sensor.SensorDetector` for many sensors at once, on rows of whole minutes."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from anwei.methods.bank import Bank, Floats, Slots
from anwei.methods.discord import Discord
from anwei.methods.jump import FEW, RATE
from anwei.methods.likelihood_bank import LikelihoodBank
from anwei.methods.same_time import FIRST, LEAST_DAYS
from anwei.methods.sensor import ALARM, CAP, HELD, PAUSE, SHAPES, Facts, Windows
from anwei.methods.spacing import ANEW, OFF

PARTS = (*SHAPES, "same_time", "jump", "level")  # the order of SensorDetector
DAY = 1440  # minutes
SLACK = 61  # minutes: a row at this time of day is looked for no further away than an hour
NEVER = -(2**40)  # minutes


class Scores(NamedTuple):
    """`raw`, `score`, `alarm` as of `sensor.Finding`, `parts` by PARTS; facts of rows in alarm, by row."""

    raw: Floats
    score: Floats
    alarm: NDArray[np.bool_]
    parts: Floats
    facts: dict[int, Facts]


class SensorBank(Bank):
    """Detectors in columns: the likelihoods of all slots in a few operations, the distances one by one.

    The distance is itself an operation on a vector of lags, which memory bounds: in columns it is no faster.
    Rows are whole minutes, in order for each slot, and no slot twice in one step.
    """

    def __init__(self, size: int, windows: Windows) -> None:
        self.size, self.windows = size, windows
        lengths = sorted(set(SHAPES.values()))
        self._lengths = lengths
        n_values, shape = Discord.shapes(lengths, windows.patterns)
        self.discord_values = np.zeros((size, n_values), np.float32)
        self.discord_sums = np.zeros((size, *shape), np.float32)
        self.discord_shift, self.discord_end = np.zeros(size), np.zeros(size, np.int64)
        self.n, self.paused_until = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for name in SHAPES:
            long = windows.lately if name.endswith("lately") else windows.long
            setattr(self, name, LikelihoodBank(size, long, 5))
        self.same_time, self.level = (LikelihoodBank(size, windows.long, 10) for _ in range(2))
        self.jump = LikelihoodBank(size, windows.long, 5)
        self.last, self.jump_mean, self.jump_variance = (np.zeros(size) for _ in range(3))
        self.calendar = np.full((size, windows.same_time * DAY + SLACK), np.nan, np.float32)
        self.minute = np.full(size, NEVER, np.int64)
        self.first_minutes = np.zeros((size, FIRST), np.int32)
        self.spacing = np.zeros(size)  # minutes, usual distance of two rows; 0 while there are few
        self.n_off = np.zeros(size, np.int64)  # rows of another spacing in a row, as of Spacing
        self.restored()

    def empty(self) -> Self:
        """Return a bank of one empty slot with the same parameters."""
        return type(self)(1, self.windows)

    def restored(self) -> None:
        """Let the distances continue from the arrays."""
        self._discords = []
        for slot in range(self.size):
            one = Discord(
                self._lengths,
                self.windows.patterns,
                values=self.discord_values[slot],
                sums=self.discord_sums[slot],
            )
            one.n, one.end = int(self.n[slot]), int(self.discord_end[slot])
            one.shift = float(self.discord_shift[slot])
            self._discords.append(one)

    def step(self, slots: Slots, minutes: Slots, values: Floats) -> Scores:
        """Score one finite row of each of `slots` and take it in; `minutes` since 1970."""
        n_off = self._off(slots, minutes)
        if (anew := np.abs(n_off) >= ANEW).any():
            self.forget(slots[anew])
            n_off[anew] = 0
        given, values = values, self.level.within(slots, values)
        measured = self._measured(slots, minutes, values)
        parts = np.zeros((len(slots), len(PARTS)))
        for i, name in enumerate(PARTS):
            known = ~np.isnan(measured[name])
            bank: LikelihoodBank = getattr(self, name)
            score = bank.score_both if name == "level" else bank.score
            parts[known, i] = np.minimum(score(slots[known], measured[name][known]), CAP)
        raw = parts.sum(axis=1) / len(PARTS)
        paused = self.n[slots] < self.paused_until[slots]
        alarm = (raw >= ALARM) & ~paused
        shown = np.where(paused, np.minimum(raw, HELD * ALARM), raw)
        facts = {
            int(row): self._facts(int(slots[row]), int(minutes[row]), float(given[row]), parts[row])
            for row in np.flatnonzero(alarm)
        }
        self.paused_until[slots[alarm]] = self.n[slots[alarm]] + PAUSE + 1
        for name in PARTS:
            known = ~np.isnan(measured[name])
            getattr(self, name).learn(slots[known], measured[name][known])
        self.n_off[slots] = n_off
        self._learn(slots, minutes, values)
        return Scores(raw, 1 - 10**-shown, alarm, parts, facts)

    def rows(self, slot: int) -> tuple[Slots, Floats]:
        """Return minutes and values of the days kept for the same time of day, oldest first."""
        size = self.calendar.shape[1]
        end = int(self.minute[slot])
        if end == NEVER:
            return np.zeros(0, np.int64), np.zeros(0)
        minutes = np.arange(end - size + 1, end + 1)
        values = self.calendar[slot, minutes % size].astype(float)
        known = ~np.isnan(values)
        return minutes[known], values[known]

    def _measured(self, slots: Slots, minutes: Slots, values: Floats) -> dict[str, Floats]:
        """Return the statistic of each part, NaN where there is none; takes the value into the distances."""
        found = np.array(
            [
                self._discords[slot].step(value)
                for slot, value in zip(slots.tolist(), values.tolist(), strict=True)
            ]
        ).reshape(len(slots), -1)
        measured = {name: found[:, self._lengths.index(p)] for name, p in SHAPES.items()}
        measured["same_time"] = np.abs(values - self._usual(slots, minutes))
        deviation = np.sqrt(self.jump_variance[slots] + 1e-12)
        size = np.log1p(np.abs(values - self.last[slots] - self.jump_mean[slots]) / deviation)
        measured["jump"] = np.where(self.n[slots] <= FEW, 0.0, size)
        measured["level"] = values
        return measured

    def _usual(self, slots: Slots, minutes: Slots) -> Floats:
        """Return the median of the earlier days at this time, NaN where fewer than two have a row there."""
        size, days = self.calendar.shape[1], self.windows.same_time
        found = np.full((len(slots), days), np.nan, np.float32)
        wanted = minutes[:, None] - DAY * np.arange(1, days + 1)
        step = self._steps(slots)
        rows, columns = np.nonzero((step > 0)[:, None] & (wanted > minutes[:, None] - size))
        for near in range(SLACK):
            for offset in (-near, near) if near else (0,):
                if not len(rows):
                    break
                at = wanted[rows, columns] + offset
                kept = (at > minutes[rows] - size) & (at <= self.minute[slots[rows]])
                value = self.calendar[slots[rows], at % size]
                found[rows, columns] = np.where(kept, value, np.nan)
                again = np.isnan(found[rows, columns])
                rows, columns = rows[again], columns[again]
            within = step[rows] >= near + 1
            rows, columns = rows[within], columns[within]
        enough = (~np.isnan(found)).sum(axis=1) >= LEAST_DAYS
        usual = np.full(len(slots), np.nan)
        usual[enough] = np.nanmedian(found[enough], axis=1)
        return usual

    def _off(self, slots: Slots, minutes: Slots) -> Slots:
        """Return the count of rows of another spacing with these, longer ones positive."""
        distance, usual, before = minutes - self.minute[slots], self.spacing[slots], self.n_off[slots]
        longer, shorter = distance > usual * OFF, distance < usual / OFF
        counted = np.where(longer, np.maximum(before, 0) + 1, np.minimum(before, 0) - 1)
        return np.where((usual > 0) & (longer | shorter), counted, 0)

    def _steps(self, slots: Slots) -> Floats:
        """Return the usual distance of two rows in minutes, 0 where none can be old enough to be compared."""
        n = np.minimum(self.n[slots], FIRST)
        step = np.zeros(len(slots))
        old = self.minute[slots] - self.first_minutes[slots, 0] >= DAY - SLACK
        full = old & (n == FIRST)
        step[full] = self.spacing[slots[full]]
        for row in np.flatnonzero(old & (n > LEAST_DAYS) & (n < FIRST)):  # few and slow ones
            step[row] = np.median(np.diff(self.first_minutes[slots[row], : n[row]]))
        return step

    def _learn(self, slots: Slots, minutes: Slots, values: Floats) -> None:
        n = self.n[slots]
        few = n < FIRST
        self.first_minutes[slots[few], n[few]] = minutes[few]
        enough = slots[n == FIRST - 1]
        self.spacing[enough] = np.median(np.diff(self.first_minutes[enough], axis=1), axis=1)
        some, count = slots[n > 0], n[n > 0]
        difference = values[n > 0] - self.last[some]
        rate = np.maximum(RATE, 1 / count)
        self.jump_mean[some] += rate * (difference - self.jump_mean[some])
        square = np.square(difference - self.jump_mean[some])
        self.jump_variance[some] += rate * (square - self.jump_variance[some])
        self.last[slots] = values
        self.n[slots] += 1
        size = self.calendar.shape[1]
        for row in np.flatnonzero(minutes - self.minute[slots] > 1):  # nothing came in between
            slot, before = slots[row], int(self.minute[slots[row]])
            missing = np.arange(max(before + 1, int(minutes[row]) - size + 1), minutes[row])
            self.calendar[slot, missing % size] = np.nan
        self.calendar[slots, minutes % size] = values
        self.minute[slots] = minutes
        for slot in slots.tolist():
            one = self._discords[slot]
            self.discord_end[slot], self.discord_shift[slot] = one.end, one.shift

    def _facts(self, slot: int, minute: int, value: float, parts: Floats) -> Facts:
        part, n = PARTS[int(parts.argmax())], int(self.n[slot])
        if part in SHAPES:
            return Facts("shape", value, 0.0, 0.0, min(n, self.windows.patterns), SHAPES[part])
        if part == "same_time":
            usual = float(self._usual(np.array([slot]), np.array([minute]))[0])
            return Facts(part, value, usual, 0.0, self.windows.same_time, 0)
        if part == "jump":
            return Facts(part, value, float(self.last[slot]), 0.0, n, 0)
        return Facts(part, value, *self.level.usual(slot), min(n, self.level.long), 0)
