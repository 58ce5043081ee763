"""Registers whose rows belong to a row of another one: listed and added on the page of that row.

Such a register names the column of its parent (`Ledger.parent`); `?enterprise=7` then narrows its list to the
children of one row, and fills that column in the form of a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from anwei.ledgers.declaration import Ledger, ledgers, seen
from anwei.ledgers.listing import number_in

SHOWN = 6


@dataclass(frozen=True)
class Children:
    """The rows of one register that belong to a row: the first few, and the way to all and to a new one."""

    ledger: Ledger
    rows: Sequence[Model]
    n_rows: int
    may_write: bool
    query: str

    @property
    def address(self) -> str:
        """The list of all of them."""
        return f"{reverse('ledger', args=[self.ledger.code])}?{self.query}"

    @property
    def new_address(self) -> str:
        """The form of a new one."""
        return f"{reverse('ledger_new', args=[self.ledger.code])}?{self.query}"


def children_of(parent: Model, person: Any, *, leaving_out: Sequence[str] = ()) -> list[Children]:
    """Return what `person` may see or add beneath a row, register by register; `leaving_out` names codes."""
    found = []
    for ledger in ledgers():
        if ledger.parent and parent_model(ledger) is type(parent) and ledger.code not in leaving_out:
            rows = ledger.visible(person).filter(**{ledger.parent: parent})
            may_write, query = ledger.may_write(person), f"{ledger.parent}={parent.pk}"
            if (n_rows := rows.count()) or may_write:
                found.append(Children(ledger, list(rows[:SHOWN]), n_rows, may_write, query))
    return found


def parent_model(ledger: Ledger) -> type[Model]:
    """Return the model of the rows that those of a register belong to."""
    model: Any = ledger.model._meta.get_field(ledger.parent).related_model
    return model  # type: ignore[no-any-return]


def named_parent(ledger: Ledger, parameters: Mapping[str, Any], person: Any) -> Model | None:
    """Return the row that an address names as parent, None without one or out of the person's sight."""
    key = number_in(str(parameters.get(ledger.parent, ""))) if ledger.parent else None
    return None if key is None else seen(parent_model(ledger), person).filter(pk=key).first()


def address_of(parent: Model | None) -> str:
    """Return the page of a parent, '' where no register keeps it."""
    for ledger in ledgers() if parent is not None else ():
        if ledger.model is type(parent):
            return (
                ledger.opens(parent) if ledger.opens else reverse("ledger_row", args=[ledger.code, parent.pk])
            )
    return ""
