"""A hazard of ours and one of another ledger, each text with the mark of its enterprise."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Model

from anwei.hazards.models import Inspector, PastHazard, SelfCheck
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.org.models import Person, Unit
from anwei.org.services.accounts import create_person
from anwei.sites.models import Enterprise


def fill_hazards(enterprise: Enterprise, mark: str, now: datetime) -> dict[str, Model]:
    """File a hazard at an enterprise with a self-check, and keep one of another ledger in its township.

    Returns the rows by the code of their register.
    """
    filed = file_hazard(
        Whereabouts(enterprise),
        actor=None,
        now=now,
        origin="inspection",
        description=f"{mark}围堰开裂",
        found_at=now,
        place=f"{mark}旁",
        finder=f"{mark}检查组",
    )
    past = PastHazard.objects.create(
        source=f"{mark}台账",
        number="1",
        filed_on=date(2025, 3, 1),
        reckoned_on=date(2025, 3, 16),
        closed_on=date(2025, 3, 9),
        status="closed",
        territory=enterprise.unit.territory,
        sector=enterprise.sector,
        unit_name=enterprise.unit.name,
        text=f"{mark}通道堵塞",
    )
    reported = SelfCheck.objects.create(
        enterprise=enterprise,
        month=date(2026, 9, 1),
        answers=[{"item": "X", "text": f"{mark}通道", "basis": "", "result": "ok", "note": f"{mark}畅通"}],
        n_items=1,
        n_failed=0,
        reported_at=now,
        reported_by=Person.objects.filter(holdings__post__unit=enterprise.unit).order_by("pk")[0],
        due_at=now,
    )
    around = enterprise.unit.territory[:9]
    body = Unit.objects.filter(kind="township", territory=around).first() or Unit.objects.create(
        kind="township", name=f"{mark}镇政府", territory=around
    )
    holder, _password = create_person(username=f"{mark}员", full_name=f"{mark}员", actor=None, now=now)
    certificate = Inspector.objects.create(
        person=holder, unit=body, number=f"{mark}0001", valid_until=date(2025, 1, 1)
    )
    return {"hazards": filed, "past-hazards": past, "self-check": reported, "inspectors": certificate}
