"""What rooms show beside a row on its page: who answers for it, what is measured there, its papers; buttons.

A register knows its columns alone; a room above says for rows of which models it has more to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

Context = dict[str, Any]


@dataclass(frozen=True)
class Aside:
    """A card of the page of rows of some models and their kinds: a template, its parts; by `place`."""

    template: str
    context: Callable[[Any, Any, datetime], Context]
    models: Sequence[type[Model]]
    place: int


_asides: list[Aside] = []


def contribute_aside(aside: Aside) -> None:
    """Add a card to the page of every row of some models; called once, when the room's module is imported."""
    _asides.append(aside)
    _asides.sort(key=lambda each: each.place)


def asides_of(row: Model, person: Any, now: datetime) -> list[tuple[str, Context]]:
    """Return template and context of each card beside a row, with what `person` may see in it."""
    beside = (one for one in _asides if isinstance(row, tuple(one.models)))
    return [(one.template, one.context(row, person, now)) for one in beside]


@dataclass(frozen=True)
class Button:
    """A door at the head of a row's page."""

    label: str
    address: str


Offer = Callable[[Any, Any, datetime], Button | None]
_offers: list[tuple[type[Model], Offer]] = []


def contribute_button(model: type[Model], offer: Offer) -> None:
    """Offer a button on the pages of a model and its kinds: from (row, person, now), None for no button.

    Declared in a room's module `buttons`, found by name; whom it concerns not, it must cost no query.
    """
    _offers.append((model, offer))


def buttons_of(row: Model, person: Any, now: datetime) -> list[Button]:
    """Return the buttons that the rooms offer `person` on the page of a row."""
    found = (offer(row, person, now) for model, offer in _offers if isinstance(row, model))
    return [button for button in found if button is not None]
