"""How large the step from the last value is, beside the steps of this sensor."""

from __future__ import annotations

import math

RATE = 0.001  # of the exponentially weighted mean and variance
FEW = 20  # rows: with fewer nothing is said


class Jump:
    """log(1 + |z|) of the difference to the row before, z by its exponentially weighted mean and variance."""

    def __init__(self) -> None:
        self.n = 0
        self.last = self.mean = self.variance = 0.0

    def score_one(self, value: float) -> float:
        """Return the size of the step to `value`; 0 while there are few rows."""
        if self.n <= FEW:
            return 0.0
        return math.log1p(abs(value - self.last - self.mean) / math.sqrt(self.variance + 1e-12))

    def learn_one(self, value: float) -> None:
        """Take one value in."""
        if self.n:
            difference = value - self.last
            rate = max(RATE, 1 / self.n)
            self.mean += rate * (difference - self.mean)
            self.variance += rate * ((difference - self.mean) ** 2 - self.variance)
        self.last = value
        self.n += 1
