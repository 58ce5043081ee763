"""How an alarm is read aloud: value, limit, state, who was told; the same words on screen and sheet."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.kinds import kind_of
from anwei.monitoring.models import Alarm, AlarmRule, Warning

NO_CLAUSE = gettext_lazy("无条款，可改")
COMPARISONS = {
    AlarmRule.Kind.HH: "≥",
    AlarmRule.Kind.H: "≥",
    AlarmRule.Kind.L: "≤",
    AlarmRule.Kind.LL: "≤",
    AlarmRule.Kind.RATE: "≥",
}


def number_words(value: float | None, decimals: int) -> str:
    """Return a value with its tag's decimals, or a dash."""
    return "—" if value is None else f"{value:.{decimals}f}"


def value_words(alarm: Alarm) -> str:
    """Return the value that raised the alarm with its unit; the kind in words where no value can raise it."""
    if alarm.tag is None or alarm.kind in (AlarmRule.Kind.NO_DATA, AlarmRule.Kind.BAD):
        return str(alarm.get_kind_display())
    if alarm.value is None:
        return "—"
    per_minute = _("/分钟") if alarm.kind == AlarmRule.Kind.RATE else ""
    return f"{number_words(alarm.value, alarm.tag.decimals)} {alarm.tag.unit}{per_minute}".strip()


def limit_words(alarm: Alarm) -> str:
    """Return the limit with its comparison, "" where there is none."""
    comparison = COMPARISONS.get(AlarmRule.Kind(alarm.kind))
    if comparison is None or alarm.limit is None or alarm.tag is None:
        return ""
    return f"{comparison} {number_words(alarm.limit, alarm.tag.decimals)}"


def state_words(alarm: Alarm) -> str:
    """Return the two facts of an alarm, condition and acknowledgement, as one phrase."""
    if alarm.cleared_at is None:
        return _("活动、未确认") if alarm.acknowledged_at is None else _("活动、已确认")
    return _("已恢复、未确认") if alarm.acknowledged_at is None else _("已恢复、已确认")


def told(alarm: Alarm) -> list[tuple[str, str]]:
    """Return which unit was told of an alarm with what it did last, "" when nothing yet.

    The duty post sees every alarm on its screen; the implementer is told by the warning. Reads
    `alarm.warning.entries`, which lists prefetch.
    """
    warning = alarm.warning
    if warning is None:
        return [(_("值班台"), _acknowledged(alarm))]
    return [
        (str(warning.supervisor.unit), _acknowledged(alarm)),
        (str(warning.implementer.unit), _last_act(warning) or _("待签收")),
    ]


def _acknowledged(alarm: Alarm) -> str:
    return "" if alarm.acknowledged_at is None else _("%(at)s 确认") % {"at": clock(alarm.acknowledged_at)}


def _last_act(warning: Warning) -> str:
    acts = [entry for entry in warning.entries.all() if entry.post_id == warning.implementer_id]
    if not acts:
        return ""
    label = kind_of(warning).lifecycle.label_of(acts[-1].verb)
    return f"{clock(acts[-1].at)} {label}"


def clock(at: datetime) -> str:
    """Return hours and minutes, with month and day before them unless it is today."""
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local:%m-%d %H:%M}"
