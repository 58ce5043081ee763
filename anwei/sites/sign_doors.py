"""Where the sign on a wall leads whoever is signed in: rooms above contribute doors, the public sees none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from anwei.org.models import Person
from anwei.sites.models import Enterprise


class SignDoor(NamedTuple):
    """A button on the page of a sign."""

    label: str
    address: str


Source = Callable[[Person, Enterprise, str, datetime], SignDoor | None]

_sources: list[Source] = []


def contribute_sign_door(source: Source) -> None:
    """Add a door: from person, enterprise, code of the sign and now to a button, or None."""
    _sources.append(source)


def doors_at(person: Person, enterprise: Enterprise, code: str, now: datetime) -> list[SignDoor]:
    """Return the doors that a sign opens to a person who is signed in."""
    found = (source(person, enterprise, code, now) for source in _sources)
    return [door for door in found if door is not None]
