"""Small counts compared honestly: exact intervals, and whether chance alone explains a difference.

What comes by itself and one by one (accidents, findings) is Poisson around a rate. The interval of one count
is the exact one of Garwood (Biometrika 28, 1936, 437-442). Of two counts the first is binomial given their
sum (Przyborowski and Wilenski, Biometrika 31, 1940, 313-323): no variance is guessed, and a county with three
accidents a year is not told that they doubled.

Not for what comes several at once (deaths, money): their counts scatter more than Poisson, and a test would
find changes that are none.

The distributions are imported where they are asked: half a second of processor time, which every process and
every command of `anwei` would spend at its start.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LEVEL = 0.95
RARE = 0.05


class Verdict(Enum):
    """What two counts say of each other."""

    TOO_FEW = "too_few"  # no split of their sum could be told from chance
    SAME = "same"  # chance explains the difference
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True)
class Comparison:
    """`p`: how often chance alone gives a split as unlikely as this one or more so (two-sided, exact)."""

    verdict: Verdict
    p: float


def interval(count: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of the expected number behind a Poisson count.

    Raises ValueError for a negative count or a level not between 0 and 1.
    """
    if count < 0 or not 0 < level < 1:
        raise ValueError("a count is not negative, a level lies between 0 and 1")
    from scipy.stats import chi2

    tail = (1 - level) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2


def share_interval(count: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact interval of the share behind `count` of so many.

    By Clopper and Pearson (Biometrika 26, 1934, 404-413). Of nothing nothing is known: (0, 1). Raises
    ValueError for more than all.
    """
    if not of and not count:
        return 0.0, 1.0
    from scipy.stats import binomtest

    found = binomtest(count, of).proportion_ci(level, "exact")
    return float(found.low), float(found.high)


def compare(
    count: int, before: int, *, exposure: float = 1.0, exposure_before: float = 1.0, rare: float = RARE
) -> Comparison:
    """Compare a Poisson count with an earlier one; exposures are how long (or over how much) each ran.

    `rare` is what p must stay under to be told from chance: who asks of many at once divides it by how many
    (Bonferroni), or some are always told. Raises ValueError for negative counts or exposures that are not
    positive.
    """
    if min(count, before) < 0 or min(exposure, exposure_before) <= 0:
        raise ValueError("counts are not negative, exposures are positive")
    both, expected = count + before, exposure / (exposure + exposure_before)
    if not both:
        return Comparison(Verdict.TOO_FEW, 1.0)
    from scipy.stats import binomtest

    p = float(binomtest(count, both, expected).pvalue)
    rarest = min(float(binomtest(end, both, expected).pvalue) for end in (0, both))
    if rarest >= rare:
        return Comparison(Verdict.TOO_FEW, p)
    if p >= rare:
        return Comparison(Verdict.SAME, p)
    return Comparison(Verdict.MORE if count > both * expected else Verdict.FEWER, p)


def exceeds(count: int, allowed: float) -> float:
    """Return how often chance gives at least `count` where `allowed` are to be expected (exact Poisson).

    Raises ValueError for negative numbers.
    """
    if count < 0 or allowed < 0:
        raise ValueError("counts are not negative")
    if not count:
        return 1.0
    from scipy.stats import chi2

    return float(chi2.cdf(2 * allowed, 2 * count)) if allowed else 0.0
