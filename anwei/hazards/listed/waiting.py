"""What waits on the desk of who supervises a major hazard: whether it is to be listed.

Not every major hazard is listed, and nobody's clock of putting it right depends on it; so this is no clock of
the hazard, which would make a plant late with what its regulator has to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.clocks import county_calendar
from anwei.cases.lifecycle import Phase
from anwei.cases.templatetags.cases import due
from anwei.hazards.listed.proposing import PROPOSING
from anwei.hazards.models import Grade, Hazard, Listing
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.ledgers.services import county_setting
from anwei.org.models import Person
from anwei.org.scope import standing
from anwei.standards.deadlines import DEADLINES, deadlines

JUDGED = Min("entries__at", filter=Q(entries__verb="order"))


def _rows(person: Person, day: date) -> QuerySet[Hazard]:
    posts = [post.pk for post in standing(person).posts if post.unit.kind in PROPOSING]
    if not posts:
        return Hazard.objects.none()
    thought_of = Exists(Listing._base_manager.filter(on_hazard=OuterRef("pk")))
    mine = Hazard.objects.filter(~thought_of, supervisor__in=posts, grade=Grade.MAJOR)
    return mine.exclude(phase=Phase.CLOSED).order_by("pk")


def _lines(rows: Sequence[Hazard]) -> list[Line]:
    rule = deadlines(county_setting(DEADLINES, {}))["listed.propose"]
    calendar = county_calendar()
    ordered = dict(
        Hazard._base_manager.filter(pk__in=[one.pk for one in rows])
        .annotate(judged_at=JUDGED)
        .values_list("pk", "judged_at")
    )
    lines = []
    for one in rows:
        until = None if ordered[one.pk] is None else rule.due(ordered[one.pk], calendar)
        when = "" if until is None else _("宜于 %(due)s 前提出") % {"due": due(until)}
        address = reverse("listing_propose", args=[one.pk])
        lines.append(Line(str(one), address, _("重大隐患，尚未提出挂牌督办"), when, one))
    return lines


contribute_waiting(
    Waiting(
        label=gettext_lazy("挂牌督办"),
        button=gettext_lazy("去提出"),
        place=20,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 项重大隐患没有提出挂牌督办") % {"n": n},
    )
)
