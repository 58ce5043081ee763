"""What the hazards say about today, for the cockpit and the morning report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.cases.today import Sentence, contribute_today, door
from anwei.hazards.models import Grade, Hazard
from anwei.hazards.overdue import unmet_limit
from anwei.ledgers.lengths import duration_words
from anwei.org.models import Person

DAY = timedelta(days=1)
RELATED = ("enterprise__unit", "supervisor__unit", "implementer__unit", "site")


def _overdue_major(person: Person, now: datetime) -> Iterator[Sentence]:
    open_major = Hazard.objects.visible_to(person).filter(~Q(phase=Phase.CLOSED), grade=Grade.MAJOR)
    late = open_major.annotate(limit=unmet_limit("fix")).filter(limit__lt=now)
    oldest = late.select_related(*RELATED).order_by("limit", "pk").first()
    if oldest is None:
        return
    text = format_html(
        _("<b>{n}</b> 项重大隐患超期未改，最久 {where} {title} 已超 <b>{length}</b>。"),
        n=late.count(),
        where=oldest.enterprise or oldest.site or "",
        title=oldest.title,
        length=duration_words((now - oldest.limit).total_seconds()),
    )
    url = door("hazard_ledger", grade=Grade.MAJOR, past_limit="1")
    whom = (oldest.supervisor, oldest.implementer)
    yield Sentence("red", text, url, oldest.pk, oldest.enterprise_id, *whom)


def _new_major(person: Person, now: datetime) -> Iterator[Sentence]:
    judged = Max("entries__at", filter=Q(entries__verb="order"))
    rows = Hazard.objects.visible_to(person).exclude(phase=Phase.CLOSED).filter(grade=Grade.MAJOR)
    fresh = rows.annotate(judged_at=judged).filter(judged_at__gt=now - DAY)
    newest = fresh.select_related(*RELATED).order_by("-judged_at", "-pk").first()
    if newest is None:
        return
    text = format_html(
        _("近 24 小时新判定重大隐患 <b>{n}</b> 项：{where} {title}。"),
        n=fresh.count(),
        where=newest.enterprise or newest.site or "",
        title=newest.title,
    )
    address = reverse("case", args=[newest.pk])
    whom = (newest.supervisor, newest.implementer)
    yield Sentence("orange", text, address, newest.pk, newest.enterprise_id, *whom)


def _overdue_general(person: Person, now: datetime) -> Iterator[Sentence]:
    rows = Hazard.objects.visible_to(person).exclude(Q(phase=Phase.CLOSED) | Q(grade=Grade.MAJOR))
    late = rows.annotate(limit=unmet_limit("fix")).filter(limit__lt=now)
    oldest = late.select_related(*RELATED).order_by("limit", "pk").first()
    if oldest is None:
        return
    text = format_html(
        _("<b>{n}</b> 项一般隐患超期未改，最久 {where} 已超 <b>{length}</b>。"),
        n=late.count(),
        where=oldest.enterprise or oldest.site or oldest.title,
        length=duration_words((now - oldest.limit).total_seconds()),
    )
    url = door("hazard_ledger", grade=Grade.GENERAL, past_limit="1")
    yield Sentence("yellow", text, url, call=oldest.supervisor, call_then=oldest.implementer)


for _teller in (_overdue_major, _new_major, _overdue_general):
    contribute_today(_teller)
