"""What the supervision orders say about today, for the cockpit and the morning report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.cases.today import Sentence, contribute_today, door
from anwei.ledgers.lengths import duration_words
from anwei.org.models import Person
from anwei.oversight.models import SupervisionOrder


def _overdue_orders(person: Person, now: datetime) -> Iterator[Sentence]:
    late = SupervisionOrder.objects.visible_to(person).filter(closed_at=None, deadline__lt=now)
    oldest = late.select_related("implementer__unit").order_by("deadline", "pk").first()
    if oldest is None or oldest.deadline is None:
        return
    text = format_html(
        _("<b>{n}</b> 件督办逾期，最久“{title}”已超 <b>{length}</b>，{unit}承办。"),
        n=late.count(),
        title=oldest.title,
        length=duration_words((now - oldest.deadline).total_seconds()),
        unit=oldest.implementer.unit,
    )
    url = door("orders", state="late")
    yield Sentence("orange", text, url, oldest.pk, call=oldest.implementer)


contribute_today(_overdue_orders)
