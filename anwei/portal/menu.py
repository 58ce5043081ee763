"""The left menu: at most nine groups, each a door that the person may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Door:
    """One entry of the menu; `names` are the URL names under which it is lit."""

    name: str
    label: _StrPromise
    icon: str
    names: tuple[str, ...] = ()
    counted: str = ""  # which number of `portal.context` stands beside it
    officials_only: bool = False

    def lit(self, current: str) -> bool:
        """Say whether the page named `current` belongs to this entry."""
        return current == self.name or current in self.names


MENU = (
    Door("cockpit", _("驾驶舱"), "gauge"),
    Door("work", _("待办"), "list-check", counted="n_work"),
    Door("alarms", _("监测报警"), "bell-ringing", ("alarm_acknowledge",), counted="n_alarms"),
    Door("cases", _("预警处置"), "clipboard-check", ("case", "case_advance", "extensions")),
    Door("enterprises", _("一企一档"), "building-factory-2", ("enterprise",)),
    Door(
        "gaps",
        _("责任体系"),
        "shield-check",
        ("responsibility", "responsibility_matrix", "units", "unit", "post", "person", "sectors", "signings"),
    ),
    Door(
        "ledgers",
        _("台账"),
        "clipboard-list",
        ("ledger", "ledger_row", "ledger_new", "ledger_edit", "ledger_import", "ledger_sheet", "ledger_grid"),
    ),
    Door("devices", _("监测设备"), "antenna", ("device", "tag")),
    Door("rejects", _("拒收数据"), "ban"),
    Door("status", _("系统状态"), "heartbeat", officials_only=True),
)
