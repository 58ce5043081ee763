"""Who may do what in this room: which posts, and only within their scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.monitoring.services.errors import NotAllowed
from anwei.org.holdings import posts_of
from anwei.org.models import PUBLIC_BODIES, Person, Post

WATCH = Q(kind__in=(Post.Kind.DUTY, Post.Kind.OFFICER, Post.Kind.SAFETY, Post.Kind.PRINCIPAL))
"""Posts that watch the screens and answer for what stands on them: they acknowledge alarms."""

REGISTRARS = Q(kind__in=(Post.Kind.DUTY, Post.Kind.OFFICER)) & Q(unit__kind__in=PUBLIC_BODIES)
"""Posts of public bodies that keep the register: an enterprise does not set its own limits."""


def check_authority(actor: Person | None, posts: Q, row: Any, now: datetime) -> None:
    """Raise NotAllowed unless `actor` holds one of `posts` and sees `row`; None is the system."""
    if actor is None:
        return
    if not posts_of(actor, now).filter(posts).exists():
        raise NotAllowed(_("您的岗位没有此项权限。"))
    if not type(row).objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed(_("该对象不在您的管辖范围内。"))
