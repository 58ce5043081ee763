"""What of this room can be searched."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from anwei.ledgers.search import Words, register_search
from anwei.monitoring.models import Device, Tag
from anwei.org.models import Unit


def _device(row: Device) -> Words:
    place = f"{row.enterprise} {row.site or ''}".strip()
    return Words(row.name, place, f"{row.code} {row.enterprise.unit.name}")


def _tag(row: Tag) -> Words:
    device = row.device
    place = f"{device.enterprise} {device.site or device.name}".strip()
    return Words(row.name, place, f"{row.code} {row.quantity} {device.code} {device.enterprise.unit.name}")


def _devices_of_units(units: list[Unit]) -> QuerySet[Device]:
    return Device.objects.filter(enterprise__unit__in=units)


def _tags_of_units(units: list[Unit]) -> QuerySet[Tag]:
    return Tag.objects.filter(device__enterprise__unit__in=units)


def _tags_of_devices(devices: list[Device]) -> QuerySet[Tag]:
    return Tag.objects.filter(device__in=devices)


register_search(
    Device,
    text=_device,
    url=lambda row: reverse("device", args=[row.code]),
    related=("enterprise__unit", "site"),
    columns=("code", "name", "enterprise", "site"),
    follows={Unit: _devices_of_units},
)
register_search(
    Tag,
    text=_tag,
    url=lambda row: reverse("tag", args=[row.pk]),
    related=("device__enterprise__unit", "device__site"),
    columns=("code", "name", "quantity", "device"),
    follows={Unit: _tags_of_units, Device: _tags_of_devices},
)
