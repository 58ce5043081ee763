"""What of this room waits on the desk of the committee office: enterprises to be closed by art. 113."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.penalties.closure import closures
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.models import Person, Unit
from anwei.org.scope import standing
from anwei.sites.models import Enterprise


def _rows(person: Person, day: date) -> QuerySet[Enterprise]:
    """Return the enterprises, for people of a committee office; for others none."""
    if not any(post.unit.kind == Unit.Kind.COMMITTEE_OFFICE for post in standing(person).posts):
        return Enterprise.objects.none()
    seen = Enterprise.objects.visible_to(person)
    return seen.filter(pk__in=closures(None, day)).select_related("unit").order_by("pk")


def _lines(rows: Sequence[Enterprise]) -> list[Line]:
    return [
        Line(
            str(one.unit.name),
            f"{reverse('penalties')}?enterprise={one.pk}",
            _("存在重大隐患且多次受处罚"),
            _("提请关闭"),
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("提请关闭"),
        button=gettext_lazy("去核对"),
        place=10,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 家达到提请关闭条件") % {"n": n},
    )
)
