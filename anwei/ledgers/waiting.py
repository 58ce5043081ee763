"""What of this room waits on a desk: changes of key facts that somebody proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.queries import titles_of, waiting_for
from anwei.ledgers.templatetags.ledgers import moment


def _rows(person: Any, day: date) -> QuerySet[Proposal]:
    return waiting_for(person).order_by("pk")


def _lines(rows: Sequence[Proposal]) -> list[Line]:
    titles = titles_of(rows)
    return [
        Line(
            titles[one.pk],
            reverse("proposal", args=[one.pk]),
            f"{_('关键信息变更待确认')} · {one.proposed_by}",
            _("%(at)s 提出") % {"at": moment(one.proposed_at)},
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("变更"),
        button=gettext_lazy("去确认"),
        place=10,
        rows=_rows,
        lines=_lines,
        address=lambda: reverse("proposals"),
        more=lambda n: _("还有 %(n)d 项变更待确认") % {"n": n},
    )
)
