"""What a sheet would register, checked row by row against itself and against what is registered already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.provision.columns import BY_NAME, BadCell
from anwei.monitoring.provision.sheet import Row, Sheet
from anwei.monitoring.services.devices import check_tag
from anwei.monitoring.services.errors import MonitoringError
from anwei.monitoring.services.rules import check_order
from anwei.org.models import Territory, Unit
from anwei.sites.models import Enterprise, Site

LIMITS = (AlarmRule.Kind.HH, AlarmRule.Kind.H, AlarmRule.Kind.L, AlarmRule.Kind.LL, AlarmRule.Kind.RATE)
Cells = dict[str, Any]


class BadRow(Exception):
    """A row that cannot be registered; the sentence says why."""


@dataclass
class Plan:
    """New rows by their natural key, each as the cells of the row that brought it first."""

    enterprises: dict[str, Cells] = field(default_factory=dict)  # by credit code
    sites: dict[str, Cells] = field(default_factory=dict)  # by code
    devices: dict[str, Cells] = field(default_factory=dict)  # by code, gateways before their members
    tags: dict[tuple[str, str], Cells] = field(default_factory=dict)  # by device code and tag code
    errors: dict[int, str] = field(default_factory=dict)  # row number -> reasons

    def counts(self) -> dict[str, int]:
        """Return how much would be registered."""
        return {
            "enterprises": len(self.enterprises),
            "sites": len(self.sites),
            "devices": len(self.devices),
            "tags": len(self.tags),
            "rules": sum(map(n_rules, self.tags.values())) + len(self.devices),
        }


@dataclass(frozen=True)
class Registered:
    """What the register holds already: to whom each key belongs."""

    enterprises: set[str]  # credit codes
    unit_names: set[str]
    territories: set[str]
    sites: dict[str, str]  # code -> credit code
    devices: dict[str, tuple[str, bool, bool]]  # code -> credit code, is revoked, has a gateway
    tags: set[tuple[str, str]]

    @classmethod
    def now(cls) -> Registered:
        """Read the register; six queries."""
        devices = Device.objects.values_list("code", "enterprise__credit_code", "revoked_at", "gateway_id")
        return cls(
            set(Enterprise.objects.values_list("credit_code", flat=True)),
            set(Unit.objects.values_list("name", flat=True)),
            set(Territory.objects.values_list("code", flat=True)),
            dict(Site.objects.values_list("code", "enterprise__credit_code")),
            {code: (owner, revoked is not None, gw is not None) for code, owner, revoked, gw in devices},
            set(Tag.objects.values_list("device__code", "code")),
        )


def make_plan(sheet: Sheet, registered: Registered) -> Plan:
    """Check every row; a bad one is noted with all its reasons and adds nothing."""
    planner = _Planner(registered)
    for number, row in sheet.rows:
        try:
            planner.take(_read(sheet, row))
        except BadRow as error:
            planner.plan.errors[number] = str(error)
    return planner.plan


def limits(cells: Cells) -> dict[str, float]:
    """Return the limits of a tag's row by kind."""
    return {kind.value: cells[kind] for kind in LIMITS if cells.get(kind) is not None}


def n_rules(cells: Cells) -> int:
    """Return how many rules a tag's row makes: one a limit, and one for bad data where it has a range."""
    return len(limits(cells)) + ("range_low" in cells or "range_high" in cells)


def _read(sheet: Sheet, row: Row) -> Cells:
    cells: Cells = {}
    faults = []
    for column, cell in zip(sheet.columns, row, strict=False):
        if column is not None and cell:
            try:
                cells[column.field] = column.read(cell)
            except BadCell as fault:
                faults.append(
                    _("%(column)s“%(cell)s”%(fault)s")
                    % {"column": column.header, "cell": cell[:40], "fault": fault}
                )
    if faults:
        raise BadRow(_("；").join(faults))
    return cells


def _check_filled(cells: Cells, *fields: str) -> None:
    """Raise BadRow naming the columns that a row must fill and does not."""
    missing = [BY_NAME[name].header for name in fields if name not in cells]
    if missing:
        raise BadRow(_("%(columns)s为空") % {"columns": _("、").join(missing)})


