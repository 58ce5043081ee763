"""What of this room waits on a desk: drifts towards a limit of gravity, for who keeps watch or regulates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.monitoring.foresight import pressing, reason
from anwei.monitoring.models import Forecast
from anwei.monitoring.reading import clock
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import standing

KEEP_WATCH = (Post.Kind.DUTY, Post.Kind.SAFETY)  # an enterprise without a duty post has its safety post


def _rows(person: Person, day: date) -> QuerySet[Forecast]:
    """Return the pressing ones without a verdict, for posts that keep watch or regulate; for others none."""
    if not any(post.kind in KEEP_WATCH or _regulates(post) for post in standing(person).posts):
        return Forecast.objects.none()
    return pressing(person).filter(verdict="")


def _regulates(post: Post) -> bool:
    return post.kind == Post.Kind.OFFICER and post.unit.kind == Unit.Kind.DEPARTMENT


def _lines(rows: Sequence[Forecast]) -> list[Line]:
    """Tell them as they come, but last those whose expected time has passed, though not yet their latest."""
    now = timezone.now()
    to_come = sorted(rows, key=lambda one: one.expected_at is not None and one.expected_at < now)
    return [
        Line(
            f"{one.enterprise} {one.tag}",
            reverse("forecast", args=[one.pk]),
            reason(one),
            _("预计 %(at)s 到达%(kind)s")
            % {"at": clock(one.expected_at), "kind": one.get_limit_kind_display()},
            one,
            urgent=True,
        )
        for one in to_come
        if one.expected_at is not None
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("早期预警"),
        button=gettext_lazy("去查看"),
        place=5,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 个测点将达限值") % {"n": n},
        address=lambda: reverse("forecasts"),
    )
)
