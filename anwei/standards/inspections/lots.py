"""Drawing by lot (双随机) so that anybody can draw again: SHA-256 of the seed and what is drawn.

The lot of a candidate is the SHA-256, in hex, of the UTF-8 text `seed:candidate`. Whoever has the lowest lots
is drawn. By hand: `printf '%s' 'seed:candidate' | sha256sum`, sort, take the first n. The inspectors of an
enterprise are drawn by the lots of `seed:enterprise:inspector`. Order and repetition in what is given change
nothing. A different rule gets a different name: an old draw is checked by the rule of its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

ALGORITHM = "sha256-lots-1"


def lot(seed: str, candidate: str) -> str:
    """Return the lot of a candidate: 64 hexadecimal digits."""
    return sha256(f"{seed}:{candidate}".encode()).hexdigest()


def draw(seed: str, population: Iterable[str], n: int) -> list[str]:
    """Return the `n` candidates with the lowest lots, the lowest first; all where there are fewer.

    Raises ValueError for an empty seed or a negative number.
    """
    if not seed or n < 0:
        raise ValueError("a draw needs a seed and a number")
    return sorted(set(population), key=lambda candidate: (lot(seed, candidate), candidate))[:n]


def draw_with_inspectors(
    seed: str, population: Iterable[str], n: int, inspectors: Iterable[str], each: int
) -> dict[str, list[str]]:
    """Return `n` enterprises in the order of their lots, each with `each` inspectors drawn for it alone."""
    candidates = set(inspectors)
    return {code: draw(f"{seed}:{code}", candidates, each) for code in draw(seed, population, n)}
