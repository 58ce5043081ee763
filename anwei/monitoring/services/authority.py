"""Who may do what in this room: which posts, and only within their scope."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.monitoring.services.errors import NotAllowed
from anwei.org.holdings import posts_of
from anwei.org.models import Person, Post

WATCH = frozenset({Post.Kind.DUTY, Post.Kind.OFFICER, Post.Kind.SAFETY, Post.Kind.PRINCIPAL})
"""Posts that watch the screens and answer for what stands on them: they acknowledge alarms."""

REGISTRARS = frozenset({Post.Kind.DUTY, Post.Kind.OFFICER})
"""Posts of the county that keep the register: an enterprise does not set its own limits."""


def check_authority(actor: Person | None, kinds: Collection[Post.Kind], row: Any, now: datetime) -> None:
    """Raise NotAllowed unless `actor` holds a post of one of `kinds` and sees `row`; None is the system."""
    if actor is None:
        return
    if not posts_of(actor, now).filter(kind__in=kinds).exists():
        raise NotAllowed(_("您的岗位没有此项权限。"))
    if not type(row).objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed(_("该对象不在您的管辖范围内。"))
