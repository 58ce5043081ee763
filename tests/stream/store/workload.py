"""Seeded batches with late rows, repeats, doubtful values, events and rejects; and what must come of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from anwei.monitoring.stream.samples import Batch, EpisodeEvent, Reason, Reject, Samples

DAY = 86_400_000
START = 20_700 * DAY  # a midnight, UTC, in 2026
TAGS = 40


def batch(seed: int, number: int, rows: int = 1_000) -> Batch:
    """Batch `number` (from 1) of a stream that is the same each time it is asked for."""
    random = np.random.default_rng([seed, number])
    tag = random.integers(1, TAGS + 1, rows).astype(np.int32)
    # A coarse grid of times, so that the same (tag, ts) comes again; one row in twenty is up to 7 days late.
    ts = START + 7 * DAY + number * 20_000 + random.integers(0, 25, rows) * 1_000
    late = random.random(rows) < 0.05
    ts[late] -= random.integers(0, 7 * 1440, int(late.sum())) * 60_000
    value = np.round(random.normal(50, 10, rows), random.integers(0, 4))
    odd = random.random(rows) < 0.01
    value[odd] = random.choice([np.nan, np.inf, -0.0, 1e300, 1 / 3, -1e-9], int(odd.sum()))
    quality = np.where(random.random(rows) < 0.02, random.integers(1, 4, rows), 0).astype(np.uint8)
    result = Batch("log", number, Samples(tag, ts, value, quality))
    if number % 3 == 0:
        result.events.append(event(number))
        result.alarm_state = {
            "rule": np.array([number % 7, 100]),
            "since": np.array([number, number]),
            "state": np.array([1, 2], np.int8),
        }
    if number % 5 == 0:
        result.rejects.append(Reject(Reason.MALFORMED, "D1", "", int(ts[0]), f"batch {number}", number))
    return result


def event(number: int) -> EpisodeEvent:
    """The event of batch `number`."""
    return EpisodeEvent(number % 7, 5, "D1", START + number, "raised", START + number, 91.5, 90.0)


def expected(batches: Iterable[Batch]) -> Samples:
    """Say, by one plain sort of all rows, what an ordered dump must be in the end.

    Of rows with the same (tag, ts) the better quality stays, then a number before none, then the larger one.
    """
    rows = Samples.concatenate([each.samples for each in batches])
    value = rows.value + 0.0
    number = ~np.isnan(value)
    worst_first = np.lexsort(
        (np.where(number, value, 0.0), number, -rows.quality.astype(int), rows.ts, rows.tag)
    )
    kept = {(rows.tag[i], rows.ts[i]): i for i in worst_first}  # of equal keys the last, the best, stays
    order = np.fromiter(kept.values(), int, len(kept))
    return Samples(rows.tag[order], rows.ts[order], value[order], rows.quality[order])


def same(a: Samples, b: Samples) -> bool:
    """Compare bit for bit."""
    return all(
        getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in ("tag", "ts", "value", "quality")
    )
