"""The register of public bodies: who stands over whom is changed only by who stands over both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, save_rows
from anwei.org.models import PUBLIC_BODIES, Person, Unit
from anwei.org.moves import moved
from anwei.org.rights import may_appoint_in, may_set_up
from anwei.org.services.closing import require_closable
from anwei.org.services.errors import OrgError

OF_POWER = ("parent", "kind", "territory", "closed_on")
"""Columns that say who may appoint in a unit, what its posts see, and whether it is there at all."""


@transaction.atomic
def save_units(edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = "") -> list[Unit]:
    """Register public bodies or change them.

    Raises OrgError where `actor` does not stand over a body as it was or as it would be, where bodies would
    stand over each other in a ring, or where one is closed on which something hangs; PermissionDenied where
    one would lie outside what `actor` may see.
    """
    bodies = Unit.objects.select_for_update().filter(kind__in=PUBLIC_BODIES).order_by("pk")
    list(bodies.values_list("pk"))  # who stands over whom is one question
    before = {edit.row.pk: edit.row.territory for edit in edits if edit.row is not None}
    for edit in edits:
        changed = _changed(edit)
        require_standing(edit.row, changed, actor)
        if changed.get("closed_on"):
            require_closable(edit.row, changed["closed_on"], now)
    rows = save_rows(Unit, edits, actor=actor, now=now, reason=reason)
    _refuse_rings(rows)
    moved({row.pk: (before[row.pk], row.territory) for row in rows if row.pk in before})
    return rows


def require_standing(unit: Unit | None, changed: Mapping[str, Any], actor: Person | None) -> None:
    """Refuse to give a body another parent, kind or territory where `actor` does not stand over both.

    `changed` holds the new values by name, a parent by its key; no unit means a new one. Raises OrgError.
    """
    if actor is None or not changed:
        return
    over = [unit] if unit is not None else []
    over += Unit.objects.filter(pk=changed["parent"]) if changed.get("parent") else []
    kind = changed.get("kind", getattr(unit, "kind", ""))
    territory = changed.get("territory", getattr(unit, "territory", ""))
    set_up = ("kind" not in changed and "territory" not in changed) or may_set_up(actor, kind, territory)
    if not set_up or not all(may_appoint_in(actor, one) for one in over):
        raise OrgError(_("上级单位、类别和属地决定谁能任免，由该单位和新上级单位的上级办理。"))


def _changed(edit: Edit) -> dict[str, Any]:
    row: Unit | None = edit.row
    given = {name: edit.values[name] for name in OF_POWER if name in edit.values}
    if row is None:
        return given
    stands = {
        "parent": row.parent_id,
        "kind": row.kind,
        "territory": row.territory,
        "closed_on": row.closed_on,
    }
    return {name: value for name, value in given.items() if stands[name] != value}


def _refuse_rings(rows: Sequence[Unit]) -> None:
    above = dict(Unit.objects.filter(kind__in=PUBLIC_BODIES).values_list("pk", "parent"))
    for row in rows:
        seen, unit = {row.pk}, above.get(row.pk)
        while unit is not None:
            if unit in seen:
                raise OrgError(_("“%(unit)s”不能在自己的下级之下。") % {"unit": row})
            seen.add(unit)
            unit = above.get(unit)
