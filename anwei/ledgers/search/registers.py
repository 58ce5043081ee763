"""Which registers can be searched, and what each says of a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from django.db.models import Model, Q, QuerySet

Rows = QuerySet[Any]
Details = Callable[[Any, Collection[int]], Mapping[int, str]]


class Words(NamedTuple):
    """What is shown and searched of one row: its name, the line below, and what is searched only.

    A row without a title is not found; `only` says the same to the database.
    """

    title: str
    detail: str = ""
    more: str = ""


@dataclass(frozen=True)
class Searchable:
    """One register of the search.

    `visible` narrows rows to what a person may see. `columns` are those whose change is news to the search
    (none: every save). `follows` names the rows to look at again when rows of another model were saved.
    `details` (person, keys) gives the line below where it depends on who reads; it is not searched.
    """

    model: type[Model]
    text: Callable[[Any], Words]
    url: Callable[[Any], str]
    visible: Callable[[Any], Rows]
    related: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)
    columns: frozenset[str] = frozenset()
    follows: Mapping[type[Model], Callable[[list[Any]], Rows]] = field(default_factory=dict)
    details: Details | None = None

    @property
    def code(self) -> str:
        """The model's label, under which its entries stand."""
        return self.model._meta.label_lower

    @property
    def label(self) -> str:
        """What one row is called."""
        return str(self.model._meta.verbose_name)

    def rows(self) -> Rows:
        """Return all rows with what `text` and `url` read."""
        return self.model._default_manager.filter(self.only).select_related(*self.related).order_by("pk")


_searchables: dict[str, Searchable] = {}


def register_search(
    model: type[Model],
    *,
    text: Callable[[Any], Words],
    url: Callable[[Any], str],
    visible: Callable[[Any], Rows] | None = None,
    related: tuple[str, ...] = (),
    only: Q | None = None,
    columns: tuple[str, ...] = (),
    follows: Mapping[type[Model], Callable[[list[Any]], Rows]] | None = None,
    details: Details | None = None,
) -> None:
    """Let a register be searched; called once, from the room's `search.py`, in the order of the results.

    Without `visible` the model's own `visible_to` is asked.
    """

    def own(person: Any) -> Rows:
        rows: Any = model._default_manager.all()
        return cast(Rows, rows.visible_to(person))

    one = Searchable(
        model,
        text=text,
        url=url,
        visible=visible or own,
        related=related,
        only=only or Q(),
        columns=frozenset(columns),
        follows=dict(follows or {}),
        details=details,
    )
    _searchables[one.code] = one


def searchables() -> tuple[Searchable, ...]:
    """Return the registers of the search."""
    return tuple(_searchables.values())
