"""What this room adds to an enterprise's file: its connection, its alarms, its devices with live tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Expression, Value, When

from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED
from anwei.monitoring.models import Alarm, AlarmRule, Device, Tag
from anwei.monitoring.queries import alarms_of, devices_of, tags_with_rules
from anwei.monitoring.views.devices import latest_of
from anwei.org.models import Person
from anwei.sites.colour import declare_watch
from anwei.sites.enterprise_file import Sheet, contribute
from anwei.sites.models import Enterprise

N_ALARMS = 10


def watch() -> Expression:
    """Return whether an enterprise is watched: "offline" when every device is silent, "none" without one."""
    in_service = Device.objects.filter(revoked_at__isnull=True)
    silent = Alarm.objects.filter(ACTIVE, tag__isnull=True, kind=AlarmRule.Kind.NO_DATA).values("device")
    return Case(
        When(pk__in=in_service.exclude(pk__in=silent).values("enterprise"), then=Value("online")),
        When(pk__in=in_service.values("enterprise"), then=Value("offline")),
        default=Value("none"),
        output_field=CharField(),
    )


def alarms_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the alarms that ask for attention, else the last ones."""
    rows = alarms_of(person).filter(enterprise=enterprise)
    current = list(rows.filter(ACTIVE | UNACKNOWLEDGED)[:N_ALARMS])
    return {"alarms": current or list(rows[:N_ALARMS]), "current": bool(current), "n_alarms": rows.count()}


def devices_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the devices in service with their tags and newest values."""
    devices = devices_of(person).filter(enterprise=enterprise, revoked_at__isnull=True)
    tags = list(tags_with_rules(Tag.objects.filter(device__in=devices.values("pk"))))
    latest = latest_of(tags)
    grouped: dict[int, list[Any]] = {}
    for tag in tags:
        grouped.setdefault(tag.device_id, []).append((tag, (latest or {}).get(tag.number)))
    return {
        "devices": [(device, grouped.get(device.pk, [])) for device in devices],
        "n_tags": len(tags),
        "store_away": latest is None,
    }


declare_watch(watch)
contribute(Sheet("monitoring/enterprise_alarms.html", alarms_sheet, place=20))
contribute(Sheet("monitoring/enterprise_devices.html", devices_sheet, place=30))
