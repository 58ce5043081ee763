"""What of this room waits on a desk: visits at which a person goes along, due, begun, or with two answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Answer, State, Visit
from anwei.hazards.planning.bodies import bodies_at
from anwei.hazards.planning.unfinished import is_unfinished
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.models import Person


def _rows(person: Person, day: date) -> QuerySet[Visit]:
    if not bodies_at(person):  # most people never go along: their desk asks nothing
        return Visit.objects.none()
    due = Q(ended_at=None, cancelled_at=None, planned_on__lte=day)
    undecided = Q(Exists(Answer.objects.filter(visit=OuterRef("pk"), decided_at=None)))
    mine = Visit.objects.filter(due | undecided, attendances__person=person)
    return mine.order_by("planned_on", "pk")


def _lines(rows: Sequence[Visit]) -> list[Line]:
    now = timezone.now()
    unfinished = [visit for visit in rows if is_unfinished(visit, now)]
    return [
        Line(
            str(visit),
            reverse("inspection", args=[visit.pk]) + ("#end" if visit in unfinished else ""),
            f"{visit.get_reason_display()} · {_state(visit, unfinished=visit in unfinished)}",
            f"{visit.planned_on:%Y-%m-%d}",
            visit,
            urgent=visit in unfinished,
        )
        for visit in rows
    ]


def _state(visit: Visit, *, unfinished: bool) -> str:
    if unfinished:
        return _("未结束的检查：请补办结束")
    is_over = visit.state in (State.ENDED, State.CANCELLED, State.MERGED)
    return _("有两种回答，待定") if is_over else str(visit.state.label)


contribute_waiting(
    Waiting(
        label=gettext_lazy("检查"),
        button=gettext_lazy("去检查"),
        place=15,
        rows=_rows,
        lines=_lines,
        address=lambda: f"{reverse('inspections')}?mine=1",
        more=lambda n: _("还有 %(n)d 次检查") % {"n": n},
    )
)
