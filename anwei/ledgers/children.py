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

from anwei.ledgers.cells import Choosing
from anwei.ledgers.declaration import Column, Ledger, ledgers, seen
from anwei.ledgers.listing import number_in
from anwei.ledgers.outgoing import told

SHOWN = 6
N_COLUMNS = 4


@dataclass(frozen=True)
class Children:
    """The rows of one register that belong to a row: the first few, and the way to all and to a new one.

    `lines` pairs each row with the columns of the register and what people read in each.
    """

    ledger: Ledger
    columns: Sequence[Column]
    lines: Sequence[tuple[Model, Sequence[tuple[Column, Any]]]]
    n_rows: int
    may_add: bool
    query: str

    @property
    def name(self) -> str:
        """What one row of it is, in words."""
        return str(self.ledger.model._meta.verbose_name)

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
            may_add = ledger.may_add(person)
            rows = list(ledger.visible(person).filter(**{ledger.parent: parent})[: SHOWN + 1])
            if rows or may_add:
                found.append(_beneath(ledger, parent, rows, may_add, person))
    return found


def _beneath(ledger: Ledger, parent: Model, rows: Sequence[Model], may_add: bool, person: Any) -> Children:
    """Return the rows as the parent's page shows them; counted only where there are more than it shows."""
    columns = columns_beneath(ledger)
    query = f"{ledger.parent}={parent.pk}"
    n_rows = len(rows)
    if n_rows > SHOWN:
        n_rows = ledger.visible(person).filter(**{ledger.parent: parent}).count()
    asked = [column for column in columns if rows and column.choices and not column.display]
    texts = {column.name: Choosing(column, person).texts for column in asked}
    lines = [
        (row, [(column, told(column, row, texts.get(column.name))) for column in columns])
        for row in rows[:SHOWN]
    ]
    return Children(ledger, columns, lines, n_rows, may_add, query)


def columns_beneath(ledger: Ledger) -> tuple[Column, ...]:
    """Return the columns of a register on the page of what its rows belong to."""
    if ledger.beneath:
        return tuple(ledger.column(name) for name in ledger.beneath)
    return tuple(column for column in ledger.columns if column.shown and column.name != ledger.parent)[
        :N_COLUMNS
    ]


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
