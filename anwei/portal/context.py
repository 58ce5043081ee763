"""What the frame of every page needs: names, menu, counts, who is looking; computed when a template asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from anwei import __version__
from anwei.cases.desk import Counts, counts_of
from anwei.ledgers.models import Setting
from anwei.ledgers.spelled import Spelled, spell, texts
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
    names: tuple[str, str] = SimpleLazyObject(_names)  # type: ignore[assignment]
    counts = {
        "n_work": SimpleLazyObject(lambda: desk.n_todo),
        "n_alarms": SimpleLazyObject(lambda: _n_alarms(request)),
    }
    return {
        "system_name": SimpleLazyObject(lambda: names[0]),
        "unit_name": SimpleLazyObject(lambda: names[1]),
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


def _names() -> tuple[str, str]:
    """Return the official name of the system and the unit that runs it, for head and foot of every page.

    The first is the county's own setting, or made from the county's name.
    """
    named, county, office = texts(_where_names_stand())
    own = str(json.loads(named)) if named else ""
    return own or _("%(county)s安全生产综合监管系统") % {"county": county}, office


@cache
def _where_names_stand() -> tuple[Spelled, ...]:
    counties = Territory.objects.alias(n_digits=Length("code")).filter(n_digits=COUNTY_DIGITS)
    offices = Unit.objects.filter(kind=Unit.Kind.COMMITTEE_OFFICE).order_by("pk")
    return (
        spell(Setting.objects.filter(pk=SYSTEM_NAME).values("value")),
        spell(counties.values("name")[:1]),
        spell(offices.values("name")[:1]),
    )


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