class _Planner:
    def __init__(self, registered: Registered) -> None:
        self._registered = registered
        self._names = dict[str, str]()  # enterprise name -> credit code, of this sheet
        self.plan = Plan()

    def take(self, cells: Cells) -> None:
        """Check a row and note what it adds; raises BadRow and notes nothing."""
        new_enterprise = self._check_enterprise(cells)
        new_site = self._check_site(cells)
        new_device = self._check_device(cells)
        if "tag" in cells:
            self._check_tag(cells)
            self.plan.tags[cells["device"], cells["tag"]] = cells
        if new_enterprise:
            self._names[cells["enterprise"]] = cells["credit_code"]
            self.plan.enterprises[cells["credit_code"]] = cells
        if new_site:
            self.plan.sites[cells["site_code"]] = cells
        if new_device:
            self.plan.devices[cells["device"]] = cells

    def _check_enterprise(self, cells: Cells) -> bool:
        _check_filled(cells, "enterprise", "credit_code")
        code, name = cells["credit_code"], cells["enterprise"]
        if code in self._registered.enterprises:
            return False
        if (known := self.plan.enterprises.get(code)) is not None:
            for field_name in ("enterprise", "sector", "territory"):
                if field_name in cells and cells[field_name] != known[field_name]:
                    raise BadRow(_("与前面的行中同一企业的名称、行业或属地代码不一致"))
            return False
        if name in self._registered.unit_names or name in self._names:
            raise BadRow(_("企业名称“%(name)s”已用于另一单位") % {"name": name})
        _check_filled(cells, "sector", "territory")
        known_territories = self._registered.territories
        if known_territories and cells["territory"] not in known_territories:
            raise BadRow(_("属地代码 %(code)s 未登记") % {"code": cells["territory"]})
        return True

    def _check_site(self, cells: Cells) -> bool:
        code = cells.get("site_code")
        if code is None:
            if "site" in cells:
                raise BadRow(_("填了重点部位，须填部位编号"))
            return False
        owner = self._registered.sites.get(code) or self.plan.sites.get(code, {}).get("credit_code")
        if owner is None and "site" not in cells:
            raise BadRow(_("新部位须填重点部位的名称"))
        if owner not in (None, cells["credit_code"]):
            raise BadRow(_("部位编号 %(code)s 属于另一企业") % {"code": code})
        return owner is None

    def _check_device(self, cells: Cells) -> bool:
        code = cells.get("device")
        if code is None:
            if "tag" in cells:
                raise BadRow(_("填了测点，须填设备编码"))
            return False
        if code in self._registered.devices:
            owner, revoked, _member = self._registered.devices[code]
            if revoked:
                raise BadRow(_("设备 %(code)s 已停用") % {"code": code})
        else:
            owner = self.plan.devices.get(code, {}).get("credit_code", "")
        if owner and owner != cells["credit_code"]:
            raise BadRow(_("设备编码 %(code)s 属于另一企业") % {"code": code})
        if not owner and "gateway" in cells:
            self._check_gateway(cells["gateway"], cells["credit_code"])
        return not owner

    def _check_gateway(self, code: str, credit_code: str) -> None:
        if code in self._registered.devices:
            owner, revoked, member = self._registered.devices[code]
        elif (planned := self.plan.devices.get(code)) is not None:
            owner, revoked, member = planned["credit_code"], False, "gateway" in planned
        else:
            raise BadRow(_("网关 %(code)s 未登记，也不在前面的行") % {"code": code})
        if owner != credit_code or revoked:
            raise BadRow(_("网关 %(code)s 属于另一企业或已停用") % {"code": code})
        if member:
            raise BadRow(_("网关 %(code)s 本身挂在另一网关下") % {"code": code})

    def _check_tag(self, cells: Cells) -> None:
        key = (cells["device"], cells["tag"])
        if key in self._registered.tags:
            raise BadRow(_("测点 %(tag)s 已登记") % {"tag": "/".join(key)})
        if key in self.plan.tags:
            raise BadRow(_("测点 %(tag)s 与前面的行重复") % {"tag": "/".join(key)})
        try:
            check_tag(
                cells["tag"], cells.get("period_s", 1.0), cells.get("range_low"), cells.get("range_high")
            )
            check_order(limits(cells))
        except MonitoringError as fault:
            raise BadRow(str(fault).rstrip("。.")) from fault
