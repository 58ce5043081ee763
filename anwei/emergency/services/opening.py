"""Opening figures are written for months that the ledger does not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from anwei.emergency.models import OpeningFigure
from anwei.emergency.services.accidents import exact
from anwei.emergency.services.months import refuse_double
from anwei.ledgers.saving import Edit, save_rows


@transaction.atomic
def save_opening(
    edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = ""
) -> list[OpeningFigure]:
    """Write figures of the months before the system.

    Raises ValueError where the ledger of accidents counts one of the months.
    """
    rows = save_rows(OpeningFigure, list(map(_whole, edits)), actor=actor, now=now, reason=reason)
    refuse_double(row.month_begins for row in rows)
    return rows


def _whole(edit: Edit) -> Edit:
    """Return an edit with the first day of its month and an exact loss."""
    values = dict(edit.values)
    if "loss" in values:
        values["loss"] = exact(values["loss"])
    year, month = (values.get(name, getattr(edit.row, name, None)) for name in ("year", "month"))
    return replace(edit, values={**values, "month_begins": date(int(year or 0), int(month or 0), 1)})
