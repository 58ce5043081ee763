"""What waits for a person beside the cases: each room declares its own in a module `waiting`, found by name.

The desk counts and shows all of it alike, and the frame of every page counts it: what a room declares must
be a query that costs little where nothing waits. It is put into SQL once for a person's footing and a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from anwei.ledgers.spelled import Spelled, n_each, spelled


@dataclass(frozen=True)
class Line:
    """One thing on the desk: its name and page, what is said below the name, and since or until when."""

    title: str
    address: str
    detail: str
    when: str
    row: Any
    urgent: bool = False


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits.

    `rows(person, day)` are those that wait for a person on a day, the first to be done first, by what
    `person.footing` tells and what they ask the database, by nothing else; `lines` says of some of them what
    the desk shows; `label` names the kind, `button` what to do, `more(n)` says that there are others and
    `address` the page of all, if there is one. `template` shows `line.row` before its detail.
    """

    label: Any
    button: Any
    place: int
    rows: Callable[[Any, date], QuerySet[Any]]
    lines: Callable[[Sequence[Any]], Sequence[Line]]
    more: Callable[[int], str]
    address: Callable[[], str] | None = None
    template: str = ""


@dataclass(frozen=True)
class Heap:
    """Those of one kind that wait for a person: how many there are, and the first of them."""

    kind: Waiting
    n: int
    lines: Sequence[Line]

    @property
    def more(self) -> str:
        """The sentence that there are others, "" where there are none."""
        n_more = self.n - len(self.lines)
        return self.kind.more(n_more) if n_more else ""


_kinds: list[Waiting] = []


def contribute_waiting(kind: Waiting) -> None:
    """Add a kind; called once, when the room's module is imported."""
    _kinds.append(kind)
    _kinds.sort(key=lambda each: each.place)


def waiting_questions(person: Any, now: datetime) -> list[Spelled]:
    """Return what to ask for each kind, in its place: a desk is counted with them in one query."""
    day = timezone.localdate(now)
    footing = person.footing
    return [
        spelled((place, day, footing), partial(kind.rows, person, day)) for place, kind in enumerate(_kinds)
    ]


def heaps_of(person: Any, now: datetime, most: int) -> list[Heap]:
    """Return each kind of which something waits for a person, with its first, `most` of them at most.

    One query counts them all, and one more fetches the first of each kind that has any.
    """
    day = timezone.localdate(now)
    counted = zip(_kinds, n_each(waiting_questions(person, now)), strict=True)
    return [
        Heap(kind, n, kind.lines(list(kind.rows(person, day)[:most])) if most else ())
        for kind, n in counted
        if n
    ]
