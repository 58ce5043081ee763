"""`likelihood.Likelihood` for many sensors at once."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from anwei.methods.bank import Bank, Floats, Slots, tails
from anwei.methods.likelihood import FEW, LEAST, MOST, QUIET, SHARE


class LikelihoodBank(Bank):
    """One likelihood a slot; the same sums in the same order, so the same scores."""

    def __init__(self, size: int, long: int, recent: int) -> None:
        self.size, self.long, self.recent = size, long, recent
        self.ring = np.zeros((size, long + recent), np.float32)
        self.n = np.zeros(size, np.int64)
        self.shift, self.sum, self.squares, self.sum_recent = (np.zeros(size) for _ in range(4))

    def empty(self) -> Self:
        """Return a bank of one empty slot with the same parameters."""
        return type(self)(1, self.long, self.recent)

    def score(self, slots: Slots, values: Floats) -> Floats:
        """Return what `Likelihood.score_one` would of each."""
        return self._tails(slots, values, one_sided=True)

    def score_both(self, slots: Slots, values: Floats) -> Floats:
        """Return the greater of the scores of the value and of its negative (learned as a likelihood too)."""
        return self._tails(slots, values, one_sided=False)

    def learn(self, slots: Slots, values: Floats) -> None:
        """Take one value in for each slot; no slot twice."""
        size = self.ring.shape[1]
        first = self.n[slots] == 0
        self.shift[slots[first]] = values[first]
        n = self.n[slots]
        late = slots[n >= self.recent]
        passing = self.ring[late, (self.n[late] - self.recent) % size].astype(float)
        self.sum_recent[late] -= passing
        self.sum[late] += passing
        self.squares[late] += passing * passing
        full = slots[n >= size]
        oldest = self.ring[full, self.n[full] % size].astype(float)
        self.sum[full] -= oldest
        self.squares[full] -= oldest * oldest
        at = n % size
        self.ring[slots, at] = values - self.shift[slots]
        self.sum_recent[slots] += self.ring[slots, at].astype(float)
        self.n[slots] += 1
        self._recount(slots[self.n[slots] % size == 0])

    def usual(self, slot: int) -> tuple[float, float]:
        """Return mean and standard deviation of the long values learned, 0 and 0 without any."""
        n = min(int(self.n[slot]), self.ring.shape[1]) - self.recent
        if n <= 0:
            return 0.0, 0.0
        mean = float(self.sum[slot]) / n
        variance = float(self.squares[slot]) / n - mean * mean
        return mean + float(self.shift[slot]), max(0.0, variance) ** 0.5

    def within(self, slots: Slots, values: Floats) -> Floats:
        """Return what `Likelihood.within` would of each."""
        n = np.minimum(self.n[slots], self.ring.shape[1]) - self.recent
        some = np.maximum(n, 1)
        mean = self.sum[slots] / some
        deviation = np.sqrt(np.maximum(0.0, self.squares[slots] / some - mean * mean))
        mean += self.shift[slots]
        free = (n < FEW) | (deviation <= LEAST + SHARE * np.abs(mean))
        far = np.where(free, np.inf, MOST * deviation)
        return np.clip(values, mean - far, mean + far)

    def _tails(self, slots: Slots, values: Floats, *, one_sided: bool) -> Floats:
        found = np.zeros(len(slots))
        ready = self.n[slots] >= QUIET + self.recent
        if not ready.any():
            return found
        slots, values = slots[ready], values[ready]
        size, n = self.ring.shape[1], self.n[slots]
        passing = self.ring[slots, (n - self.recent) % size].astype(float)
        total, squares = self.sum[slots] + passing, self.squares[slots] + passing * passing
        n_long = n + 1 - self.recent
        over = n_long > self.long
        oldest = np.where(over, self.ring[slots, n % size], 0.0).astype(float)
        total, squares = total - oldest, squares - oldest * oldest
        n_long = np.minimum(n_long, self.long)
        mean = total / n_long
        deviation = np.sqrt(np.maximum(0.0, squares / n_long - mean * mean))
        now = (self.sum_recent[slots] - passing + values - self.shift[slots]) / self.recent
        z = (now - mean) / (deviation + LEAST + SHARE * np.abs(mean + self.shift[slots]))
        found[ready] = tails(z if one_sided else np.abs(z))
        return found

    def _recount(self, slots: NDArray[np.int64]) -> None:
        if not len(slots):
            return
        long = self.ring[slots, : self.long].astype(float)
        self.sum[slots], self.squares[slots] = long.sum(axis=1), np.square(long).sum(axis=1)
        self.sum_recent[slots] = self.ring[slots, self.long :].astype(float).sum(axis=1)
