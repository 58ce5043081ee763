"""Write a plan into the register in one transaction, and the keys of the new devices into a file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.monitoring.models import AlarmRule, Device, Severity, Tag
from anwei.monitoring.provision.plan import Cells, Plan, limits
from anwei.monitoring.services.devices import bad_data_rule, digest, new_key, silence_rule
from anwei.monitoring.services.positions import bump_register
from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Enterprise, Site

CHUNK = 5000  # rows a statement
SEVERITIES = {
    AlarmRule.Kind.HH: Severity.RED,
    AlarmRule.Kind.H: Severity.YELLOW,
    AlarmRule.Kind.L: Severity.YELLOW,
    AlarmRule.Kind.LL: Severity.RED,
    AlarmRule.Kind.RATE: Severity.YELLOW,
}
WARNING_KINDS = frozenset({AlarmRule.Kind.HH, AlarmRule.Kind.LL})
IMPORT_REGISTER = "monitoring.provision"

Made = TypeVar("Made", bound=Model)


def write_plan(
    plan: Plan, *, actor: Person | None, now: datetime, file_name: str, sha256: str, keys: Path
) -> dict[str, int]:
    """Register all of the plan; one sealed change tells of the file and the counts, which are returned.

    The keys of new devices go to the file `keys` (0600, must not exist): no device without its key, no key
    without its device. Raises FileExistsError, or IntegrityError when somebody else was faster.
    """
    plain = {code: new_key() for code in plan.devices}
    with _keys_file(keys, plain), transaction.atomic():
        enterprises = _enterprises(plan)
        sites = _sites(plan, enterprises)
        devices = _devices(plan, enterprises, sites, plain, now)
        _write_tags(plan, devices)
        counts = plan.counts()
        content = {"file": file_name, "sha256": sha256, "counts": counts, "rows_refused": len(plan.errors)}
        record_change(IMPORT_REGISTER, sha256[:16], actor=actor, now=now, verb="import", content=content)
        bump_register()
    return counts


@contextmanager
def _keys_file(path: Path, plain: dict[str, str]) -> Iterator[None]:
    """Write the keys before the register is written, and remove them again when it is not."""
    if not plain:
        yield
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["device", "key"])
        writer.writerows(plain.items())
        file.flush()
        os.fsync(file.fileno())
    try:
        yield
    except BaseException:
        path.unlink()
        raise


def _enterprises(plan: Plan) -> dict[str, Enterprise]:
    """Make the new enterprises, each with the two posts the law asks for; return all that the plan needs."""
    new = list(plan.enterprises.values())
    units = _make(
        Unit,
        (
            Unit(kind=Unit.Kind.ENTERPRISE, name=cells["enterprise"], territory=cells["territory"])
            for cells in new
        ),
    )
    posts = ((Post.Kind.PRINCIPAL, _("主要负责人")), (Post.Kind.SAFETY, _("安全管理人员")))
    _make(Post, (Post(unit=unit, kind=kind, title=title) for unit in units for kind, title in posts))
    made = _make(
        Enterprise,
        (
            Enterprise(
                unit=unit,
                credit_code=cells["credit_code"],
                sector=cells["sector"],
                **_given(cells, "address", "longitude", "latitude"),
            )
            for unit, cells in zip(units, new, strict=True)
        ),
    )
    needed = {cells["credit_code"] for part in (plan.sites, plan.devices) for cells in part.values()}
    return _with_registered(Enterprise, made, "credit_code", needed)


def _sites(plan: Plan, enterprises: dict[str, Enterprise]) -> dict[str, Site]:
    made = _make(
        Site,
        (
            Site(
                enterprise=enterprises[cells["credit_code"]],
                code=code,
                name=cells["site"],
                kind=cells.get("site_kind", ""),
            ).completed()
            for code, cells in plan.sites.items()
        ),
    )
    needed = {cells["site_code"] for cells in plan.devices.values() if "site_code" in cells}
    return _with_registered(Site, made, "code", needed)


def _devices(
    plan: Plan,
    enterprises: dict[str, Enterprise],
    sites: dict[str, Site],
    plain: dict[str, str],
    now: datetime,
) -> dict[str, Device]:
    """Make the new devices, gateways before their members; return all that the tags need."""
    members = {code: cells for code, cells in plan.devices.items() if "gateway" in cells}
    gateways: dict[str, Device] = {}

    def device(code: str, cells: Cells) -> Device:
        return Device(
            code=code,
            name=cells.get("device_name", code),
            enterprise=enterprises[cells["credit_code"]],
            site=sites.get(cells.get("site_code", "")),
            gateway=gateways.get(cells.get("gateway", "")),
            key_digest=digest(plain[code]),
            key_issued_at=now,
            registered_at=now,
        )

    made = _make(Device, (device(code, cells) for code, cells in plan.devices.items() if code not in members))
    gateways = _with_registered(Device, made, "code", {cells["gateway"] for cells in members.values()})
    made += _make(Device, (device(code, cells) for code, cells in members.items()))
    _make(AlarmRule, (silence_rule(row) for row in made))
    return _with_registered(Device, made, "code", {code for code, _tag in plan.tags})


def _write_tags(plan: Plan, devices: dict[str, Device]) -> None:
    tags = _make(
        Tag,
        (
            Tag(
                device=devices[code],
                code=tag,
                name=cells.get("tag_name", tag),
                **_given(cells, "quantity", "unit", "decimals", "period_s", "range_low", "range_high"),
            )
            for (code, tag), cells in plan.tags.items()
        ),
    )
    _make(
        AlarmRule,
        (
            _rule(tag, kind, limit, cells)
            for tag, cells in zip(tags, plan.tags.values(), strict=True)
            for kind, limit in limits(cells).items()
        ),
    )
    _make(AlarmRule, filter(None, map(bad_data_rule, tags)))


def _rule(tag: Tag, kind: str, limit: float, cells: Cells) -> AlarmRule:
    return AlarmRule(
        tag=tag,
        enterprise_id=tag.device.enterprise_id,
        kind=kind,
        limit=limit,
        severity=SEVERITIES[AlarmRule.Kind(kind)],
        opens_warning=kind in WARNING_KINDS and cells.get("opens_warning", False),
        **_given(cells, "deadband", "on_delay_s", "off_delay_s", "citation", "action"),
    )


def _given(cells: Cells, *names: str) -> dict[str, Any]:
    """Return the cells that were filled; the model's own defaults stand for the others."""
    return {name: cells[name] for name in names if name in cells}


def _make(model: type[Made], rows: Iterable[Made]) -> list[Made]:
    return model._default_manager.bulk_create(rows, batch_size=CHUNK)


def _with_registered(model: type[Made], made: Iterable[Made], key: str, needed: set[str]) -> dict[str, Made]:
    """Return rows by natural key: those just made, and of the needed ones those registered before."""
    rows = {getattr(row, key): row for row in made}
    missing = sorted(needed - rows.keys())
    for start in range(0, len(missing), CHUNK):
        found = model._default_manager.filter(**{f"{key}__in": missing[start : start + CHUNK]})
        rows |= {getattr(row, key): row for row in found}
    return rows
