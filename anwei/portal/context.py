"""What the frame of every page needs: names, menu, counts, who is looking; computed when a template asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from anwei import __version__
from anwei.ledgers.services import county_setting
from anwei.monitoring.models import Alarm
from anwei.org.holdings import posts_of
from anwei.org.models import Person, Post, Territory, Unit
from anwei.org.responsibility import COUNTY_DIGITS
from anwei.portal.demo_switch import parts
from anwei.portal.menu import MENU

SYSTEM_NAME = "system.name"  # key of ledgers.Setting


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
        "system_name": SimpleLazyObject(system_name),
        "unit_name": SimpleLazyObject(unit_name),
        "version": __version__,
        "demo": settings.DEMO,
        "server_ms": int(timezone.now().timestamp() * 1000),
        "csp_nonce": getattr(request, "csp_nonce", None),
        "demo_parts": SimpleLazyObject(parts) if settings.DEMO else (),
        "post": SimpleLazyObject(lambda: _post(request)),
        "menu": [
            MenuItem(door.name, str(door.label), door.icon, door.lit(current or ""), counts.get(door.counted))
            for door in MENU
        ],
        **counts,
    }


def system_name() -> str:
    """Return the county's official name of the system: its own setting, or made from the county's name."""
    named = county_setting(SYSTEM_NAME, "")
    if named:
        return str(named)
    county = Territory.objects.filter(code__regex=rf"^\d{{{COUNTY_DIGITS}}}$").first()
    return _("%(county)s安全生产综合监管系统") % {"county": county or ""}


def unit_name() -> str:
    """Return the unit that runs the system, for the foot of every page."""
    office = Unit.objects.filter(kind=Unit.Kind.COMMITTEE_OFFICE).values_list("name", flat=True).first()
    return office or ""


def _n_work(request: HttpRequest) -> int:
    return 0


def _n_alarms(request: HttpRequest) -> int:
    if not isinstance(request.user, Person):
        return 0
    return int(Alarm.objects.visible_to(request.user).filter(cleared_at__isnull=True).count())


def _post(request: HttpRequest) -> Post | None:
    if not isinstance(request.user, Person):
        return None
    return posts_of(request.user, timezone.now()).select_related("unit").first()
