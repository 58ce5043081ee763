"""Rates over the last seconds, for the status."""

from __future__ import annotations

from collections import deque

WINDOW_MS = 10_000


class Rate:
    """Counts a second over the last ten seconds."""

    def __init__(self) -> None:
        self._counted: deque[tuple[int, int]] = deque()  # ms, count
        self._total = 0

    def add(self, count: int, now: int) -> None:
        """Count `count` things at `now` (ms)."""
        if count:
            self._counted.append((now, count))
            self._total += count
        self._forget(now)

    def per_second(self, now: int) -> float:
        """Return the rate at `now` (ms)."""
        self._forget(now)
        return round(self._total * 1000 / WINDOW_MS, 1)

    def _forget(self, now: int) -> None:
        while self._counted and self._counted[0][0] <= now - WINDOW_MS:
            self._total -= self._counted.popleft()[1]
