"""A target of a township and sector, with the mark of an enterprise there."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model

from anwei.ledgers.saving import Edit, save_rows
from anwei.oversight.models import Target
from anwei.sites.models import Enterprise


def fill_targets(enterprise: Enterprise, mark: str, now: datetime) -> dict[str, Model]:
    """Set it; return it by the code of its register."""
    told = {
        "year": 2026,
        "territory": enterprise.unit.territory,
        "sector": enterprise.sector,
        "measure": "accidents",
        "most": 3,
        "document": f"{mark}责任书",
    }
    (row,) = save_rows(Target, [Edit(None, told)], actor=None, now=now)
    return {"targets": row}
