"""Where and when more happened than its share: a scan in space and time, right for the many places looked at.

A window is a round zone of neighbouring areas during some periods in a row. Each is compared with what was
to be expected; the largest excess of all windows is held against the largest of many repetitions by chance,
so that a county of thirty townships and a year of weeks does not find a "hot spot" in every month.

Without an expectation each area and each period keeps its own total (space-time permutation: a large
township and a busy month are no hot spot; Kulldorff et al., PLoS Medicine 2 (2005) e59). With one the counts
are Poisson around it (Kulldorff, Communications in Statistics 26 (1997) 1481).

Where counts are what somebody found who went and looked, more looks find more: of them the counts are the
successes, and a hot spot is where the share that found something is higher than it usually is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

WIDEST = 0.5  # of the areas: a zone of more than half says where there was less
FEWEST = 3  # events in a window: two make no pattern
OWN, PERIODS = 10.0, 100.0
"""Looks that weigh the share of all as much as an area's own, and no difference between periods as much as
what was found elsewhere in the same ones (our choice: by the tests of this file it is seldom fooled)."""


@dataclass(frozen=True)
class Search:
    """How far to look. `longest`: periods of a window; `ends`: it ends in one of the last so many periods
    (1: what goes on now); `replicas`: repetitions by chance, the smallest p is 1 / (replicas + 1); a zone
    has at most `most` areas and none farther than `reach` from its middle, in the unit of the positions.
    """

    longest: int = 8
    ends: int = 1
    replicas: int = 999
    seed: int = 2026
    most: int | None = None
    reach: float = np.inf


@dataclass(frozen=True)
class HotSpot:
    """Areas (their places in the table), first and last period, what was counted and expected there; `p` is
    the share of repetitions by chance with an excess as large anywhere: corrected for all windows looked at.
    """

    areas: tuple[int, ...]
    first: int
    last: int
    observed: int
    expected: float
    p: float

    @property
    def ratio(self) -> float:
        """How many times the expected number."""
        return self.observed / self.expected


def hot_spots(
    counts: Counts,
    positions: Numbers,
    search: Search = Search(),
    expected: Numbers | None = None,
    looks: Counts | None = None,
) -> list[HotSpot]:
    """Return the hot spots of a table areas x periods, the largest excess first, none over another's areas.

    `positions`: areas x 2, in any unit of length; `expected`: areas x periods, in any proportion; or `looks`,
    how often somebody looked there, of which `counts` found something. Those that chance explains are
    returned too: the reader of `p` decides. Raises ValueError for tables that do not fit.
    """
    if counts.ndim != 2 or positions.shape != (len(counts), 2) or (counts < 0).any():
        raise ValueError("counts must be areas x periods, not negative, with one position an area")
    if expected is not None and (expected.shape != counts.shape or (expected < 0).any()):
        raise ValueError("expected must have the shape of counts, not negative")
    if looks is not None and (looks.shape != counts.shape or (looks < counts).any()):
        raise ValueError("looks must have the shape of counts, and no fewer")
    total = int(counts.sum())
    if total < FEWEST:
        return []
    zones = _zones(positions, search)
    windows = _Windows(zones, counts.shape[1], search)
    random = np.random.default_rng(search.seed)
    if looks is None:
        base = _shares(counts) if expected is None else expected / expected.sum()
        inside = windows.sums(base * total)
        excess = windows.excess(counts, inside)
        tables = _by_chance(counts, expected, search.replicas, random)
        chance = np.array([windows.excess(each, inside).max() for each in tables])
    else:
        inside = windows.usual(counts, looks)
        excess = _more_than(windows.sums(counts), inside)
        chance = _by_looks(looks, counts, windows, random)
    found: list[HotSpot] = []
    taken: set[int] = set()
    for place in np.argsort(-excess, kind="stable"):
        if excess[place] <= 0:
            break
        zone, first, last = windows.where(int(place))
        areas = tuple(zones.indices[zones.indptr[zone] : zones.indptr[zone + 1]].tolist())
        observed = int(counts[list(areas), first : last + 1].sum())
        if observed < FEWEST or taken.intersection(areas):
            continue
        taken.update(areas)
        p = (1 + int((chance >= excess[place] - 1e-9).sum())) / (search.replicas + 1)
        found.append(HotSpot(areas, first, last, observed, float(inside[place]), p))
    return found


def _by_looks(looks: Counts, found: Counts, windows: _Windows, random: np.random.Generator) -> Numbers:
    """Return the largest excess of each repetition by chance: each look finds something as usual there then.

    What is usual is told anew by each, so that it is not taken for known.
    """
    own, share = _own(found, looks)
    usual = looks * own[:, None]
    others_found, others_usual = (each.sum(axis=0) - each for each in (found, usual))
    then = np.minimum(own[:, None] * (others_found + PERIODS * share) / (others_usual + PERIODS * share), 1)
    tables = (random.binomial(looks, then) for _ in range(windows.search.replicas))
    return np.array([_more_than(windows.sums(each), windows.usual(each, looks)).max() for each in tables])


def _own(found: Counts, looks: Counts) -> tuple[Numbers, float]:
    """Return each area's share of looks that found something, leaning on the share of all; and that one."""
    share = max(int(found.sum()), 1) / max(int(looks.sum()), 1)
    return (found.sum(axis=1) + OWN * share) / (looks.sum(axis=1) + OWN), share


