"""What of this room waits on the desk of an enterprise: self-checks that a campaign asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import SpecialCheck
from anwei.hazards.services.reports import KEEPERS
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.models import Person
from anwei.org.scope import standing


def _rows(person: Person, day: date) -> QuerySet[SpecialCheck]:
    units = {post.unit.whole.pk for post in standing(person).posts if post.kind in KEEPERS}
    if not units:
        return SpecialCheck._base_manager.none()
    rows = SpecialCheck._base_manager.filter(reported_at=None, enterprise__unit__in=units)
    return rows.select_related("campaign", "enterprise__unit").order_by("due_on", "pk")


def _lines(rows: Sequence[SpecialCheck]) -> list[Line]:
    today = timezone.localdate()
    return [
        Line(
            one.campaign.name,
            reverse("special_check", args=[one.pk]),
            str(one.enterprise),
            _("%(due)s 前报送") % {"due": one.due_on},
            one,
            urgent=one.due_on < today,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("专项自查"),
        button=gettext_lazy("去自查"),
        place=41,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 次专项自查没有报送") % {"n": n},
    )
)
