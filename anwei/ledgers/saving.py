"""How plain rows of a register are written: in one batch, all or nothing, each with its change sealed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from anwei.ledgers.models import Change
from anwei.ledgers.search.following import follow_bulk
from anwei.ledgers.services import record_changes

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Edit:
    """New values of one row; no row means a new one. Values that are left out stay as they are.

    Services get the row as it stands now, locked (`Ledger.write`), however old the one was that was examined.
    `proposed_by` is who answers for the values where the actor only confirms them.
    """

    row: Any | None
    values: Mapping[str, Any]
    proposed_by: Any = None


@transaction.atomic
def save_rows(
    model: type[Row],
    edits: Sequence[Edit],
    *,
    actor: Any,
    now: datetime,
    reason: str = "",
    visible: Callable[[Any], models.QuerySet[Any]] | None = None,
) -> list[Row]:
    """Write rows whose columns are fields of `model`; an edit that changes nothing writes nothing.

    `visible` gives the rows a person may see; a scoped model knows by itself. Raises PermissionDenied when
    a row lies outside what `actor` may see after the save.
    """
    rows: list[Row] = []
    changes: list[tuple[Row, str, dict[str, Any]]] = []
    for edit in edits:
        row = model() if edit.row is None else edit.row
        values = {_attribute(model, name): value for name, value in edit.values.items()}
        changed = changed_values(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        rows.append(row)
        if edit.row is None:
            changes.append((row, "create", {"values": values}))
        elif changed:
            changes.append((row, "update", {"changed": changed}))
    write_all(model, edits, rows)
    follow_bulk(
        model,
        [(row, edit.values) for edit, row in zip(edits, rows, strict=True) if edit.row is not None],
    )
    log_all(changes, actor=actor, now=now, reason=reason)
    manager: Any = model._default_manager
    require_visible(visible or manager.visible_to, [row.pk for row, _verb, _content in changes], actor)
    return rows


def write_all(model: type[Row], edits: Sequence[Edit], rows: Sequence[Row]) -> None:
    """Insert the new rows, which get their primary keys, and update the given columns of the others."""
    pairs = list(zip(edits, rows, strict=True))
    model._default_manager.bulk_create([row for edit, row in pairs if edit.row is None])
    update_given(
        model,
        [
            (row, [_attribute(model, name) for name in edit.values])
            for edit, row in pairs
            if edit.row is not None
        ],
    )


def update_given(model: type[Row], given: Iterable[tuple[Row, Collection[str]]]) -> None:
    """Update of each row the attributes named with it and no other, so that nothing else is written back."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row, names in given:
        fields = tuple(field.name for field in model._meta.concrete_fields if field.attname in names)
        alike.setdefault(fields, []).append(row)
    for names, rows in alike.items():
        if names:
            _update(model, names, rows)


def _update(model: type[models.Model], names: Sequence[str], rows: Iterable[models.Model]) -> None:
    """Update the same fields of many rows by one statement, sent once for each row.

    `bulk_update` spells a CASE over all rows anew for each piece, a fifth of what an import costs.
    """
    name = connection.ops.quote_name
    meta: Any = model._meta
    *fields, key = [meta.get_field(one) for one in (*names, meta.pk.name)]
    columns = ", ".join(f"{name(field.column)} = %s" for field in fields)
    statement = f"UPDATE {name(meta.db_table)} SET {columns} WHERE {name(key.column)} = %s"  # noqa: S608
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in (*fields, key)]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def changed_values(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what `values` would change in `row`: [before, after] by name, as JSON keeps it."""
    if row.pk is None:
        return {}
    return {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }


def log_all(
    changes: Iterable[tuple[Any, str, dict[str, Any]]],
    *,
    actor: Any,
    now: datetime,
    reason: str = "",
    logged_as: Callable[[Any], tuple[str, Any]] | None = None,
) -> None:
    """Append one sealed change a row."""
    rows = []
    for row, verb, content in changes:
        register, pk = logged_as(row) if logged_as else (row._meta.label_lower, row.pk)
        rows.append(
            Change(
                register=register, row=str(pk), at=now, actor=actor, verb=verb, content=content, reason=reason
            )
        )
    record_changes(rows)


def require_visible(visible: Callable[[Any], models.QuerySet[Any]], keys: Sequence[Any], actor: Any) -> None:
    """Check after a save, inside its transaction, that `actor` may see every row; nobody means the system.

    Raises PermissionDenied, so that the transaction rolls back.
    """
    if actor is None or not keys:
        return
    if visible(actor).filter(pk__in=keys).values("pk").distinct().count() != len(set(keys)):
        raise PermissionDenied(out_of_sight())


def out_of_sight() -> str:
    """Return the sentence on what its writer would not see any more."""
    return _("保存后的内容超出您的管辖范围，未予保存。")


def _attribute(model: type[models.Model], name: str) -> str:
    """Return the attribute that keeps a column: a relation keeps a key."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return str(field.attname)
