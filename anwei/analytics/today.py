"""What the week's list says about today, for the cockpit and the morning report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q
from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.weekly import monday
from anwei.cases.today import Sentence, contribute_today, door
from anwei.monitoring.models import Severity
from anwei.org.models import Person
from anwei.oversight.briefing.queries import is_official

GRAVE = (Severity.RED, Severity.ORANGE)


def _week(person: Person, now: datetime) -> Iterator[Sentence]:
    """Tell officials whom this week's list colours red or orange; last week's says nothing of today.

    Not the enterprises, and no screen on a wall: the list accuses nobody.
    """
    if not is_official(person):
        return
    run = WatchRun.objects.filter(week=monday(now)).first()
    rows = RiskScore.objects.visible_to(person).filter(run=run, level__in=GRAVE)
    found = rows.aggregate(n=Count("pk"), red=Count("pk", Q(level=Severity.RED)))
    first = rows.select_related("enterprise__unit").order_by("place").first()
    if first is None:
        return
    text = format_html(
        _("本周风险名单橙色以上 <b>{n}</b> 家，红色 {red} 家，第一位 {enterprise}。"),
        n=found["n"],
        red=found["red"],
        enterprise=first.enterprise,
    )
    yield Sentence(
        "orange" if found["red"] else "yellow", text, door("watch"), enterprise=first.enterprise_id
    )


contribute_today(_week)
