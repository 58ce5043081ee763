"""Values of columns as JSON keeps them, back again, and as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from anwei.ledgers.change_log import in_words
from anwei.ledgers.declaration import Column, ledger_of
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.models import Proposal


def kept(value: Any) -> Any:
    """Return a column's value as JSON keeps it; a number is the same whether a field or a sheet says it."""
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def given(column: Column, value: Any) -> Any:
    """Return a kept value as a register's save takes it."""
    return date.fromisoformat(value) if column.kind == "date" and value else value


@dataclass(frozen=True)
class Difference:
    """One column side by side: as it was when proposed, as it stands now, as it is proposed.

    `after` is "" where nothing is proposed for a column on which the proposal rests.
    """

    column: Column
    before: str
    now: str
    after: str
    overtaken: bool


def differences_of(
    proposals: Sequence[Proposal], person: Any, overtaken: Mapping[str, Any] | None = None
) -> dict[int, list[Difference]]:
    """Return what each proposal would change, in the order of the columns, as `person` may read it.

    `overtaken` are the columns that bar a single proposal (`ledgers.proposals.overtaking`), shown too.
    The number of queries grows with the registers, not with the proposals.
    """
    overtaken = overtaken or {}
    found = {}
    for code in {one.ledger for one in proposals}:
        ledger, of_it = ledger_of(code), [one for one in proposals if one.ledger == code]
        rows = ledger.visible(person).in_bulk([one.row for one in of_it if one.row is not None])
        named = {*overtaken, *(name for one in of_it for name in one.after)}
        columns = [column for column in ledger.columns if column.name in named]
        texts = {name: each.texts for name, each in choosings_of(ledger, person, columns).items()}
        for one in of_it:
            of_one = [column for column in columns if column.name in one.after or column.name in overtaken]
            found[one.pk] = _differences(one, rows.get(one.row or 0), of_one, texts, overtaken)
    return found


def _differences(
    proposal: Proposal,
    row: Any,
    columns: Sequence[Column],
    texts: Mapping[str, Mapping[Any, str]],
    overtaken: Mapping[str, Any],
) -> list[Difference]:
    before = {**overtaken, **proposal.before}
    return [
        Difference(
            column,
            in_words(column, before.get(column.name), texts),
            in_words(column, kept(column.of(row)), texts) if row is not None else "—",
            in_words(column, proposal.after[column.name], texts) if column.name in proposal.after else "",
            column.name in overtaken,
        )
        for column in columns
        if proposal.row is not None or proposal.after[column.name] not in (None, "")
    ]
