"""Writes the plan of the county into the business database and the keys into the data folder, all or nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from anwei.datafolder import DataFolder
from anwei.demo.people import Account, Staff, create_bodies, create_enterprise_staff
from anwei.demo.plan import DevicePlan, EnterprisePlan, TagPlan, enterprises
from anwei.demo.tables import table
from anwei.monitoring.models import AlarmRule, Device, Position, Severity, Tag
from anwei.org.models import Territory, Unit
from anwei.sites.models import Enterprise, Site
from anwei.standards.setpoints import setpoint

REGISTERED_DAYS_AGO = 60  # before the history that the simulator sends


class NotADemoFolder(RuntimeError):
    """The data folder holds somebody's real data; the message says so."""


def is_filled() -> bool:
    """Say whether the fictional county already stands.

    Raises NotADemoFolder when the database holds other territories or units.
    """
    code = table("county")["county"]["code"]
    if Territory.objects.filter(code=code).exists():
        return True
    if Territory.objects.exists() or Unit.objects.exists():
        raise NotADemoFolder("数据目录中已有正式数据，不能写入演示县。请用 ANWEI_DATA 指定另一个空目录。")
    return False


@transaction.atomic
def fill(folder: DataFolder, *, now: datetime) -> list[Account]:
    """Create the county; return the accounts, whose passwords are also in `demo/accounts.txt` (0600)."""
    staff = Staff(timezone.localdate(now))
    create_bodies(staff)
    units = _create_units()
    create_enterprise_staff(staff, units)
    keys = [key for plan in enterprises() for key in _create_enterprise(plan, units[plan.code], now)]
    Position.objects.update_or_create(name="register", defaults={"value": 1})
    _write_keys(folder, keys)
    _write_accounts(folder, staff.accounts)
    return staff.accounts


def _create_units() -> dict[str, Unit]:
    government = Unit.objects.get(kind=Unit.Kind.GOVERNMENT)
    return {
        plan.code: Unit.objects.create(
            kind=Unit.Kind.ENTERPRISE,
            name=plan.name,
            short_name=plan.short_name,
            territory=plan.township,
            parent=government,
        )
        for plan in enterprises()
    }


def _create_enterprise(plan: EnterprisePlan, unit: Unit, now: datetime) -> list[tuple[str, str, str]]:
    """Create one enterprise with all below it; return (device, key, gateway) of each device."""
    enterprise = Enterprise.objects.create(
        unit=unit,
        credit_code=plan.credit_code,
        sector=plan.sector,
        status=plan.status,
        address=plan.address,
        longitude=plan.place[0],
        latitude=plan.place[1],
        workers=plan.workers,
    )
    keys = []
    gateway = None
    if plan.gateway:
        gateway, key = _create_device(plan.gateway, enterprise, None, None, now)
        keys.append((plan.gateway.code, key, ""))
    for site_plan in plan.sites:
        site = Site.objects.create(
            enterprise=enterprise,
            code=site_plan.code,
            name=site_plan.name,
            kind=site_plan.kind,
            longitude=site_plan.place[0],
            latitude=site_plan.place[1],
        )
        _, key = _create_device(site_plan.device, enterprise, site, gateway, now)
        keys.append((site_plan.device.code, key, site_plan.device.gateway))
    return keys


def _create_device(
    plan: DevicePlan, enterprise: Enterprise, site: Site | None, gateway: Device | None, now: datetime
) -> tuple[Device, str]:
    key = secrets.token_urlsafe(24)
    device = Device.objects.create(
        code=plan.code,
        name=plan.name,
        enterprise=enterprise,
        site=site,
        gateway=gateway,
        key_digest=hashlib.sha256(key.encode()).hexdigest(),
        key_issued_at=now,
        registered_at=now - timedelta(days=REGISTERED_DAYS_AGO),
    )
    AlarmRule.objects.create(
        enterprise=enterprise,
        device=device,
        kind=AlarmRule.Kind.NO_DATA,
        severity=Severity.BLUE,
        action="检查设备与通信",
    )
    for tag_plan in plan.tags:
        _create_tag(tag_plan, plan.period_s, device, enterprise)
    return device, key


def _create_tag(plan: TagPlan, period_s: float, device: Device, enterprise: Enterprise) -> None:
    row = plan.row
    tag = Tag.objects.create(
        device=device,
        code=plan.code,
        name=plan.name,
        quantity=row["quantity"],
        unit=row["unit"],
        decimals=row["decimals"],
        period_s=period_s,
        range_low=row["range"][0],
        range_high=row["range"][1],
    )
    for rule in row["rules"]:
        point = setpoint(rule["setpoint"])
        AlarmRule.objects.create(
            enterprise=enterprise,
            tag=tag,
            kind=rule["kind"],
            limit=point.value,
            deadband=rule.get("deadband", 0.0),
            on_delay_s=rule.get("delay", 0.0),
            off_delay_s=rule.get("off", 0.0),
            severity=rule["severity"],
            action=point.action[:120],
            citation=point.citation,
            opens_warning=rule.get("warns", False),
        )


def _write_keys(folder: DataFolder, keys: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["device", "key", "gateway"])
    writer.writerows(keys)
    folder.write_private(folder.folder("demo") / "device_keys.csv", text.getvalue().encode())


def _write_accounts(folder: DataFolder, accounts: list[Account]) -> None:
    lines = [
        f"{account.username}\t{account.password}\t{account.full_name}\t{account.title}"
        for account in accounts
    ]
    text = "用户名\t密码\t姓名\t岗位\n" + "\n".join(lines) + "\n"
    folder.write_private(folder.folder("demo") / "accounts.txt", text.encode())
