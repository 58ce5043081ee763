"""Values that were refused or doubted: counted, named, explained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.columns import moment
from anwei.monitoring.models import Device
from anwei.monitoring.rejections import EXPLANATIONS
from anwei.monitoring.stream.samples import Reason
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.scope import sees_the_county

PERIODS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7)}
NEWEST_ROWS = 100
MOST_DEVICES = 100  # asked one by one; with a row each, a further one has none among the newest


@signed_in
@require_GET
def rejects(request: HttpRequest) -> HttpResponse:
    """Show counts by reason and device, and the newest rows with what was sent."""
    period = request.GET.get("period", "")
    reason = request.GET.get("reason", "")
    device = request.GET.get("device", "")
    context: dict[str, Any] = {
        "period": period if period in PERIODS else "24h",
        "reason": reason if reason in EXPLANATIONS else "",
        "device": device,
        "explanations": {str(code): explanation for code, explanation in EXPLANATIONS.items()},
    }
    since = timezone.now() - PERIODS[context["period"]]
    person = person_of(request)
    sees = _sight(person)
    try:
        counts = [row for row in doors().reject_counts(int(since.timestamp() * 1000)) if sees(row["device"])]
        newest = _newest(counts, context["reason"], device, everywhere=sees_the_county(person))
    except StoreAway:
        return render(request, "monitoring/rejects.html", context | {"store_away": True})
    context |= {
        "reasons": _by_reason(counts),
        "devices": _by_device(counts, context["reason"]),
        "rows": [row | {"at": moment(row["received_at"])} for row in newest],
        "total": sum(row["count"] for row in counts),
        "known": set(Device.objects.visible_to(person).values_list("code", flat=True)),
    }
    return render(request, "monitoring/rejects.html", context)


def _sight(person: Person) -> Callable[[str], bool]:
    """Return the test of a device code; unregistered ones are in nobody's scope: the county's affair."""
    if sees_the_county(person):
        return lambda code: True
    return set(Device.objects.visible_to(person).values_list("code", flat=True)).__contains__


def _newest(
    counts: list[dict[str, Any]], reason: str, device: str, *, everywhere: bool
) -> list[dict[str, Any]]:
    """Return the newest rows of the devices that `counts` names, or of all devices."""
    if everywhere:
        return doors().rejects(0, NEWEST_ROWS, reason, device)
    reached: dict[str, int] = {}
    for row in counts:  # by device, since one bad device of somebody else may fill the county's newest rows
        has_rows = row["reason"] != Reason.LATE  # what is late is only counted
        if has_rows and device in ("", row["device"]) and reason in ("", row["reason"]):
            reached[row["device"]] = max(reached.get(row["device"], 0), row["newest"])
    rows: list[dict[str, Any]] = []
    for code, at in sorted(reached.items(), key=lambda item: -item[1])[:MOST_DEVICES]:
        if len(rows) == NEWEST_ROWS and rows[-1]["received_at"] > at:
            break
        rows += doors().rejects(0, NEWEST_ROWS, reason, code)
        rows = sorted(rows, key=lambda row: -row["sequence"])[:NEWEST_ROWS]
    return rows


def _by_reason(counts: list[dict[str, Any]]) -> list[tuple[Any, str, int]]:
    totals: dict[str, int] = {}
    for row in counts:
        totals[row["reason"]] = totals.get(row["reason"], 0) + row["count"]
    ranked = sorted(totals.items(), key=lambda pair: -pair[1])
    return [(EXPLANATIONS[Reason(reason)], reason, count) for reason, count in ranked]


def _by_device(counts: list[dict[str, Any]], reason: str) -> list[tuple[str, int]]:
    totals: dict[str, int] = {}
    for row in counts:
        if reason in ("", row["reason"]):
            totals[row["device"]] = totals.get(row["device"], 0) + row["count"]
    return sorted(totals.items(), key=lambda pair: -pair[1])[:10]
