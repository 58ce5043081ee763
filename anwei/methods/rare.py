"""Whether a count is unusual beside what is usual, by the law of Poisson."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, lgamma, log

RARE = 0.01
MIN_DAYS = 3  # with fewer comparable days there is no "usual"


def poisson_tail(count: int, mean: float) -> float:
    """Return the probability that a Poisson variable of this mean is at least `count`."""
    if mean <= 0:
        return 1.0 if count <= 0 else 0.0
    below = fsum(exp(n * log(mean) - mean - lgamma(n + 1)) for n in range(count))  # exp(-mean) may underflow
    return max(0.0, 1.0 - below)


def compared(today: int, usual: Sequence[int]) -> str:
    """Return "more", "less", "same", or "unknown" when there are too few comparable days."""
    if len(usual) < MIN_DAYS:
        return "unknown"
    mean = sum(usual) / len(usual)
    if today > mean and poisson_tail(today, mean) < RARE:
        return "more"
    if today < mean and 1.0 - poisson_tail(today + 1, mean) < RARE:
        return "less"
    return "same"
