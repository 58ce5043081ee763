"""A closed hazard as its records tell it: when, by whom, in which words, with which photos, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from anwei.standards.formalism.pictures import Hashes
from anwei.standards.geography.points import Point, distance

Seen = tuple[datetime, Point]


@dataclass(frozen=True)
class Photo:
    """A photo handed in; time and place are the camera's own, None where it says nothing of them."""

    key: int
    sha256: str
    hashes: Hashes | None = None
    taken_at: datetime | None = None
    taken_from: Point | None = None

    @property
    def fact(self) -> str:
        """The one fact that all which is told of a photo rests on."""
        return f"photo:{self.key}"


@dataclass(frozen=True)
class Step:
    """What somebody did with a hazard, and what they wrote and handed in with it."""

    key: int
    at: datetime
    person: int | None
    text: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True)
class Closure:
    """A hazard that was closed off; `whose` is its enterprise or place, `there` where that stands.

    `fixed` and `verified` are the last before it was closed. `found_again_at` is when the next hazard that
    repeats it was found, None where none was; `again` is the key of that hazard.
    """

    key: int
    whose: str
    there: Point | None
    found_at: datetime
    is_on_the_spot: bool  # 立查立改: put right under the eyes of who found it
    found: Step
    fixed: Step
    verified: Step
    closed_at: datetime
    found_again_at: datetime | None = None
    again: int | None = None

    @property
    def text_facts(self) -> tuple[str, str]:
        """The facts of what was written when it was put right, and when it was verified."""
        return f"text:{self.fixed.key}", f"text:{self.verified.key}"


def facts(photos: Iterable[Photo]) -> frozenset[str]:
    """Return the facts of photos."""
    return frozenset(photo.fact for photo in photos)


def nearest(photos: Iterable[Photo], place: Point) -> float | None:
    """Return how near any of the photos was taken to a place, in metres; None where none says where."""
    return min((distance(photo.taken_from, place) for photo in photos if photo.taken_from), default=None)


def seen_at(photos: Iterable[Photo]) -> list[tuple[Photo, Seen]]:
    """Return the photos of which the camera tells both when and where, with both."""
    return [
        (photo, (photo.taken_at, photo.taken_from)) for photo in photos if photo.taken_at and photo.taken_from
    ]
