"""How far the early warning has come: what it has not looked at is not called calm."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anwei.ledgers.lengths import duration_words
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.columns import moment
from anwei.monitoring.models import AlarmRule, Tag
from anwei.monitoring.reading import clock
from anwei.monitoring.services.positions import WORKED_OFF, position

LATE = timedelta(minutes=5)  # a row is closed half a minute after its minute, a busy machine takes some more


def behind(now: datetime) -> str:
    """Return how far the early warning lies behind what has arrived, "" where it does not."""
    worked_off = position(WORKED_OFF)
    if not worked_off:
        return _("早期预警还没有开始推算")
    at = moment(worked_off)
    if now - at < LATE:
        return ""
    return _("早期预警落后 %(length)s，算到 %(at)s") % {
        "length": duration_words((now - at).total_seconds()),
        "at": clock(at),
    }


def has_begun() -> bool:
    """Say whether the early warning has ever looked at anything."""
    return position(WORKED_OFF) > 0


def watched(tags: QuerySet[Tag]) -> QuerySet[Tag]:
    """Return those of `tags` that the early warning looks at: with a rule in force, of devices in service."""
    rules = AlarmRule.objects.filter(enabled=True, tag__isnull=False)
    return tags.filter(device__revoked_at__isnull=True, pk__in=rules.values("tag"))


def calm_words(tags: QuerySet[Tag], now: datetime) -> tuple[str, str]:
    """Return in how far nothing is foretold of `tags`, as a title and a sentence."""
    none = _("没有早期预警")
    if late := behind(now):
        return late, _("此后的走势还没有看，不能说与平时相近。")
    numbers = list(watched(tags).values_list("pk", flat=True))
    if not numbers:
        return none, _("没有测点启用了报警规则，早期预警无可看。")
    try:
        n_short = len(numbers) - doors().n_learned(numbers)
    except StoreAway:
        return _("早期预警没有应答"), _("现在的走势还不知道。")
    told = {"n": len(numbers), "short": n_short}
    if n_short == len(numbers):
        return _("样本不足"), _("%(n)d 个测点都样本不足，走势是否异常还不能判断。") % told
    if n_short:
        return none, _(
            "%(n)d 个测点中 %(short)d 个样本不足，其余的走势都与平时相近；突然的跳变不能预见。"
        ) % told
    return none, _("各测点的走势都与平时相近；突然的跳变不能预见。")
