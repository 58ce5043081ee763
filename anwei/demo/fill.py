"""Writes the county's plan into the database and its keys into the data folder, all or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.datafolder import DataFolder
from anwei.demo.accidents import create_accidents
from anwei.demo.arrangement import arrange
from anwei.demo.people import (
    Account,
    Staff,
    create_administrators,
    create_bodies,
    create_enterprise_staff,
    create_second_hands,
)
from anwei.demo.plan import DevicePlan, EnterprisePlan, TagPlan, enterprises
from anwei.demo.registers import create_registers
from anwei.demo.risks import create_installations, create_risk_points
from anwei.demo.tables import table
from anwei.ledgers.services import record_change
from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.services.devices import bad_data_rule, digest, new_key, silence_rule
from anwei.monitoring.services.positions import bump_register
from anwei.org.models import Territory, Unit
from anwei.sites.models import Enterprise, Site
from anwei.standards.setpoints import setpoint


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
        raise NotADemoFolder(_("数据目录中已有正式数据，不能写入演示县。请用 ANWEI_DATA 指定另一个空目录。"))
    return False


@transaction.atomic
def fill(folder: DataFolder, *, now: datetime) -> list[Account]:
    """Create the county; return the accounts, whose passwords are also in `demo/accounts.txt` (0600).

    Devices, tags and rules are written in bulk with one sealed line in the change log, as a provisioning is.
    """
    staff = Staff(now)
    create_bodies(staff)
    units = _create_units()
    create_enterprise_staff(staff, units)
    create_administrators(staff)  # last: the names before it stay as they were drawn
    plans = enterprises()
    owners = _create_enterprises(plans, units)
    sites = _create_sites(plans, owners)
    n_points = create_risk_points(sites, now)
    n_rows = create_registers(owners, timezone.localdate(now))
    arrange(staff, units)
    create_second_hands(staff)  # drawn last, as above
    keys = {device.code: new_key() for plan in plans for device in plan.devices}
    devices = _create_devices(plans, owners, sites, keys, now)
    n_tags, n_rules = _create_tags(plans, devices)
    n_units = create_installations(owners, sites, now)
    n_rows += create_accidents(owners, now)
    content = {"enterprises": len(owners), "devices": len(devices), "tags": n_tags, "rules": n_rules}
    content |= {"risk_points": n_points, "installations": n_units, "register_rows": n_rows}
    record_change("demo.county", "county", actor=None, now=now, verb="fill", content=content)
    bump_register()
    _write_keys(
        folder,
        [(device.code, keys[device.code], device.gateway) for plan in plans for device in plan.devices],
    )
    _write_accounts(folder, staff.accounts)
    return staff.accounts


def _create_units() -> dict[str, Unit]:
    government = Unit.objects.get(kind=Unit.Kind.GOVERNMENT)
    kind = Unit.Kind.ENTERPRISE
    rows = [
        Unit(
            kind=kind, name=plan.name, short_name=plan.short_name, territory=plan.township, parent=government
        )
        for plan in enterprises()
    ]
    created = Unit.objects.bulk_create(rows)
    return {plan.code: unit for plan, unit in zip(enterprises(), created, strict=True)}


def _create_enterprises(plans: Sequence[EnterprisePlan], units: dict[str, Unit]) -> dict[str, Enterprise]:
    rows = [
        Enterprise(
            unit=units[plan.code],
            credit_code=plan.credit_code,
            sector=plan.sector,
            status=plan.status,
            address=plan.address,
            longitude=plan.place[0],
            latitude=plan.place[1],
            workers=plan.workers,
        )
        for plan in plans
    ]
    created = Enterprise.objects.bulk_create(rows)
    return {plan.code: row for plan, row in zip(plans, created, strict=True)}


def _create_sites(plans: Sequence[EnterprisePlan], owners: dict[str, Enterprise]) -> dict[str, Site]:
    rows = [
        Site(
            enterprise=owners[plan.code],
            code=site.code,
            name=site.name,
            kind=site.kind,
            longitude=site.place[0],
            latitude=site.place[1],
        ).completed()
        for plan in plans
        for site in plan.sites
    ]
    return {row.code: row for row in Site.objects.bulk_create(rows)}


def _create_devices(
    plans: Sequence[EnterprisePlan],
    owners: dict[str, Enterprise],
    sites: dict[str, Site],
    keys: dict[str, str],
    now: datetime,
) -> dict[str, Device]:
    """Create the gateways, then the devices behind them (a site's device has the site's code)."""

    def device(plan: DevicePlan, owner: EnterprisePlan, gateway: Device | None) -> Device:
        return Device(
            code=plan.code,
            name=plan.name,
            enterprise=owners[owner.code],
            site=sites.get(plan.code),
            gateway=gateway,
            key_digest=digest(keys[plan.code]),
            key_issued_at=now,
            registered_at=now,
        )

    first = [device(plan.gateway, plan, None) for plan in plans if plan.gateway]
    gateways = {row.code: row for row in Device.objects.bulk_create(first)}
    behind = [
        device(site.device, plan, gateways.get(site.device.gateway)) for plan in plans for site in plan.sites
    ]
    created = [*gateways.values(), *Device.objects.bulk_create(behind)]
    AlarmRule.objects.bulk_create(silence_rule(row) for row in created)
    return {row.code: row for row in created}


def _create_tags(plans: Sequence[EnterprisePlan], devices: dict[str, Device]) -> tuple[int, int]:
    """Create the tags and their rules; return how many of each."""
    planned = [
        (tag, _tag(tag, device, devices)) for plan in plans for device in plan.devices for tag in device.tags
    ]
    tags = Tag.objects.bulk_create(row for _, row in planned)
    rules = [
        _rule(row, tag) for (plan, _), tag in zip(planned, tags, strict=True) for row in plan.row["rules"]
    ]
    rules += filter(None, map(bad_data_rule, tags))
    return len(tags), len(AlarmRule.objects.bulk_create(rules))


def _tag(plan: TagPlan, device: DevicePlan, devices: dict[str, Device]) -> Tag:
    row = plan.row
    return Tag(
        device=devices[device.code],
        code=plan.code,
        name=plan.name,
        quantity=row["quantity"],
        unit=row["unit"],
        decimals=row["decimals"],
        period_s=device.period_s,
        range_low=row["range"][0],
        range_high=row["range"][1],
    )


def _rule(row: dict[str, Any], tag: Tag) -> AlarmRule:
    point = setpoint(row["setpoint"])
    return AlarmRule(
        enterprise_id=tag.device.enterprise_id,
        tag=tag,
        kind=row["kind"],
        limit=point.value,
        deadband=row.get("deadband", 0.0),
        on_delay_s=row.get("delay", 0.0),
        off_delay_s=row.get("off", 0.0),
        severity=row["severity"],
        action=point.action,
        citation=point.citation,
        opens_warning=row.get("warns", False),
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
    text = "\n".join([_("用户名\t密码\t姓名\t岗位"), *lines, ""])
    folder.write_private(folder.folder("demo") / "accounts.txt", text.encode())
