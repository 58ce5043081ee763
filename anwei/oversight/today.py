"""What the supervision orders say about today, for the cockpit and the morning report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import TURN, Phase, Role
from anwei.cases.today import Sentence, contribute_today, door
from anwei.ledgers.lengths import duration_words
from anwei.org.models import Person
from anwei.oversight.lifecycle import KIND
from anwei.oversight.models import SupervisionOrder


def _overdue_orders(person: Person, now: datetime) -> Iterator[Sentence]:
    late = SupervisionOrder.objects.visible_to(person).filter(closed_at=None, deadline__lt=now)
    oldest = late.select_related("implementer__unit", "supervisor__unit").order_by("deadline", "pk").first()
    if oldest is None or oldest.deadline is None:
        return
    called = oldest.supervisor if TURN[Phase(oldest.phase)] is Role.SUPERVISOR else oldest.implementer
    text = format_html(
        _("<b>{n}</b> 件督办逾期，最久“{title}”{state}，{unit}已超 <b>{length}</b>。"),
        n=late.count(),
        title=oldest.title,
        state=KIND.phase_labels[Phase(oldest.phase)],
        length=duration_words((now - oldest.deadline).total_seconds()),
        unit=called.unit,
    )
    yield Sentence("orange", text, door("orders", state="late"), oldest.pk, call=called)


contribute_today(_overdue_orders)
