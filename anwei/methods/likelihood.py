"""Turn any statistic of a sensor into the probability that its last values are ordinary."""

from __future__ import annotations

import math

import numpy as np

FEW = 10  # rows: with fewer no value is too far
QUIET = 100  # rows: with fewer nothing is said
FAR = 6.0  # standard deviations beyond which the tail is computed by its asymptote
FARTHEST = 1e6  # standard deviations: beyond it the square means no more
MOST = 200.0  # deviations: a value counts as no farther, so that one gross error does not blind for long
LEAST, SHARE = 1e-6, 1e-3  # of a deviation, absolute and of the mean: a constant is no certainty


def tail(z: float) -> float:
    """Return -log10 of the upper tail of the normal distribution at `z`: 0.3 at 0, 9.0 at 6.

    Beyond 6 standard deviations by the asymptote z²/2 + ln(z √2π), where `erfc` would underflow.
    """
    z = min(z, FARTHEST)
    if z > FAR:
        return (z * z / 2 + math.log(z * math.sqrt(2 * math.pi))) / math.log(10)
    return -math.log10(0.5 * math.erfc(z / math.sqrt(2)))


class Likelihood:
    """How unlikely the mean of the last `recent` values is, beside the up to `long` ones before them.

    `long`, `recent`: rows. After Ahmad, Lavin, Purdy and Agha, Unsupervised real-time anomaly detection for
    streaming data, Neurocomputing 262 (2017), 3.2; the recent rows are kept out of the long mean here.

    >>> ordinary = Likelihood(long=1000, recent=1)
    >>> for row in range(400):
    ...     ordinary.learn_one(math.sin(row))
    >>> ordinary.score_one(1.0) < 2 < ordinary.score_one(4.0)
    True
    """

    def __init__(self, long: int, recent: int) -> None:
        self.long, self.recent = long, recent
        self.ring = np.zeros(long + recent, np.float32)
        self.n = 0
        self.shift = 0.0  # the first value, subtracted from all: squares of large numbers keep their digits
        self.sum = self.squares = 0.0  # of the long ones
        self.sum_recent = 0.0

    def score_one(self, value: float) -> float:
        """Return -log10 of the probability of the last rows with `value` as the newest; 0 while few."""
        if self.n < QUIET + self.recent:
            return 0.0
        passing = float(self.ring[(self.n - self.recent) % len(self.ring)])  # out of the recent ones
        total, squares = self.sum + passing, self.squares + passing * passing
        n_long = self.n + 1 - self.recent
        if n_long > self.long:
            n_long = self.long
            oldest = float(self.ring[self.n % len(self.ring)])
            total, squares = total - oldest, squares - oldest * oldest
        mean = total / n_long
        deviation = math.sqrt(max(0.0, squares / n_long - mean * mean))
        now = (self.sum_recent - passing + value - self.shift) / self.recent
        return tail((now - mean) / (deviation + LEAST + SHARE * abs(mean + self.shift)))

    def usual(self) -> tuple[float, float]:
        """Return mean and standard deviation of the long values learned, 0 and 0 without any."""
        n = min(self.n, len(self.ring)) - self.recent
        if n <= 0:
            return 0.0, 0.0
        mean = self.sum / n
        return mean + self.shift, math.sqrt(max(0.0, self.squares / n - mean * mean))

    def within(self, value: float) -> float:
        """Return the value, at most MOST deviations from the mean; as it is beside a constant or FEW rows."""
        mean, deviation = self.usual()
        if self.n < FEW + self.recent or deviation <= LEAST + SHARE * abs(mean):
            return value
        return min(max(value, mean - MOST * deviation), mean + MOST * deviation)

    def learn_one(self, value: float) -> None:
        """Take one value in."""
        size = len(self.ring)
        if self.n == 0:
            self.shift = value
        if self.n >= self.recent:
            passing = float(self.ring[(self.n - self.recent) % size])
            self.sum_recent -= passing
            self.sum += passing
            self.squares += passing * passing
        if self.n >= size:
            oldest = float(self.ring[self.n % size])
            self.sum -= oldest
            self.squares -= oldest * oldest
        self.ring[self.n % size] = value - self.shift
        self.sum_recent += float(self.ring[self.n % size])
        self.n += 1
        if self.n % size == 0:
            self._recount()

    def _recount(self) -> None:
        """Sum up anew what was added and subtracted, before the rounding shows."""
        long = self.ring[: self.long].astype(float)
        self.sum, self.squares = float(long.sum()), float(np.square(long).sum())
        self.sum_recent = float(self.ring[self.long :].astype(float).sum())
