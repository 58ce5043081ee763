"""What the frame of every page needs: names, menu, counts, who is looking; computed only when a template asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from anwei import __version__
from anwei.monitoring.models import Alarm
from anwei.org.models import Person, Post
from anwei.portal.menu import MENU


@dataclass(frozen=True)
class MenuItem:
    """A door of the menu as it stands on this page."""

    name: str
    label: str
    icon: str
    lit: bool
    count: Any


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the context of `base.html`."""
    current = request.resolver_match.url_name if request.resolver_match else ""
    counts = {
        "n_work": SimpleLazyObject(lambda: _n_work(request)),
        "n_alarms": SimpleLazyObject(lambda: _n_alarms(request)),
    }
    return {
        "system_name": system_name(),
        "unit_name": unit_name(),
        "version": __version__,
        "demo": settings.DEMO,
        "server_ms": int(timezone.now().timestamp() * 1000),
        "csp_nonce": getattr(request, "csp_nonce", None),
        "post": SimpleLazyObject(lambda: _post(request)),
        "menu": [
            MenuItem(door.name, str(door.label), door.icon, door.lit(current or ""), counts.get(door.counted))
            for door in MENU
        ],
        **counts,
    }


def system_name() -> str:
    """Return the county's official name of the system."""
    return _("安全生产综合监管系统")


def unit_name() -> str:
    """Return the unit that runs the system (foot of every page)."""
    return ""


def _n_work(request: HttpRequest) -> int:
    return 0


def _n_alarms(request: HttpRequest) -> int:
    if not isinstance(request.user, Person):
        return 0
    return int(Alarm.objects.visible_to(request.user).filter(cleared_at__isnull=True).count())


def _post(request: HttpRequest) -> Post | None:
    if not isinstance(request.user, Person):
        return None
    today = timezone.localdate()
    held = Q(holdings__person=request.user, holdings__from_on__lte=today) & (
        Q(holdings__to_on__isnull=True) | Q(holdings__to_on__gte=today)
    )
    return Post.objects.filter(held).select_related("unit").first()
