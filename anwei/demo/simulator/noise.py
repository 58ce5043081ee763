"""Chance that depends on nothing but seed and time: smooth wandering and grain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]  # since 1970 UTC
Series = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_MASK = (1 << 64) - 1


def chance(index: NDArray[np.int64], seed: int) -> Series:
    """Return for each whole number an even chance in 0..1 (the mixing of SplitMix64)."""
    state = index.astype(np.uint64) * _GOLDEN + np.uint64(seed * int(_SECOND) & _MASK)
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    mixed = (state ^ (state >> np.uint64(31))) >> np.uint64(11)
    even: Series = mixed.astype(np.float64) * 2.0**-53
    return even


def wander(t: Seconds, seed: int, period_s: float) -> Series:
    """Return a smooth wandering in -1..1 that forgets itself after about `period_s`."""
    place = t / period_s
    index = np.floor(place).astype(np.int64)
    share = place - index
    ease = share * share * (3.0 - 2.0 * share)
    before, after = chance(index, seed), chance(index + 1, seed)
    smooth: Series = 2.0 * (before + (after - before) * ease) - 1.0
    return smooth


def grain(t: Seconds, seed: int) -> Series:
    """Return an instrument's grain in about -1..1, independent from second to second, mostly small."""
    index = np.round(t).astype(np.int64)
    return chance(index, seed) + chance(index, seed + 1) - 1.0
