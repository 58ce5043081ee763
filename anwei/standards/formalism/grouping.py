"""Groups of things of which some pairs belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def grouped(n: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the places 0 to n-1 in groups: who belongs to one of a group belongs to all (union-find)."""
    root = list(range(n))
    for one, other in pairs:
        root[_top(root, one)] = _top(root, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(n):
        groups[_top(root, place)].append(place)
    return list(groups.values())


def _top(root: list[int], place: int) -> int:
    while root[place] != place:
        root[place] = root[root[place]]
        place = root[place]
    return place
