"""One tag: its history with limits and alarms, down to the raw samples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import number_in
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.columns import finite, moment
from anwei.monitoring.foresight import forecasts_of, try_foresight
from anwei.monitoring.lateness import behind
from anwei.monitoring.models import Alarm, AlarmRule, Tag
from anwei.monitoring.queries import alarms_of, silence_of, tags_with_rules
from anwei.monitoring.views.devices import latest_of, may_register
from anwei.org.policy import person_of, signed_in

DEFAULT_POINTS, MAX_POINTS = 1000, 4000
MAX_SPAN_MS = int(timedelta(days=366).total_seconds() * 1000)
LAST_MS = 4_102_444_800_000  # 2100-01-01 UTC
HOUR_MS = 3_600_000
MAX_MARKS = 200
LIMIT_KINDS = (AlarmRule.Kind.HH, AlarmRule.Kind.H, AlarmRule.Kind.L, AlarmRule.Kind.LL)


@signed_in
@require_GET
def tag(request: HttpRequest, number: int) -> HttpResponse:
    """Show one tag: chart, rules with their clause, statistics, the newest value."""
    shown = _tag(request, number)
    latest = latest_of([shown])
    rules = sorted(shown.rules.all(), key=lambda rule: list(AlarmRule.Kind).index(AlarmRule.Kind(rule.kind)))
    foresight, detect_away = try_foresight(shown)
    context = {
        "tag": shown,
        "foresight": foresight,
        "detect_away": detect_away,
        "behind": behind(timezone.now()),
        "forecasts": forecasts_of(person_of(request)).filter(tag=shown)[:5],
        "rules": rules,
        "may_register": may_register(person_of(request), shown),
        "silence": silence_of(shown.device),
        "latest": (latest or {}).get(number),
        "store_away": latest is None,
        "alarms": alarms_of(person_of(request)).filter(tag=shown)[:10],
        "limits": [
            {"kind": rule.get_kind_display(), "limit": rule.limit, "severity": rule.severity}
            for rule in rules
            if rule.enabled and rule.kind in LIMIT_KINDS
        ],
    }
    return render(request, "monitoring/tag.html", context)


@signed_in
@require_GET
def tag_history(request: HttpRequest, number: int) -> JsonResponse:
    """Answer `?from=&to=&points=` (ms): raw samples where they are few, else extremes of each bucket."""
    shown = _tag(request, number)
    now = int(timezone.now().timestamp() * 1000)
    end = _number(request, "to", now)
    start = _number(request, "from", end - 24 * HOUR_MS)
    points = min(max(_number(request, "points", DEFAULT_POINTS), 10), MAX_POINTS)
    if not 0 < end - start <= MAX_SPAN_MS or end > LAST_MS:
        return JsonResponse({"error": _("时段无效：应从早到晚，最长一年。")}, status=400)
    few = (end - start) / (shown.period_s * 1000) <= points
    try:
        columns = doors().history(number, start, end, None if few else points)
        statistics = _statistics(number, start, end)
    except StoreAway:
        return JsonResponse({"error": _("遥测存储暂时没有应答，稍后自动重试。")}, status=503)
    return JsonResponse(
        {
            "raw": len(columns["ts"]) >= statistics["count"],
            "ts": columns["ts"].tolist(),
            "value": [finite(value) for value in columns["value"].tolist()],
            "quality": columns["quality"].tolist(),
            "statistics": statistics,
            "alarms": _marks(request, shown, start, end),
        }
    )


def _tag(request: HttpRequest, number: int) -> Tag:
    return get_object_or_404(tags_with_rules(Tag.objects.visible_to(person_of(request))), pk=number)


def _number(request: HttpRequest, name: str, default: int) -> int:
    number = number_in(request.GET.get(name, ""))
    return default if number is None else number


def _statistics(number: int, start: int, end: int) -> dict[str, Any]:
    """Return count, minimum, maximum and mean of [start, end) from the store's aggregates."""
    interval = HOUR_MS if end - start > 6 * HOUR_MS else HOUR_MS // 60
    columns = doors().aggregate([number], start, end, interval)
    count = columns["count"]
    total = int(count.sum())
    if not total:
        return {"count": 0, "minimum": None, "maximum": None, "mean": None}
    mean = float(np.nansum(columns["mean"] * count) / total)
    return {
        "count": total,
        "minimum": float(np.nanmin(columns["minimum"])),
        "maximum": float(np.nanmax(columns["maximum"])),
        "mean": mean,
    }


def _marks(request: HttpRequest, shown: Tag, start: int, end: int) -> list[dict[str, Any]]:
    alarms = (
        Alarm.objects.visible_to(person_of(request))
        .filter(tag=shown, started_at__lt=moment(end))
        .filter(Q(cleared_at__isnull=True) | Q(cleared_at__gte=moment(start)))[:MAX_MARKS]
    )
    return [
        {
            "from": int(alarm.started_at.timestamp() * 1000),
            "to": int(alarm.cleared_at.timestamp() * 1000) if alarm.cleared_at else None,
            "severity": alarm.severity,
            "kind": alarm.get_kind_display(),
        }
        for alarm in alarms
    ]
