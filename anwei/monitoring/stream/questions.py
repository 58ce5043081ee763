"""What can be asked at the store's doors: the maps of the requests, with their defaults."""

from __future__ import annotations

import msgspec

NOTES_A_PAGE = 1_000  # outbox rows or rejects in one answer


class Last(msgspec.Struct):
    """Newest samples of `tags`, or of all tags with a number above `after`."""

    tags: list[int] | None = None
    after: int = -1


class History(msgspec.Struct):
    """Rows of one tag in [start, end) ms; `points` of them, or raw."""

    tag: int
    start: int
    end: int
    points: int | None = None


class Aggregate(msgspec.Struct):
    """Statistics per tag and `interval` ms from `start` on."""

    tags: list[int]
    start: int
    end: int
    interval: int


class Episodes(msgspec.Struct):
    """Outbox rows above `after`."""

    after: int
    limit: int = NOTES_A_PAGE


class Rejects(msgspec.Struct):
    """Rejects above `after`, newest first; '' means any."""

    after: int = 0
    limit: int = NOTES_A_PAGE
    reason: str = ""
    device: str = ""


class RejectCounts(msgspec.Struct):
    """Counts from the hour of `since` (ms) on."""

    since: int


class Nothing(msgspec.Struct):
    """A question without arguments."""


class Copy(msgspec.Struct):
    """Where the owner shall copy the store to: a new folder of the data folder's file system."""

    target: str
