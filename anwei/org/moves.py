"""Units that move to another territory: rooms above keep what lies there in step.

A room calls `on_move` once when it is made ready; every service that changes the territory of units calls
`moved` within the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Moves = Mapping[int, tuple[str, str]]  # of a unit: territory before and after

_followers: list[Callable[[Moves], None]] = []


def on_move(follower: Callable[[Moves], None]) -> None:
    """Let `follower` be told of every move."""
    _followers.append(follower)


def moved(moves: Moves) -> None:
    """Tell the rooms above which units moved."""
    away = {unit: (before, after) for unit, (before, after) in moves.items() if before != after}
    for follower in _followers if away else ():
        follower(away)
