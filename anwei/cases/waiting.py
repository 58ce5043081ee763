"""What of this room waits on a desk: papers to be reviewed, signed or written anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.papers_waiting import papers_waiting, turn_words
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.ledgers.models import Paper
from anwei.ledgers.templatetags.ledgers import moment
from anwei.org.models import Person


def _rows(person: Person, day: date) -> QuerySet[Paper]:
    rows = papers_waiting(person, timezone.now())  # who is whose deputy is a question of the hour
    return rows.select_related("issuer", "drafted_by").order_by("drafted_at", "pk")


def _lines(rows: Sequence[Paper]) -> list[Line]:
    return [
        Line(
            one.title,
            reverse("paper", args=[one.pk]),
            f"{turn_words(one)} · {one.issuer} · {one.drafted_by}",
            _("%(at)s 拟稿") % {"at": moment(one.drafted_at)},
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("公文"),
        button=gettext_lazy("去办理"),
        place=30,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 件公文待办") % {"n": n},
    )
)
