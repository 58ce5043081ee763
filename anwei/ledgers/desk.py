"""What waits for a person beside the cases: each room declares its own in a module `waiting`, found by name.

The desk counts and shows all of it alike, and the frame of every page counts it: what a room declares must
be a query that costs little where nothing waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, QuerySet, Value


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

    `rows(person, now)` are those that wait for a person, the first to be done first; `lines` says of some of
    them what the desk shows; `label` names the kind, `button` what to do, `more(n)` says that there are
    others and `address` the page of all, if there is one. `template` shows `line.row` before its detail.
    """

    label: Any
    button: Any
    place: int
    rows: Callable[[Any, datetime], QuerySet[Any]]
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


def n_waiting(person: Any, now: datetime) -> int:
    """Return how many things of all kinds wait for a person: one query, for every page asks it."""
    heaps = [kind.rows(person, now).order_by().values("pk") for kind in _kinds]
    return heaps[0].union(*heaps[1:], all=True).count() if heaps else 0


def heaps_of(person: Any, now: datetime, most: int) -> list[Heap]:
    """Return each kind of which something waits for a person, with its first, `most` of them at most.

    One query counts them all, and one more fetches the first of each kind that has any.
    """
    rows = [kind.rows(person, now) for kind in _kinds]
    of_all = [
        one.order_by().annotate(heap=Value(place, output_field=IntegerField())).values_list("heap", "pk")
        for place, one in enumerate(rows)
    ]
    n_rows = Counter(place for place, _pk in of_all[0].union(*of_all[1:], all=True)) if of_all else Counter()
    return [
        Heap(kind, n_rows[place], kind.lines(list(rows[place][:most])) if most else ())
        for place, kind in enumerate(_kinds)
        if n_rows[place]
    ]
