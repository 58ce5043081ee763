"""How far the last rows of a sensor lie from everything its past looked like (discord distance)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RECOUNT = 200  # rows after which the sums are reckoned anew, before the rounding shows

Floats = NDArray[np.float32]


def _squared(values: Floats) -> Floats:
    found: Floats = np.square(values)
    return found


class Discord:
    """Root mean square distance of the last `p` values to the nearest earlier pattern, for several `p`.

    `lengths`, `history`: rows. The discord of Yeh et al., Matrix Profile I (ICDM 2016), with two changes:
    plain values (here level and size matter as much as shape), and backwards alone, so that nothing after a
    row changes its score. A pattern that overlaps the last one is not compared. A row costs O(history)
    whatever `p` is: along one lag, squares are added at one end and subtracted at the other.

    >>> wave = Discord(lengths=(4,), history=100)
    >>> for row in range(40):
    ...     wave.learn_one(row % 5)
    >>> wave.score_one(0), round(wave.score_one(8)[0], 2)
    ([0.0], 2.18)
    """

    def __init__(
        self,
        lengths: Sequence[int],
        history: int,
        *,
        values: Floats | None = None,
        sums: Floats | None = None,
    ) -> None:
        """`values`, `sums`: memory to use, of the sizes `shapes` gives; its own without."""
        self.lengths, self.history = tuple(lengths), history
        self.keep = history + max(lengths) + 1
        size, shape = self.shapes(lengths, history)
        self.values = np.zeros(size, np.float32) if values is None else values  # the last stand together
        self.sums = np.zeros(shape, np.float32) if sums is None else sums  # of squares, by lag - 1
        self.shift = 0.0
        self.end = self.n = 0

    @staticmethod
    def shapes(lengths: Sequence[int], history: int) -> tuple[int, tuple[int, int]]:
        """Return how large `values` and `sums` are."""
        keep = history + max(lengths) + 1
        return keep + keep // 8, (len(lengths), history)

    def step(self, value: float) -> list[float]:
        """Return the distances as `score_one` would and take the value in, at half the work of both."""
        self._add(value)
        found = []
        for p, sums in zip(self.lengths, self.sums, strict=True):
            first, last = p - 1, min(self.history, self.n + 1 - p)
            nearest = float(sums[first:last].min()) if first < last else 0.0
            found.append(max(0.0, nearest) ** 0.5 / p**0.5)
        self._append(value)
        return found

    def score_one(self, value: float) -> list[float]:
        """Return the distance for each length with `value` as the newest row; 0 with nothing to compare."""
        coming = self._coming(value)
        found = []
        for p, sums in zip(self.lengths, self.sums, strict=True):
            first, last = p - 1, min(self.history, self.n + 1 - p)
            if first >= last:
                found.append(0.0)
                continue
            now = sums[first:last] + coming[first:last]
            going = self._squares(p - 1)[first:last]
            now[: len(going)] -= going
            found.append(max(0.0, float(now.min())) ** 0.5 / p**0.5)
        return found

    def learn_one(self, value: float) -> None:
        """Take one value in."""
        self._add(value)
        self._append(value)

    def _add(self, value: float) -> None:
        if self.n == 0:
            self.shift = value
        coming = self._coming(value)
        for p, sums in zip(self.lengths, self.sums, strict=True):
            sums[: len(coming)] += coming
            going = self._squares(p - 1)
            sums[: len(going)] -= going

    def _append(self, value: float) -> None:
        if self.end == len(self.values):
            self.values[: self.keep - 1] = self.values[1 - self.keep :]
            self.end = self.keep - 1
        self.values[self.end] = value - self.shift
        self.end += 1
        self.n += 1
        if self.n % RECOUNT == 0:
            self._recount()

    def _coming(self, value: float) -> Floats:
        """Return the squares of a new value less each row before it, by lag - 1."""
        n_lags = min(self.history, self.n)
        before = self.values[self.end - n_lags : self.end]
        return _squared(np.float32(value - self.shift) - before[::-1])

    def _squares(self, back: int) -> Floats:
        """Return the squares of the row `back` rows before the last less each row before it, by lag - 1."""
        n_lags = min(self.history, self.n - 1 - back)
        if n_lags <= 0:
            return self.values[:0]
        at = self.end - 1 - back
        return _squared(self.values[at] - self.values[at - n_lags : at][::-1])

    def _recount(self) -> None:
        for p, sums in zip(self.lengths, self.sums, strict=True):
            sums[:] = 0
            for back in range(p):
                squares = self._squares(back)
                sums[: len(squares)] += squares
