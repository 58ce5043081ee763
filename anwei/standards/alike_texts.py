"""How much two short Chinese texts share: characters, and pairs of neighbours, which keep the order."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache


def shared_part(first: str, second: str) -> float:
    """Return the share of two texts that are not empty, from 0 to 1; clean both before.

    Dice's coefficient of pairs (0.4) and of characters (0.6): pairs alone punish a word put elsewhere twice.
    """
    pairs, others = pairs_of(first), pairs_of(second)
    shared = 2 * (pairs & others).total() / (pairs.total() + others.total())
    alike = 2 * (_characters(first) & _characters(second)).total() / (len(first) + len(second))
    return 0.4 * shared + 0.6 * alike


@lru_cache(maxsize=20_000)
def pairs_of(text: str) -> Counter[str]:
    """Return the pairs of neighbouring characters, counted; a single character is its own pair."""
    return Counter(text[place : place + 2] for place in range(max(1, len(text) - 1)))


@lru_cache(maxsize=20_000)
def _characters(text: str) -> Counter[str]:
    return Counter(text)
