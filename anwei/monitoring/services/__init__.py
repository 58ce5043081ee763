"""The verbs of this room that write: devices, tags, rules, alarms and the warnings they open."""

from anwei.monitoring.services.alarms import Recorded, acknowledge, record_episodes
from anwei.monitoring.services.devices import add_tag, register_device, revoke, rotate_key
from anwei.monitoring.services.errors import MonitoringError, NotAllowed
from anwei.monitoring.services.forecasts import end_past, give_verdict, mark_important, record_findings
from anwei.monitoring.services.rules import add_rule, change_rule

__all__ = [
    "MonitoringError",
    "NotAllowed",
    "Recorded",
    "acknowledge",
    "add_rule",
    "add_tag",
    "change_rule",
    "end_past",
    "give_verdict",
    "mark_important",
    "record_episodes",
    "record_findings",
    "register_device",
    "revoke",
    "rotate_key",
]
