"""The live facts that this room knows: what is past its deadline.

Only the number is told: who may read the colour need not be allowed to read the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.models import Case
from anwei.cases.until import until
from anwei.sites.live.facts import register_fact_source
from anwei.sites.models import Enterprise
from anwei.standards.risk.live_colour import Fact


def facts_of_cases(enterprises: QuerySet[Enterprise], at: datetime) -> Iterator[tuple[int, Fact]]:
    """Yield each case that was open and past its deadline at a moment."""
    rows = Case.objects.filter(enterprise__in=enterprises.order_by().values("pk"), deadline__lt=at)
    rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at), opened_at__lte=at)
    names = ("enterprise", "pk", "number", "deadline")
    for enterprise, pk, number, deadline in rows.order_by("deadline", "pk").values_list(*names):
        words = _("%(number)s 期限 %(day)s，尚未办结") % {
            "number": number,
            "day": " ".join(map(str, until(deadline))),
        }
        yield enterprise, Fact("cases_overdue", 1, words, reverse("case", args=[pk]))


register_fact_source("cases", facts_of_cases)
