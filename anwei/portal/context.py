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
from anwei.cases.desk import Counts, counts_of
from anwei.ledgers.services import county_setting
from anwei.monitoring.queries import n_active
from anwei.org.models import Person, Post, Territory, Unit
from anwei.org.scope import COUNTY_DIGITS, standing
from anwei.portal.demo_switch import parts
from anwei.portal.help import help_texts
from anwei.portal.menu import doors_of, groups_of

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
    posts: list[Post] = SimpleLazyObject(lambda: _posts(request))  # type: ignore[assignment]
    desk: Counts = SimpleLazyObject(lambda: _desk(request))  # type: ignore[assignment]
    counts = {
        "n_work": SimpleLazyObject(lambda: desk.n_todo),
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
        "unified_login": _unified_login(),
        "post": SimpleLazyObject(lambda: posts[0] if posts else None),
        "open_doors": SimpleLazyObject(lambda: {door.name for door in doors_of(posts)}),
        "help_name": current if current in help_texts() else "",
        "menu": SimpleLazyObject(lambda: _menu(current or "", posts, counts)),
        "desk": desk,
        **counts,
    }


def _unified_login() -> dict[str, Any] | None:
    """Return the county's unified login as the login page shows it, or None."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return apps[0] if apps else None


def _menu(current: str, posts: list[Post], counts: dict[str, Any]) -> list[tuple[str, list[MenuItem]]]:
    """Return the groups of the menu: each heading with its doors."""
    return [
        (
            str(group.label),
            [
                MenuItem(door.name, str(door.label), door.icon, door.lit(current), counts.get(door.counted))
                for door in group.doors
            ],
        )
        for group in groups_of(posts)
    ]


def system_name() -> str:
    """Return the county's official name of the system: its own setting, or made from the county's name."""
    named = county_setting(SYSTEM_NAME, "")
    if named:
        return str(named)
    counties = Territory.objects.filter(code__regex=rf"^\d{{{COUNTY_DIGITS}}}$")
    county = counties.values_list("name", flat=True).first()  # the whole row has the county's boundary
    return _("%(county)s安全生产综合监管系统") % {"county": county or ""}


def unit_name() -> str:
    """Return the unit that runs the system, for the foot of every page."""
    office = Unit.objects.filter(kind=Unit.Kind.COMMITTEE_OFFICE).values_list("name", flat=True).first()
    return office or ""


def _desk(request: HttpRequest) -> Counts:
    return counts_of(request.user, timezone.now()) if isinstance(request.user, Person) else Counts()


def _n_alarms(request: HttpRequest) -> int:
    if not isinstance(request.user, Person):
        return 0
    return n_active(request.user)


def _posts(request: HttpRequest) -> list[Post]:
    if not isinstance(request.user, Person):
        return []
    return list(standing(request.user).held)
