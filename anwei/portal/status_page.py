"""How the system itself is: for officials a page, for a watchdog `/healthz`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from anwei.cases.notices.queries import channel_states
from anwei.monitoring.bus import StoreAway, doors
from anwei.org.holdings import posts_of
from anwei.org.models import PUBLIC_BODIES, Display, Person
from anwei.org.policy import person_of, public, signed_in
from anwei.portal.health import Watchdog
from anwei.portal.status import collect
from anwei.portal.system.orphans import last_look
from anwei.portal.worries import worries

DAY = timedelta(days=1)
TITLES = {
    "broker": gettext_lazy("消息服务"),
    "gate": gettext_lazy("设备准入"),
    "stream": gettext_lazy("报警引擎与监测数据库"),
    "detect": gettext_lazy("早期预警"),
    "worker": gettext_lazy("报警入库、预警、时限"),
    "web": gettext_lazy("页面与接口"),
    "simulate": gettext_lazy("演示县的设备"),
    "attend": gettext_lazy("演示县的值班员"),
}
watchdog = Watchdog()


def is_official(person: Person, now: datetime) -> bool:
    """Say whether the person holds a post of a public body, not only of an enterprise."""
    return posts_of(person, now).filter(unit__kind__in=PUBLIC_BODIES).exists()


@signed_in
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Show processes, rates, lag, space and displays to officials."""
    now = timezone.now()
    if not is_official(person_of(request), now):
        raise PermissionDenied(_("系统状态只对机关工作人员开放。"))
    found = collect(settings.DATA)
    context = {
        "found": found,
        "processes": [
            {**process, "title": TITLES.get(process["name"], "")} for process in found.get("processes", [])
        ],
        "stream": found.get("stream"),
        "n_rejects": _rejects_of_a_day(now),
        "displays": Display.objects.filter(revoked_at__isnull=True, bound_at__isnull=False)
        .select_related("person", "issued_by")
        .order_by("-pk"),
        "worries": list(worries(found, now)),
        "states": [(one, one.is_stuck(now)) for one in channel_states(now)],
        "orphans": last_look(),
        "now": now,
    }
    return render(request, "status.html", context)


@public
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when a write and a read through every store work, else 503; reasons only for officials."""
    health = watchdog.ask()
    official = request.user.is_authenticated and is_official(person_of(request), timezone.now())
    checks = [
        {"name": one.name, "ok": one.ok, "milliseconds": one.milliseconds}
        | ({"no_room": True} if one.no_room else {})
        | ({"detail": one.detail} if official and one.detail else {})
        for one in health.checks
    ]
    return JsonResponse({"ok": health.ok, "checks": checks}, status=200 if health.ok else 503)


def _rejects_of_a_day(now: datetime) -> int | None:
    try:
        counts = doors().reject_counts(int((now - DAY).timestamp() * 1000))
    except StoreAway:
        return None
    return sum(int(row["count"]) for row in counts)
