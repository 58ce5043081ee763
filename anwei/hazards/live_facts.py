"""The live facts that this room knows: hazards open and overdue, and what art. 113 counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.models import Clock
from anwei.cases.until import until
from anwei.hazards.models import Grade, Hazard
from anwei.hazards.penalties.closure import closures
from anwei.org.holdings import day_of
from anwei.sites.live.facts import register_fact_source
from anwei.sites.models import Enterprise
from anwei.standards.risk.live_colour import Fact

Facts = Iterator[tuple[int, Fact]]
RECTIFICATION = "fix"  # the verb that meets the clock of an order


def facts_of_hazards(enterprises: QuerySet[Enterprise], at: datetime) -> Facts:
    """Yield the major hazards that were open at a moment, and every hazard whose rectification was overdue.

    A hazard counts from its order on: the clock of the order says since when, and until when.
    """
    rows = Hazard._base_manager.filter(enterprise__in=enterprises.order_by().values("pk"))
    rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at), opened_at__lte=at).exclude(grade="")
    known = {row.pk: row for row in rows.order_by("pk")}
    orders = Clock.objects.filter(case__in=rows.values("pk"), met_by=RECTIFICATION, started_at__lte=at)
    late: dict[int, datetime] = {}
    judged: set[int] = set()
    for clock in orders.order_by("due_at"):
        judged.add(clock.case_id)
        if clock.due_at < at and (clock.met_at is None or clock.met_at > at):
            late[clock.case_id] = clock.due_at
    for key in sorted(judged):
        hazard = known[key]
        if hazard.enterprise_id is None:
            continue
        link, is_major = reverse("case", args=[key]), hazard.grade == Grade.MAJOR
        if is_major:
            words = _("%(number)s 重大隐患尚未销号") % {"number": hazard.number}
            yield hazard.enterprise_id, Fact("major_hazards_open", 1, words, link)
        if key in late:
            day = " ".join(map(str, until(late[key])))
            words = _("%(number)s 整改期限 %(day)s，逾期未整改") % {"number": hazard.number, "day": day}
            yield (
                hazard.enterprise_id,
                Fact("major_hazards_overdue" if is_major else "hazards_overdue", 1, words, link),
            )


def facts_of_closure(enterprises: QuerySet[Enterprise], at: datetime) -> Facts:
    """Yield the enterprises for which closing must be asked for (art. 113)."""
    for key, reached in sorted(closures(enterprises, day_of(at)).items()):
        link = f"{reverse('penalties')}?enterprise={key}"
        yield key, Fact("closure_reached", 1, reached.sentence, link)


register_fact_source("hazards", facts_of_hazards)
register_fact_source("closure", facts_of_closure)
