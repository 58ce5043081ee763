"""Everything dated about one enterprise in one list, the newest first: rooms contribute what they date.

A room declares its kinds of event in its module `enterprise_file`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone

from anwei.org.models import Person
from anwei.sites.models import Enterprise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise
else:
    Label = str

EVENTS_A_PAGE = 50
MOST_PAGES = 40  # further back the registers themselves tell it


@dataclass(frozen=True)
class Event:
    """One dated fact; `severity` draws its mark, `address` leads to it, `who` did it."""

    at: datetime
    sentence: str
    address: str = ""
    who: str = ""
    severity: str = ""
    kind: str = ""
    label: Label = ""


@dataclass(frozen=True)
class Asked:
    """Whose events are asked for by whom, and how many of the newest at most."""

    enterprise: Enterprise
    person: Person
    now: datetime
    most: int


@dataclass(frozen=True)
class Source:
    """One kind of event; `events` yields the newest `most` of what the person may see, in any order."""

    kind: str
    label: Label
    events: Callable[[Asked], Iterable[Event]]
    place: int


_sources: list[Source] = []


def contribute_events(source: Source) -> None:
    """Add a kind of event to the timeline; called once, when the room's module is imported."""
    _sources.append(source)
    _sources.sort(key=lambda each: each.place)


def sources() -> tuple[Source, ...]:
    """Return every kind of event."""
    return tuple(_sources)


def newest(asked: Asked, kind: str = "") -> list[Event]:
    """Return the newest events of every kind, or of one, each with its kind and label."""
    found = [
        Event(one.at, one.sentence, one.address, one.who, one.severity, source.kind, source.label)
        for source in _sources
        if kind in ("", source.kind)
        for one in source.events(asked)
    ]
    found.sort(key=lambda one: (one.at, one.kind, one.sentence), reverse=True)
    return found[: asked.most]


def start_of(day: date) -> datetime:
    """Return the first moment of a day in the county, at which what is dated by the day stands."""
    return timezone.make_aware(datetime.combine(day, time.min))
