"""Territories and public bodies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from anwei.ledgers.services import record_change
from anwei.org.models import Person, SectorDuty, Territory, Unit


@transaction.atomic
def register_territory(code: str, name: str, *, actor: Person | None, now: datetime) -> Territory:
    """Register a territory, or give it another name."""
    territory, _created = Territory.objects.update_or_create(pk=code, defaults={"name": name})
    record_change("org.territory", code, actor=actor, now=now, verb="register", content={"name": name})
    return territory


@transaction.atomic
def register_unit(
    *, kind: str, name: str, territory: str, sectors: Iterable[str], actor: Person | None, now: datetime
) -> Unit:
    """Register a public body; `sectors` are those a department leads (三管三必须)."""
    unit = Unit.objects.create(kind=kind, name=name, territory=territory)
    led = sorted(set(sectors))
    SectorDuty.objects.bulk_create(SectorDuty(unit=unit, sector=sector) for sector in led)
    content = {"kind": kind, "name": name, "territory": territory, "sectors": led}
    record_change("org.unit", unit.pk, actor=actor, now=now, verb="register", content=content)
    return unit
