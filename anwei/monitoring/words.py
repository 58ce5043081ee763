"""An alarm in words: what the reader must know without opening a chart."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.models import TITLE_LENGTH
from anwei.monitoring.models import Alarm, AlarmRule

STEADY_SHARE = 0.05  # of the greatest value in the period: a smaller move is called steady


def figure(alarm: Alarm, value: float | None) -> str:
    """Return a value with the decimals and the unit of the alarm's tag; "" without a value."""
    if value is None:
        return ""
    tag = alarm.tag
    return f"{value:.{tag.decimals}f} {tag.unit}".strip() if tag else f"{value:g}"


def title(alarm: Alarm) -> str:
    """Return the one line of a list: which enterprise, which place, what."""
    place = alarm.site.name if alarm.site else alarm.device.name
    what = alarm.tag.name if alarm.tag else alarm.device.name
    parts = [str(alarm.enterprise), place, what if what != place else "", alarm.get_kind_display()]
    words = _("%(what)s报警") % {"what": " ".join(part for part in parts if part)}
    return words if len(words) <= TITLE_LENGTH else f"{words[: TITLE_LENGTH - 1]}…"


def why(alarm: Alarm, trend: str = "") -> str:
    """Return why this is an alarm: value, limit, since when, trend, by which clause, what is to be done."""
    since = timezone.localtime(alarm.started_at).strftime("%Y-%m-%d %H:%M:%S")
    if alarm.kind == AlarmRule.Kind.NO_DATA:
        facts = [_("%(since)s 之后没有收到数据") % {"since": since}]
    elif alarm.kind == AlarmRule.Kind.BAD:
        facts = [_("自 %(since)s 起数据异常") % {"since": since}]
    else:
        facts = [
            _("自 %(since)s 起越过%(kind)s：数值 %(value)s，限值 %(limit)s")
            % {
                "since": since,
                "kind": alarm.get_kind_display(),
                "value": figure(alarm, alarm.value),
                "limit": figure(alarm, alarm.limit),
            }
        ]
    if trend:
        facts.append(trend)
    facts.append(_("依据：%(citation)s") % {"citation": alarm.rule.citation or _("无条款，可改")})
    if alarm.rule.action:
        facts.append(_("应采取的措施：%(action)s") % {"action": alarm.rule.action})
    return _("；").join(facts) + _("。")


def still_active(alarm: Alarm) -> str:
    """Return which tag or device an active alarm is about, and with which value it was raised."""
    what = alarm.tag or alarm.device
    since = timezone.localtime(alarm.started_at).strftime("%m-%d %H:%M")
    if alarm.value is None:
        return _("%(what)s自 %(since)s 起%(kind)s") % {
            "what": what,
            "since": since,
            "kind": alarm.get_kind_display(),
        }
    words = {"what": what, "value": figure(alarm, alarm.value), "limit": figure(alarm, alarm.limit)}
    return _("%(what)s自 %(since)s 起报警，报警值 %(value)s，限值 %(limit)s") % {**words, "since": since}


def trend(values: Sequence[float], minutes: int, decimals: int, unit: str) -> str:
    """Return how the values of the last `minutes` moved, first to last; "" with fewer than two."""
    if len(values) < 2:
        return ""
    first, last, greatest = values[0], values[-1], max(values, key=abs)
    figures = {
        "minutes": minutes,
        "first": f"{first:.{decimals}f}",
        "last": f"{last:.{decimals}f} {unit}".strip(),
    }
    if abs(last - first) <= STEADY_SHARE * abs(greatest):
        return _("近 %(minutes)d 分钟大致平稳，现为 %(last)s") % figures
    if last > first:
        return _("近 %(minutes)d 分钟由 %(first)s 升至 %(last)s") % figures
    return _("近 %(minutes)d 分钟由 %(first)s 降至 %(last)s") % figures
