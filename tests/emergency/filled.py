"""An accident and a month of opening figures, each text with the mark of its enterprise."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Model

from anwei.emergency.services.accidents import save_accidents
from anwei.emergency.services.opening import save_opening
from anwei.ledgers.saving import Edit
from anwei.sites.models import Enterprise


def fill_accidents(enterprise: Enterprise, mark: str, now: datetime) -> dict[str, Model]:
    """Write both at an enterprise; return the rows by the code of their register."""
    told = {
        "happened_on": date(2026, 3, 2),
        "enterprise": enterprise.pk,
        "unit_name": mark,
        "place": f"{mark}门口",
        "territory": enterprise.unit.territory,
        "sector": enterprise.sector,
        "type": "WSA10010",
        "serious_injuries": 1,
        "loss": 12.5,
        "cause": f"{mark}护栏缺失",
    }
    (accident,) = save_accidents([Edit(None, told)], actor=None, now=now)
    before = {
        "year": 2025,
        "month": 3,
        "territory": enterprise.unit.territory,
        "sector": enterprise.sector,
        "accidents": 2,
        "fatal_accidents": 1,
        "deaths": 1,
        "injuries": 1,
        "loss": 80,
    }
    (opening,) = save_opening([Edit(None, before)], actor=None, now=now)
    return {"accidents": accident, "opening-figures": opening}
