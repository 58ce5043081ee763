"""Rates over the last seconds and who sends most, for the status."""

from __future__ import annotations

from collections import Counter, deque

WINDOW_MS = 10_000
SENDERS_MS = 600_000
HEAVIEST = 3


class Senders:
    """Who fills the log: bytes by device over the last ten to twenty minutes."""

    def __init__(self) -> None:
        self._now: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._since = 0  # ms

    def add(self, device: str, n_bytes: int) -> None:
        """Count one message."""
        self._now[device] += n_bytes

    def turn(self, now: int) -> None:
        """Begin the next ten minutes where these are over at `now` (ms)."""
        if not 0 <= now - self._since < SENDERS_MS:
            self._before, self._now, self._since = self._now, Counter(), now

    def heaviest(self) -> list[tuple[str, float]]:
        """Return the devices that sent most with their share (0-1) of all bytes, the heaviest first."""
        counted = self._before + self._now
        total = counted.total()
        return [(device, round(n / total, 3)) for device, n in counted.most_common(HEAVIEST)]


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
