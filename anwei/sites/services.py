"""Enterprises are written here: an enterprise and the unit that carries its name and territory are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, log_all, require_visible
from anwei.ledgers.search.following import follow_bulk
from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Enterprise

OF_UNIT = ("name", "short_name", "territory")


@transaction.atomic
def save_enterprises(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Enterprise]:
    """Register enterprises, each with the two posts the law asks for (安全生产法 art. 5, 24), or change them.

    Raises PermissionDenied when one lies outside what `actor` may see after the save.
    """
    rows: list[Enterprise] = []
    changes: list[tuple[Enterprise, str, dict[str, Any]]] = []
    for edit in edits:
        row = edit.row or Enterprise(unit=Unit(kind=Unit.Kind.ENTERPRISE))
        changed = {}
        for name, value in edit.values.items():
            target = row.unit if name in OF_UNIT else row
            if edit.row is not None and getattr(target, name) != value:
                changed[name] = [getattr(target, name), value]
            setattr(target, name, value)
        rows.append(row)
        if edit.row is None:
            changes.append((row, "create", {"values": dict(edit.values)}))
        elif changed:
            changes.append((row, "update", {"changed": changed}))
    _write([row for edit, row in zip(edits, rows, strict=True) if edit.row is None], new=True)
    _write([row for edit, row in zip(edits, rows, strict=True) if edit.row is not None], new=False)
    changed_rows = [row for row, verb, _content in changes if verb == "update"]
    follow_bulk(Enterprise, changed_rows)
    follow_bulk(Unit, [row.unit for row in changed_rows])
    log_all(changes, actor=actor, now=now, reason=reason)
    require_visible(Enterprise.objects.visible_to, [row.pk for row, _verb, _content in changes], actor)
    return rows


def _write(rows: Sequence[Enterprise], *, new: bool) -> None:
    units = [row.unit for row in rows]
    if not new:
        Unit.objects.bulk_update(units, OF_UNIT)
        Enterprise.objects.bulk_update(rows, [f.name for f in _own_fields()])
        return
    Unit.objects.bulk_create(units)
    posts = ((Post.Kind.PRINCIPAL, _("主要负责人")), (Post.Kind.SAFETY, _("安全管理人员")))
    Post.objects.bulk_create(
        Post(unit=unit, kind=kind, title=title) for unit in units for kind, title in posts
    )
    for row in rows:
        row.unit_id = row.unit.pk
    Enterprise.objects.bulk_create(rows)


def _own_fields() -> list[Any]:
    return [
        field for field in Enterprise._meta.concrete_fields if not field.primary_key and field.name != "unit"
    ]
