"""Decimal values as scaled integers, exactly: `value = v / 10**e`, or the double itself where that fails.

`e` is the number of decimals of the tag, learnt from its values and constant per tag and file. An integer is
used only where dividing it back gives the very same double, so nothing is ever rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Samples

MAX_DECIMALS = 6
POWERS = 10.0 ** np.arange(MAX_DECIMALS + 1)
_LARGEST = float(2**53)  # doubles hold every integer up to here


@dataclass(frozen=True)
class Scaled:
    """Columns of equal length; where `exact` is false, `v` is 0 and the raw double counts."""

    v: NDArray[np.int64]
    e: NDArray[np.int8]
    exact: NDArray[np.bool_]


def encode(samples: Samples, decimals: NDArray[np.int8]) -> Scaled:
    """Return the values of `samples` scaled by the decimals of their tags.

    `decimals` is indexed by tag number and raised in place where a tag's values ask for more.
    """
    e = decimals[samples.tag]
    v, exact = _scale(samples.value, e)
    if not exact.all():
        _learn(samples, ~exact, decimals)
        raised = decimals[samples.tag]
        changed = raised != e
        if changed.any():
            e = raised
            v[changed], exact[changed] = _scale(samples.value[changed], e[changed])
    return Scaled(v, e, exact)


def decode(v: NDArray[np.int64], e: NDArray[np.int8] | int) -> NDArray[np.float64]:
    """Return the doubles of scaled integers."""
    return np.asarray(v / POWERS[e], np.float64)


def _scale(value: NDArray[np.float64], e: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    power = POWERS[e]
    with np.errstate(invalid="ignore", over="ignore"):
        rounded = np.rint(value * power)
        exact = (rounded / power == value) & (np.abs(rounded) <= _LARGEST)
    return np.where(exact, rounded, 0.0).astype(np.int64), exact


def _learn(samples: Samples, misses: NDArray[np.bool_], decimals: NDArray[np.int8]) -> None:
    """Raise the decimals of tags whose missed values some power of ten up to 6 can hold."""
    value, tag = samples.value[misses], samples.tag[misses]
    for e in range(1, MAX_DECIMALS + 1):
        _, exact = _scale(value, np.full(len(value), e, np.int8))
        np.maximum.at(decimals, tag[exact], np.int8(e))
        value, tag = value[~exact], tag[~exact]
        if not len(value):
            return
