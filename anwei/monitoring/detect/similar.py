"""What this sensor did after it had last moved as it moves now."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from anwei.methods.drift import AHEAD, ROWS, Limit
from anwei.monitoring.detect.minutes import MINUTE_MS, Floats, Integers

MOST = 3
SLACK = 0.5  # of the time that the last course took: as much more or less is the same pace
ALIKE = 0.5  # of the present course's own deviation: the largest mean distance that still counts


class Episode(NamedTuple):
    """An earlier course: its end (ms), the farthest value in the AHEAD rows after it, limit reached."""

    at: int
    farthest: float
    reached: bool


def similar(minutes: Integers, values: Floats, limit: Limit) -> list[Episode]:
    """Return up to three earlier courses of ROWS rows alike the last one, whatever their level was.

    Courses that overlap the last one or each other are left out, and those whose following rows are not
    complete or that took another time, over a gap or by rows of another spacing; [] where nothing is alike.
    `minutes`, `values`: rows up to now, oldest first.
    """
    n_starts = len(values) - 2 * ROWS - AHEAD + 1
    if n_starts <= 0:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(values, ROWS)
    now = windows[-1] - windows[-1].mean()
    before = windows[:n_starts] - windows[:n_starts].mean(axis=1, keepdims=True)
    distance = np.sqrt(np.square(before - now).mean(axis=1))
    most = ALIKE * float(now.std())
    lasted = int(minutes[-1] - minutes[-ROWS])
    took = minutes[ROWS - 1 :] - minutes[: 1 - ROWS]
    took_after = minutes[ROWS - 1 + AHEAD :] - minutes[ROWS - 1 : -AHEAD]
    of_another_time = (np.abs(took[:n_starts] - lasted) > SLACK * lasted) | (
        took_after[:n_starts] * (ROWS - 1) > (1 + SLACK) * AHEAD * lasted
    )
    distance[of_another_time] = np.inf
    found: list[Episode] = []
    while len(found) < MOST and (best := int(distance.argmin())) >= 0 and distance[best] <= most:
        end = best + ROWS - 1
        following = values[end + 1 : end + 1 + AHEAD]
        farthest = float(following.max() if limit.upper else following.min())
        reached = farthest >= limit.value if limit.upper else farthest < limit.value
        found.append(Episode(int(minutes[end]) * MINUTE_MS, farthest, bool(reached)))
        distance[max(0, best - ROWS + 1) : best + ROWS] = np.inf
    return found
