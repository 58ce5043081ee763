"""Which numbers a sensor can have sent."""

from __future__ import annotations

LARGEST = 1e15  # beyond it a number stands for "no value", as the largest float of a historian does


def is_plausible(value: float) -> bool:
    """Say whether a value is a number, finite and no larger than anything measured.

    >>> is_plausible(-1e15), is_plausible(3.4e38), is_plausible(float("nan"))
    (True, False, False)
    """
    return abs(value) <= LARGEST
