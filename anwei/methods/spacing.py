"""How far apart the rows of a sensor are, and whether that has changed for good."""

from __future__ import annotations

import statistics

from anwei.methods.same_time import FIRST

OFF = 1.5  # times as far apart, or as near, as usual: another spacing
ANEW = 30  # rows of another spacing, one after the other: what was learned of shapes says nothing of them


class Spacing:
    """The median distance of the first rows, and how many rows in a row were longer (+) or shorter (-) apart.

    Patterns are compared row by row, so rows of five minutes teach nothing about rows of one. One gap is no
    other spacing, nor are rows that are now longer and now shorter apart. Times in seconds, never going back.

    >>> spacing = Spacing()
    >>> for row in range(60):
    ...     spacing.learn_one(300.0 * row)
    >>> spacing.step, [spacing.score_one(17_700.0 + seconds) for seconds in (60, 300, 900)]
    (300.0, [-1, 0, 1])
    """

    def __init__(self) -> None:
        self.times: list[float] = []
        self.step = self.last = 0.0  # step: 0 while there are few rows
        self.n_off = 0

    def score_one(self, at: float) -> int:
        """Return the count with a row at `at` as the newest."""
        distance = at - self.last
        if not self.step or self.step / OFF <= distance <= self.step * OFF:
            return 0
        return max(self.n_off, 0) + 1 if distance > self.step else min(self.n_off, 0) - 1

    def learn_one(self, at: float) -> None:
        """Take one row in."""
        self.n_off, self.last = self.score_one(at), at
        if len(self.times) < FIRST:
            self.times.append(at)
            if len(self.times) == FIRST:
                self.step = statistics.median(b - a for a, b in zip(self.times, self.times[1:], strict=False))
