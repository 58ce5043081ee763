"""What waits on the desk of a plant's head: the quarterly report on its open major hazards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.lifecycle import Phase
from anwei.cases.templatetags.cases import due
from anwei.hazards.models import Grade, Hazard
from anwei.hazards.statistics import start_of
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.org.models import Person
from anwei.org.scope import standing

AHEAD = timedelta(days=30)  # the rest of a quarter is no time to be reminded of its report


def _rows(person: Person, day: date) -> QuerySet[Any]:
    waits = Q(clocks__met_by="report_quarter", clocks__met_at=None, clocks__due_at__lt=start_of(day) + AHEAD)
    mine = Hazard.objects.filter(waits, responsible__in=standing(person).post_ids, grade=Grade.MAJOR)
    asked = mine.filter(phase__in=(Phase.ACTING, Phase.REVIEW))
    due_first: QuerySet[Any] = asked.annotate(report_due=F("clocks__due_at")).order_by("report_due", "pk")
    return due_first


def _lines(rows: Sequence[Any]) -> list[Line]:
    return [
        Line(
            str(one),
            reverse("case", args=[one.pk]),
            _("主要负责人每季度报告重大隐患治理进展"),
            _("%(due)s 前报告") % {"due": due(one.report_due)},
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("重大隐患治理进展"),
        button=gettext_lazy("去报告"),
        place=35,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 项重大隐患须报告治理进展") % {"n": n},
    )
)
