"""Good rows that repeat a (tag, ts) already in a file of their day: dropped where they change nothing.

Rollups of the parts of a day may be added up only if no good row is in two of them. Rows newer than all that
is filed of their tag cannot be; the few others are compared with the files here, at the flush, so that a
device that sends its buffer again costs neither rows nor exact rollups.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Quality, Samples
from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.manifest import Part
from anwei.monitoring.stream.store.options import DAY_MS
from anwei.monitoring.stream.store.order import take
from anwei.monitoring.stream.store.reading import View, late_rows, rows

_TIME_BITS = 27  # the ms of a day fit


def without_repeats(
    archive: Archive, of_day: Sequence[Part], samples: Samples, filed: NDArray[np.int64]
) -> tuple[Samples, bool]:
    """Return the ordered `samples` of one day less those that change nothing beside the parts `of_day`.

    Also says whether some of the rest replace a good row of a file: then the rollups of the day must not be
    added up before a merge.
    """
    late = np.flatnonzero(late_rows(samples, filed))
    if not len(late) or not any(part.has_samples for part in of_day):
        return samples, False
    late_samples = take(samples, late)
    first, last = int(late_samples.ts.min()), int(late_samples.ts.max())
    view = View(tuple(of_day), (), filed)
    stored = rows(archive, view, late_samples.tag, first, last + 1)
    stored = take(stored, stored.quality == Quality.GOOD)
    if not len(stored):
        return samples, False
    wanted, known = _keys(late_samples), _keys(stored)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    repeated = known[at] == wanted
    held = stored.value[at]  # a number is better than none
    better = repeated & ((late_samples.value > held) | (np.isnan(held) & ~np.isnan(late_samples.value)))
    keep = np.ones(len(samples), np.bool_)
    keep[late[repeated & ~better]] = False
    return take(samples, keep), bool(better.any())


def _keys(samples: Samples) -> NDArray[np.int64]:
    """Return one rising number for each (tag, ts) of ordered rows of one day."""
    return (samples.tag.astype(np.int64) << _TIME_BITS) | (samples.ts % DAY_MS)
