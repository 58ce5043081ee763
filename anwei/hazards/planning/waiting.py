"""What of this room waits on a desk: the visits at which a person goes along, due or begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Visit
from anwei.hazards.planning.bodies import bodies_at
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.holdings import day_of
from anwei.org.models import Person


def _rows(person: Person, now: datetime) -> QuerySet[Visit]:
    if not bodies_at(person):  # most people never go along: their desk asks nothing
        return Visit.objects.none()
    mine = Visit.objects.filter(attendances__person=person, ended_at=None, cancelled_at=None)
    return mine.filter(planned_on__lte=day_of(now)).order_by("planned_on", "pk")


def _lines(rows: Sequence[Visit]) -> list[Line]:
    return [
        Line(
            str(visit),
            reverse("inspection", args=[visit.pk]),
            f"{visit.get_reason_display()} · {visit.state.label}",
            f"{visit.planned_on:%Y-%m-%d}",
            visit,
        )
        for visit in rows
    ]


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
