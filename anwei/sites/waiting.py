"""What of this room waits on a desk: assessments of risk that want a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.ledgers.templatetags.ledgers import moment
from anwei.org.models import Person
from anwei.sites.models import Assessment
from anwei.sites.risks.confirming import to_confirm

RELATED = ("owner__unit", "enterprise__unit", "installation", "point__site", "assessor")


def _rows(person: Person, day: date) -> QuerySet[Assessment]:
    return to_confirm(person).select_related(*RELATED).order_by("assessed_at", "pk")


def _lines(rows: Sequence[Assessment]) -> list[Line]:
    return [
        Line(
            one.title,
            reverse("risk_assessment", args=[one.pk]),
            str(one.assessor or _("系统")),
            _("%(at)s 起待复核") % {"at": moment(one.assessed_at)},
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("评估"),
        button=gettext_lazy("去复核"),
        place=20,
        rows=_rows,
        lines=_lines,
        address=lambda: f"{reverse('risk_assessments')}?state=waiting",
        more=lambda n: _("还有 %(n)d 份评估待复核") % {"n": n},
        template="sites/risks/waiting.html",
    )
)
