"""What of this room waits on a desk beside the cases: last month's self-check of the own enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.periods import month_before
from anwei.cases.templatetags.cases import due
from anwei.hazards.models import SelfCheck
from anwei.hazards.services.reports import KEEPERS, due_of
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.models import Person
from anwei.org.scope import standing
from anwei.sites.models import Enterprise
from anwei.sites.statuses import counted_on


def _rows(person: Person, day: date) -> QuerySet[Enterprise]:
    units = {post.unit.whole.pk for post in standing(person).posts if post.kind in KEEPERS}
    if not units:
        return Enterprise.objects.none()
    month = month_before(day)
    begun = Exists(SelfCheck.objects.filter(month__lte=month))  # a county that never began owes nothing
    rows = Enterprise.objects.filter(begun, unit__in=units).exclude(self_checks__month=month)
    return counted_on(month, rows).select_related("unit").order_by("pk")


def _lines(rows: Sequence[Enterprise]) -> list[Line]:
    month = month_before(timezone.localdate())
    return [
        Line(
            _("%(month)s自查还没有报送") % {"month": f"{month:%Y-%m}"},
            f"{reverse('self_check_new')}?month={month:%Y-%m}",
            str(one),
            _("%(due)s 前报送") % {"due": due(due_of(month))},
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("企业自查"),
        button=gettext_lazy("去自查"),
        place=40,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 家企业没有报送自查") % {"n": n},
    )
)
