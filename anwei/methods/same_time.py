"""How far a value lies from those of the same time of day on the days before."""

from __future__ import annotations

import numpy as np

DAY = 86_400.0  # seconds
LEAST_DAYS = 2  # with fewer nothing is said
FIRST = 50  # rows from which the usual distance of two rows is found


class SameTime:
    """|value - median of the values 1 to `days` days earlier|, each the nearest row within one step.

    Times are seconds of any epoch and never go back. The step is the median distance of the first rows; the
    last `rows` rows are kept.
    """

    def __init__(self, rows: int, days: int = 5) -> None:
        self.rows, self.days = rows, days
        self.times = np.zeros(rows + rows // 4)
        self.values = np.zeros(rows + rows // 4, np.float32)
        self.end = 0
        self.step = 0.0

    def score_one(self, at: float, value: float) -> float | None:
        """Return the distance, None where fewer than two days have a row at this time."""
        usual = self.usual(at)
        return None if usual is None else abs(value - usual)

    def usual(self, at: float) -> float | None:
        """Return the median of the earlier days at the time of `at`, None where too few have a row there."""
        step = self._step()
        if not step:
            return None
        times = self.times[: self.end]
        wanted = at - DAY * np.arange(1, self.days + 1)
        wanted = wanted[wanted >= times[0] - step]
        if len(wanted) < LEAST_DAYS:
            return None
        right = np.clip(np.searchsorted(times, wanted), 1, self.end - 1)
        nearest = np.where(wanted - times[right - 1] <= times[right] - wanted, right - 1, right)
        known = nearest[np.abs(times[nearest] - wanted) <= step]
        if len(known) < LEAST_DAYS:
            return None
        return float(np.median(self.values[known]))

    def learn_one(self, at: float, value: float) -> None:
        """Take one row in."""
        if self.end == len(self.times):
            for column in (self.times, self.values):
                column[: self.rows] = column[-self.rows :]
            self.end = self.rows
        self.times[self.end], self.values[self.end] = at, value
        self.end += 1

    def _step(self) -> float:
        """Return the usual distance of two rows in seconds, 0 while there are few; found once."""
        if not self.step and self.end > LEAST_DAYS:
            distances = np.diff(self.times[: self.end])
            if self.end >= FIRST:
                self.step = float(np.median(distances))
            return float(np.median(distances))
        return self.step