def _more_than(inside: Numbers, expected: Numbers) -> Numbers:
    """Return the log likelihood ratio of counts beside what was to be expected; 0 where they are no more."""
    ratio = np.zeros_like(inside)
    more = (inside > expected) & (expected > 0)
    ratio[more] = inside[more] * np.log(inside[more] / expected[more]) - (inside[more] - expected[more])
    return ratio


def _shares(counts: Counts) -> Numbers:
    """Return each cell's share when areas and periods keep their totals and know nothing of each other."""
    outer = np.outer(counts.sum(axis=1), counts.sum(axis=0)).astype(float)
    return np.asarray(outer / outer.sum())


def _zones(positions: Numbers, search: Search) -> csr_array:
    """Return every round zone as a row of ones: an area with its nearest, up to WIDEST; small first."""
    from scipy.sparse import csr_array
    from scipy.spatial import cKDTree

    n = len(positions)
    widest = max(1, int(n * WIDEST))
    size = widest if search.most is None else min(widest, search.most)
    distances, nearest = cKDTree(positions).query(positions, k=np.arange(1, size + 1))
    n_near = (distances <= search.reach).sum(axis=1)
    zones = sorted(
        {
            tuple(sorted(areas[: n_in + 1]))
            for areas, n_all in zip(nearest.tolist(), n_near.tolist(), strict=True)
            for n_in in range(n_all)
        },
        key=lambda zone: (len(zone), zone),
    )
    ends = np.cumsum([0, *map(len, zones)])
    columns = np.fromiter((area for zone in zones for area in zone), dtype=np.int64, count=int(ends[-1]))
    return csr_array((np.ones(len(columns)), columns, ends), shape=(len(zones), n))


def _by_chance(
    counts: Counts, expected: Numbers | None, replicas: int, random: np.random.Generator
) -> Iterator[Counts]:
    """Yield tables as chance alone would make them."""
    n_areas, n_periods = counts.shape
    total = int(counts.sum())
    if expected is not None:
        share = (expected / expected.sum()).ravel()
        for _ in range(replicas):
            yield random.multinomial(total, share).reshape(counts.shape)
        return
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    rows, periods = cells // n_periods * n_periods, cells % n_periods
    for _ in range(replicas):
        yield np.bincount(rows + random.permutation(periods), minlength=n_areas * n_periods).reshape(
            n_areas, n_periods
        )


class _Windows:
    """All windows of a search, their sums of a table, and the excess of one in each."""

    def __init__(self, zones: csr_array, n_periods: int, search: Search) -> None:
        self.zones, self.n_periods, self.search = zones, n_periods, search
        self.spans = [
            (last - length + 1, last)
            for last in range(max(0, n_periods - search.ends), n_periods)
            for length in range(1, min(search.longest, last + 1) + 1)
        ]
        self.starts = np.array([first for first, _ in self.spans])
        self.stops = np.array([last + 1 for _, last in self.spans])

    def where(self, place: int) -> tuple[int, int, int]:
        """Return zone, first and last period of a window by its place."""
        zone, span = divmod(place, len(self.spans))
        return zone, *self.spans[span]

    def excess(self, table: Counts, expected: Numbers) -> Numbers:
        """Return the log likelihood ratio of each window; 0 where no more than `expected` was counted."""
        inside, total = self.sums(table), float(table.sum())
        more = (inside > expected) & (expected > 0)
        ratio = np.zeros_like(inside)
        c, e = inside[more], expected[more]
        outside = total - c
        rest = np.where(
            outside > 0, outside * np.log(np.maximum(outside, 1) / np.maximum(total - e, 1e-12)), 0
        )
        ratio[more] = c * np.log(c / e) + rest
        return ratio

    def usual(self, found: Counts, looks: Counts) -> Numbers:
        """Return how many of the looks in each window should have found something, as usual there.

        Each area has its own share, told by the periods before all windows; times by how much those outside
        the zone found more or less in the same periods, leaning on no difference by PERIODS looks.
        """
        before = max(self.n_periods - self.search.ends - self.search.longest + 1, 1)
        own, share = _own(found[:, :before], looks[:, :before])
        usual = looks * own[:, None]
        inside, should = self.sums(found), self.sums(usual)
        n_zones = self.zones.shape[0]
        outside = np.tile(self._of_spans(found.sum(axis=0)), n_zones) - inside
        outside_usual = np.tile(self._of_spans(usual.sum(axis=0)), n_zones) - should
        return np.asarray(should * (outside + PERIODS * share) / (outside_usual + PERIODS * share))

    def sums(self, table: NDArray[np.number]) -> Numbers:
        """Return the sum of a table in each window."""
        return np.asarray(self.zones @ self._of_spans(table)).ravel()

    def _of_spans(self, table: NDArray[np.number]) -> Numbers:
        """Return the sums over the periods of each span, of one area or of each."""
        begun = np.zeros((*table.shape[:-1], 1))
        running = np.concatenate([begun, np.cumsum(table, axis=-1)], axis=-1)
        return np.asarray(running[..., self.stops] - running[..., self.starts])
