"""Enterprises are written here: an enterprise and the unit that carries its name and territory are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, log_all, require_visible, update_given
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
    units = _locked_units(edits)
    for edit in edits:
        row = edit.row or Enterprise(unit=Unit(kind=Unit.Kind.ENTERPRISE))
        row.unit = units.get(row.unit_id, row.unit)
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
    _create([row for edit, row in zip(edits, rows, strict=True) if edit.row is None])
    given = [(row, edit.values.keys()) for edit, row in zip(edits, rows, strict=True) if edit.row is not None]
    update_given(Unit, [(row.unit, names & {*OF_UNIT}) for row, names in given])
    update_given(Enterprise, given)
    changed_rows = [row for row, verb, _content in changes if verb == "update"]
    follow_bulk(Enterprise, changed_rows)
    follow_bulk(Unit, [row.unit for row in changed_rows])
    log_all(changes, actor=actor, now=now, reason=reason)
    require_visible(Enterprise.objects.visible_to, [row.pk for row, _verb, _content in changes], actor)
    return rows


def _locked_units(edits: Sequence[Edit]) -> dict[int, Unit]:
    """Return the units of the enterprises to be changed as they stand now, locked until the end."""
    keys = [edit.row.unit_id for edit in edits if edit.row is not None]
    units = Unit.objects.select_for_update().filter(pk__in=keys).order_by("pk") if keys else ()
    return {unit.pk: unit for unit in units}


def _create(rows: Sequence[Enterprise]) -> None:
    units = [row.unit for row in rows]
    Unit.objects.bulk_create(units)
    posts = ((Post.Kind.PRINCIPAL, _("主要负责人")), (Post.Kind.SAFETY, _("安全管理人员")))
    Post.objects.bulk_create(
        Post(unit=unit, kind=kind, title=title) for unit in units for kind, title in posts
    )
    for row in rows:
        row.unit_id = row.unit.pk
    Enterprise.objects.bulk_create(rows)
