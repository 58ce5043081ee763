"""Rows in pieces: so many at a time into a transaction, a statement, a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def pieces(rows: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield rows in lists of at most `size` (`itertools.batched` of Python 3.12)."""
    remaining = iter(rows)
    while piece := list(islice(remaining, size)):
        yield piece
