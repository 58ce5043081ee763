"""Devices, their keys and their tags: registered, re-keyed and taken out of service."""

from __future__ import annotations

import hashlib
import math
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.monitoring.models import LONGEST_PERIOD_S, AlarmRule, Device, Severity, Tag
from anwei.monitoring.services.authority import REGISTRARS, check_authority
from anwei.monitoring.services.errors import MonitoringError
from anwei.monitoring.services.positions import bump_register
from anwei.org.models import Person
from anwei.sites.models import Enterprise, Site

SILENCE_SEVERITY = Severity.YELLOW
BAD_DATA_SEVERITY = Severity.BLUE
BAD_DATA_DELAY_S = 60.0  # a shorter fault of a sensor asks for nobody
DEVICE_REGISTER = "monitoring.device"
TAG_REGISTER = "monitoring.tag"


def new_key() -> str:
    """Return a random device key: 32 bytes, URL-safe, shown once and never stored."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return what is stored of a device key: its SHA-256 in hex (it is random: no slow hash is needed)."""
    return hashlib.sha256(key.encode()).hexdigest()


def silence_rule(device: Device) -> AlarmRule:
    """Return the unsaved rule that every device has: its silence is one alarm."""
    return AlarmRule(
        device=device,
        enterprise_id=device.enterprise_id,
        kind=AlarmRule.Kind.NO_DATA,
        severity=SILENCE_SEVERITY,
        action=_("核查设备供电与网络，恢复上传"),
    )


def bad_data_rule(tag: Tag) -> AlarmRule | None:
    """Return the unsaved rule of a tag with a range, by which bad data that lasts is an alarm, else None."""
    if tag.range_low is None and tag.range_high is None:
        return None
    return AlarmRule(
        tag=tag,
        enterprise_id=tag.device.enterprise_id,
        kind=AlarmRule.Kind.BAD,
        severity=BAD_DATA_SEVERITY,
        on_delay_s=BAD_DATA_DELAY_S,
        action=_("核查传感器、接线与量程登记"),
    )


@transaction.atomic
def register_device(
    *,
    actor: Person | None,
    now: datetime,
    code: str,
    name: str,
    enterprise: Enterprise,
    site: Site | None = None,
    gateway: Device | None = None,
) -> tuple[Device, str]:
    """Register a device with its silence rule; return it and its key, which is shown this once.

    Raises ValidationError (a malformed or taken code), NotAllowed, or MonitoringError when site or gateway
    belong elsewhere.
    """
    if site is not None and site.enterprise_id != enterprise.pk:
        raise MonitoringError(_("重点部位不属于该企业。"))
    if gateway is not None and gateway.enterprise_id != enterprise.pk:
        raise MonitoringError(_("网关不属于该企业。"))
    if gateway is not None and gateway.gateway_id is not None:
        raise MonitoringError(_("所选网关本身挂在另一网关下。"))
    key = new_key()
    device = Device(
        code=code,
        name=name,
        enterprise=enterprise,
        site=site,
        gateway=gateway,
        key_digest=digest(key),
        key_issued_at=now,
        registered_at=now,
    )
    device.full_clean()
    device.save()
    check_authority(actor, REGISTRARS, device, now)
    silence_rule(device).save()
    content = {"code": code, "name": name, "enterprise": enterprise.pk, "site": site.pk if site else None}
    record_change(DEVICE_REGISTER, device.pk, actor=actor, now=now, verb="register", content=content)
    bump_register()
    return device, key


@transaction.atomic
def rotate_key(device: Device, *, actor: Person | None, now: datetime) -> str:
    """Give the device a new key, shown this once; the old one stops working within 10 s."""
    check_authority(actor, REGISTRARS, device, now)
    _refuse_revoked(device)
    key = new_key()
    device.key_digest, device.key_issued_at = digest(key), now
    device.save(update_fields=["key_digest", "key_issued_at"])
    record_change(DEVICE_REGISTER, device.pk, actor=actor, now=now, verb="rotate_key", content={})
    bump_register()
    return key


@transaction.atomic
def revoke(device: Device, *, actor: Person | None, now: datetime, reason: str) -> None:
    """Take the device out of service within 10 s; its history stays readable."""
    check_authority(actor, REGISTRARS, device, now)
    _refuse_revoked(device)
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    record_change(DEVICE_REGISTER, device.pk, actor=actor, now=now, verb="revoke", content={}, reason=reason)
    bump_register()


@transaction.atomic
def add_tag(
    device: Device,
    *,
    actor: Person | None,
    now: datetime,
    code: str,
    name: str,
    quantity: str = "",
    unit: str = "",
    decimals: int = 2,
    period_s: float = 1.0,
    range_low: float | None = None,
    range_high: float | None = None,
) -> Tag:
    """Add a measured quantity to a device, with a range also its rule for bad data.

    Raises ValidationError when the code is taken or reserved.
    """
    check_authority(actor, REGISTRARS, device, now)
    _refuse_revoked(device)
    tag = Tag(
        device=device,
        code=code,
        name=name,
        quantity=quantity,
        unit=unit,
        decimals=decimals,
        period_s=period_s,
        range_low=range_low,
        range_high=range_high,
    )
    check_tag(code, period_s, range_low, range_high)
    tag.full_clean()
    tag.save()
    if (rule := bad_data_rule(tag)) is not None:
        rule.save()
    content = {"device": device.code, "code": code, "unit": unit, "range": [range_low, range_high]}
    record_change(TAG_REGISTER, tag.pk, actor=actor, now=now, verb="register", content=content)
    bump_register()
    return tag


def check_tag(code: str, period_s: float, range_low: float | None, range_high: float | None) -> None:
    """Raise MonitoringError where a tag contradicts itself or uses a word that payloads reserve."""
    if code in {"ts", "values"}:
        raise MonitoringError(_("测点编码不能用保留字 ts、values。"))
    if not 0 < period_s <= LONGEST_PERIOD_S:
        raise MonitoringError(_("周期必须大于 0 秒，不超过 31 天。"))
    if not all(math.isfinite(end) for end in (range_low, range_high) if end is not None):
        raise MonitoringError(_("量程上下限必须是有限的数。"))
    if range_low is not None and range_high is not None and range_low >= range_high:
        raise MonitoringError(_("量程下限必须小于上限。"))


def _refuse_revoked(device: Device) -> None:
    if device.revoked_at is not None:
        raise MonitoringError(_("设备 %(code)s 已停用。") % {"code": device.code})
