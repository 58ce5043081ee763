"""Devices: the list, one device with its live tags, and its key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.listing import Listing
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.filters import DeviceFilter
from anwei.monitoring.forms import ReasonForm
from anwei.monitoring.models import Device, Tag
from anwei.monitoring.queries import (
    device_counts,
    devices_of,
    latest_by_tag,
    silence_of,
    tags_with_rules,
)
from anwei.monitoring.services import MonitoringError, NotAllowed, revoke, rotate_key
from anwei.monitoring.services.authority import REGISTRARS, check_authority
from anwei.monitoring.stream.broker import MQTT_PORT, Endpoint
from anwei.monitoring.tables import DeviceTable
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in

Latest = dict[int, tuple[datetime, float | None, int]]


def latest_of(tags: Iterable[Tag]) -> Latest | None:
    """Return the newest sample by tag number; None while the store is away (the page says so)."""
    numbers = [tag.number for tag in tags]
    if not numbers:
        return {}
    try:
        return latest_by_tag(doors().last(numbers))
    except StoreAway:
        return None


@signed_in
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """Show the devices of a person's scope with the age of their newest sample."""
    listing = Listing(
        request,
        name="devices",
        rows=devices_of(person_of(request)),
        filterset=DeviceFilter,
        table=DeviceTable,
    )
    exporting = listing.parameters.get("export")
    listing.table.seen = _last_seen(listing.rows if exporting else listing.table.page.object_list.data)
    if sheet := listing.export(_("监测设备")):
        return sheet
    context = {"listing": listing, "counts": device_counts(person_of(request))}
    return render(request, "monitoring/devices.html", context)


def _last_seen(devices: Iterable[Device]) -> dict[int, datetime] | None:
    tags = list(Tag.objects.filter(device__in=[device.pk for device in devices]).only("number", "device_id"))
    latest = latest_of(tags)
    if latest is None:
        return None
    seen: dict[int, datetime] = {}
    for tag in tags:
        if tag.number in latest:
            at = latest[tag.number][0]
            seen[tag.device_id] = max(at, seen.get(tag.device_id, at))
    return seen


@signed_in
@require_GET
def device(request: HttpRequest, code: str) -> HttpResponse:
    """Show one device: its tags with their newest values, its key's age, how to connect it."""
    shown = _device(request, code)
    return render(request, "monitoring/device.html", _context(request, shown))


@signed_in
@require_POST
@never_cache
def device_rotate(request: HttpRequest, code: str) -> HttpResponse:
    """Issue a new key and show it in this one answer; no page can show it again."""
    shown = _device(request, code)
    try:
        key = rotate_key(shown, actor=person_of(request), now=timezone.now())
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except MonitoringError as error:
        return render(request, "monitoring/device.html", _context(request, shown, str(error)), status=422)
    return render(request, "monitoring/device_key.html", {"device": shown, "key": key})


@signed_in
@require_POST
def device_revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Take the device out of service, with a reason that stays in the change log."""
    shown = _device(request, code)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            revoke(shown, actor=person_of(request), now=timezone.now(), reason=form.cleaned_data["reason"])
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except MonitoringError as error:
            form.add_error(None, str(error))
        else:
            return redirect("device", code=code)
    return render(
        request, "monitoring/device.html", _context(request, shown) | {"revoke_form": form}, status=422
    )


def _device(request: HttpRequest, code: str) -> Device:
    return get_object_or_404(devices_of(person_of(request)), code=code)


def _context(request: HttpRequest, shown: Device, error: str = "") -> dict[str, Any]:
    tags = list(tags_with_rules(Tag.objects.filter(device=shown)))
    latest = latest_of(tags)
    return {
        "device": shown,
        "silence": silence_of(shown),
        "rows": [(tag, (latest or {}).get(tag.number)) for tag in tags],
        "store_away": latest is None,
        "members": shown.members.all(),
        "may_register": may_register(person_of(request), shown),
        "revoke_form": ReasonForm(),
        "error": error,
        "connection": _connection(request, shown, tags),
    }


def may_register(person: Person, shown: Device | Tag) -> bool:
    """Say whether a person keeps the register of a device or tag."""
    try:
        check_authority(person, REGISTRARS, shown, timezone.now())
    except NotAllowed:
        return False
    return True


def _connection(request: HttpRequest, shown: Device, tags: list[Tag]) -> dict[str, Any]:
    """Return what a device needs to connect; never its key."""
    broker = Endpoint.of(settings.DATA)
    host = urlsplit(f"//{request.get_host()}").hostname
    example = ", ".join(f'"{tag.code}": 0.0' for tag in tags[:2]) or f'"{_("测点编码")}": 0.0'
    return {
        "host": host,
        "mqtt_port": broker.mqtt_port if broker else MQTT_PORT,
        "topic": f"telemetry/{shown.code}",
        "url": request.build_absolute_uri(f"/api/v1/telemetry/{shown.code}"),
        "payload": f'{{"ts": {int(timezone.now().timestamp() * 1000)}, "values": {{{example}}}}}',
    }
