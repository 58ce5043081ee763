"""今天与往常有什么不同: what a leader should ask about today, in sentences computed from the records.

The cockpit and the morning report (今日要情) say the same ones. Each room contributes its own in a module
`today`, found when the rooms are made ready; a sentence is only said when the records carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from anwei.org.models import Person, Post

GRAVITY = ("red", "orange", "yellow", "blue", "offline")


@dataclass(frozen=True)
class Sentence:
    """One difference: how grave (of GRAVITY), in words with bold numbers, and the page of its rows.

    `case` and `enterprise` are the keys of what it is about, where it is about one; `call` is the post to
    ask: who answers for the matter, and `call_then` whom that post asks itself.
    """

    severity: str
    text: SafeString
    url: str
    case: int | None = None
    enterprise: int | None = None
    call: Post | None = None
    call_then: Post | None = None


Teller = Callable[[Person, datetime], Iterator[Sentence]]
_tellers: list[Teller] = []


def contribute_today(teller: Teller) -> None:
    """Add what a room has to say about what a person may see; called once, when its module is imported."""
    _tellers.append(teller)


def said(person: Person, now: datetime) -> list[Sentence]:
    """Return what all rooms say about what a person may see, the gravest first."""
    found = [sentence for teller in _tellers for sentence in teller(person, now)]
    return sorted(found, key=lambda sentence: GRAVITY.index(sentence.severity))  # stable: as contributed


def door(name: str, **filters: str) -> str:
    """Return the address of a register narrowed by `filters`."""
    return f"{reverse(name)}?{urlencode(filters)}" if filters else reverse(name)
