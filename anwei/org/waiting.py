"""What of this room waits on a desk: key tasks of the year that fall due, and letters that are not signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.models import KeyTask, Person, Unit
from anwei.org.own_letters import own_letters
from anwei.org.scope import standing
from anwei.org.terms import SOON


def _tasks(person: Person, day: date) -> QuerySet[KeyTask]:
    """Return what is left of the key tasks of a person's posts and is due within a month, or was."""
    if not (posts := standing(person).post_ids):
        return KeyTask.objects.none()
    due = KeyTask.objects.filter(post__in=posts, done_on__isnull=True, due_on__lte=day + SOON)
    return due.select_related("post__unit").order_by("due_on", "pk")


def _task_lines(rows: Sequence[KeyTask]) -> list[Line]:
    today = timezone.localdate()
    return [
        Line(
            task.text,
            reverse("post", args=[task.post_id]),
            str(task.post),
            _("%(day)s 前完成") % {"day": task.due_on},
            task,
            urgent=task.due_on < today,
        )
        for task in rows
    ]


def _letters(person: Person, day: date) -> QuerySet[Unit]:
    return own_letters(person, day.year)


def _letter_lines(rows: Sequence[Unit]) -> list[Line]:
    year = timezone.localdate().year
    return [
        Line(
            _("%(year)d 年度安全生产责任书") % {"year": year},
            f"{reverse('signings')}?{urlencode({'year': year, 'search': unit.name})}",
            unit.name,
            _("未签"),
            unit,
        )
        for unit in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("重点工作"),
        button=gettext_lazy("去办理"),
        place=40,
        rows=_tasks,
        lines=_task_lines,
        more=lambda n: _("还有 %(n)d 项重点工作到期") % {"n": n},
    )
)
contribute_waiting(
    Waiting(
        label=gettext_lazy("责任书"),
        button=gettext_lazy("去签订"),
        place=50,
        rows=_letters,
        lines=_letter_lines,
        more=lambda n: _("还有 %(n)d 份责任书未签") % {"n": n},
    )
)
