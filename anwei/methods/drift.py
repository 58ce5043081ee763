"""Before the limit: a drift that will reach a limit, when, and how sure that is."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from typing import NamedTuple

import numpy as np

from anwei.methods.plausible import is_plausible

ROWS, SURE, AHEAD = 30, 3.5, 36  # rows fitted; least slope in standard errors; rows looked ahead
MOST_CORRELATED = 0.9
DAY = 86_400.0  # seconds
FORGOTTEN = 10  # days that a false warning makes the next one harder
RAISED = 1.25  # how much more sure the slope must be for each of them
MOST_JUDGED = (
    16  # false warnings, and true ones, remembered; at 1.25 to the power of it nothing warns any more
)
REMEMBERED = 60  # days that a warning, true or false, counts in the share: limits are seldom reached
PRIOR_TRUE, PRIOR_FALSE = 2, 1  # warnings that a sensor without a past is taken to have had
SILENT = 0.35  # with a lower share of true ones nothing is said, until its own past is better again
MOST_FITS = 2000  # rows kept of the last day
Z95 = 1.96
TINY = 1e-18


class Limit(NamedTuple):
    """A limit of a sensor: its value, and whether it is reached from below (`upper`) or from above."""

    value: float
    upper: bool


class Forecast(NamedTuple):
    """A drift that reaches a limit: after `seconds`, likely between `earliest` and `latest` seconds.

    `probability` that the slope, as it is now, takes it there within `ahead` seconds, at most the share of
    this sensor's own warnings that came true; `slope` in units a second; `since` is the time of the first row
    of the fit.
    """

    limit: Limit
    seconds: float
    earliest: float
    latest: float
    probability: float
    slope: float
    since: float
    ahead: float


class Drift:
    """Least squares over the last rows, its error widened by their autocorrelation.

    Warns where the slope towards the limit is at least `sure` standard errors and the line meets the limit
    within `ahead` rows; then pauses for as many rows. The slope that belongs to this time of day is taken off
    where it has the same sign: what happens every day is no drift. The factor sqrt((1+r)/(1-r)) is that of
    Bayley and Hammersley, The "effective" number of independent observations (1946), for lag-1 correlation r.
    Each warning that the limit did not follow within twice the time raises `sure` for FORGOTTEN days, so
    that a sensor that swings of itself falls silent; its share counts REMEMBERED days of both, or what
    proved false would be forgotten before what proved true and the share of a sensor without a past would
    come back. One that rises in straight lines, as a tank that is filled, is sure each time: below a share
    of `SILENT` true ones nothing is said, but it is judged on, so that it may speak again.

    >>> drift = Drift(Limit(100.0, upper=True))
    >>> for row in range(60):
    ...     at, value = 60.0 * row, 50 + 0.6 * row + (-1) ** row
    ...     if forecast := drift.score_one(at, value):
    ...         print(row, round(row + forecast.seconds / 60))
    ...     drift.learn_one(at, value)
    48 83
    """

    def __init__(self, limit: Limit, rows: int = ROWS, sure: float = SURE, ahead: int = AHEAD) -> None:
        self.limit, self.rows, self.sure, self.ahead = limit, rows, sure, ahead
        self.times: deque[float] = deque(maxlen=rows - 1)
        self.values: deque[float] = deque(maxlen=rows - 1)
        self.fits: deque[tuple[float, float, float]] = deque(maxlen=MOST_FITS)  # time, slope, level of a day
        self.pause = 0  # rows still to pass
        self.open_until: deque[tuple[float, bool]] = deque()  # not yet known as true or false; whether told
        self.false: deque[float] = deque(maxlen=MOST_JUDGED)  # times at which a warning proved false
        self.true: deque[float] = deque(maxlen=MOST_JUDGED)
        self.foretold = 0  # warnings told that the limit followed

    @property
    def needed(self) -> float:
        """How many standard errors the slope must have now."""
        since = self.times[-1] - FORGOTTEN * DAY if self.times else -math.inf
        return self.sure * RAISED ** sum(one >= since for one in self.false)

    @property
    def trust(self) -> float:
        """Return the share of warnings that come true, as this sensor's own past has it."""
        n_true, n_false = len(self.true), len(self.false)
        return (n_true + PRIOR_TRUE) / (n_true + n_false + PRIOR_TRUE + PRIOR_FALSE)

    def score_one(self, at: float, value: float) -> Forecast | None:
        """Return the forecast with this row (`at` in seconds) as the newest, None without one."""
        return None if self.trust < SILENT else self._foresee(at, value)

    def _foresee(self, at: float, value: float) -> Forecast | None:
        fitted = self._fit(at, value)
        if fitted is None or self.pause:
            return None
        now, slope, error, step = fitted
        towards = 1.0 if self.limit.upper else -1.0
        usual = self._usual(at, now, step)
        if usual * towards > 0:
            slope -= usual
        way = (self.limit.value - now) * towards
        slope *= towards
        if way <= 0 or slope <= 0 or slope < self.needed * error or way > slope * self.ahead * step:
            return None
        least = way / (self.ahead * step)
        return Forecast(
            limit=self.limit,
            seconds=way / slope,
            earliest=way / (slope + Z95 * error),
            latest=way / max(slope - Z95 * error, 1e-12),
            probability=min(self.trust, 0.5 * math.erfc((least - slope) / max(error, 1e-12) / math.sqrt(2))),
            slope=slope * towards,
            since=self.times[0],
            ahead=self.ahead * step,
        )

    def learn_one(self, at: float, value: float) -> None:
        """Take one row in; one without a value (NaN) is passed over."""
        if not is_plausible(value):
            return
        warned, told = self._foresee(at, value), self.trust >= SILENT
        fitted = self._fit(at, value)
        if fitted is not None:
            self.fits.append((at, fitted[1], fitted[0]))
        self._judge(at, value)
        if warned is not None:
            self.open_until.append((at + 2 * (at - self.times[0]) / (self.rows - 1) * self.ahead, told))
        self.pause = self.ahead if warned is not None else max(0, self.pause - 1)
        self.times.append(at)
        self.values.append(value)
        while self.fits and self.fits[0][0] < at - DAY - (at - self.times[0]):
            self.fits.popleft()

    def _judge(self, at: float, value: float) -> None:
        """Learn whether earlier warnings came true."""
        if self.open_until and (value >= self.limit.value) == self.limit.upper:
            self.foretold += sum(told for _until, told in self.open_until)
            self.true.extend([at] * len(self.open_until))
            self.open_until.clear()
        while self.open_until and self.open_until[0][0] < at:
            self.false.append(self.open_until.popleft()[0])
        for judged in (self.false, self.true):
            while judged and judged[0] < at - REMEMBERED * DAY:
                judged.popleft()

    def _fit(self, at: float, value: float) -> tuple[float, float, float, float] | None:
        """Return level now, slope, its error (units a second) and the step, None with too few rows."""
        if len(self.times) < self.rows - 1 or not is_plausible(value):
            return None
        times = np.array([*self.times, at]) - at
        values = np.array([*self.values, value])
        step = float(np.median(np.diff(times)))
        centred = times - times.mean()
        spread = float(centred @ centred)
        if spread <= 0:
            return None
        slope = float(centred @ values) / spread
        level = float(values.mean())
        residual = values - level - slope * centred
        squares = float(residual @ residual)
        if squares <= TINY * (1.0 + level * level):
            correlation = 0.0
        else:
            correlation = float(np.clip(residual[1:] @ residual[:-1] / squares, 0.0, MOST_CORRELATED))
        error = math.sqrt(squares / (self.rows - 2) / spread * (1 + correlation) / (1 - correlation))
        return level - slope * float(times.mean()), slope, error, step

    def _usual(self, at: float, level: float, step: float) -> float:
        """Return the slope that belongs to this time of day: a day ago, less the rise of the level since.

        Without the second a drift longer than a day would be its own excuse. 0 where it is not known.
        """
        i = bisect_left(self.fits, (at - DAY - step,))
        if i == len(self.fits) or self.fits[i][0] > at - DAY + step:
            return 0.0
        then, slope, level_then = self.fits[i]
        return slope - (level - level_then) / (at - then)
