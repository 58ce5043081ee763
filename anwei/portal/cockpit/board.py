"""The alarms that stand on the cockpit: the gravest first, as many as fit."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, QuerySet, Value, When

from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED
from anwei.monitoring.models import Alarm, Severity
from anwei.monitoring.queries import alarms_of
from anwei.org.models import Person

RANK = {code: rank for rank, code in enumerate(Severity.values)}  # 0 is the gravest
RECENT = timedelta(hours=24)


def by_rank(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Return the alarms gravest first, of one severity the newest first."""
    cases = [When(severity=code, then=Value(rank)) for code, rank in RANK.items()]
    return rows.annotate(rank=Case(*cases, output_field=IntegerField())).order_by("rank", "-raised_at", "-pk")


def board(person: Person, now: datetime, size: int) -> list[Alarm]:
    """Return the `size` gravest active alarms that `person` may see; then, where there is room, those of the
    last RECENT that ended before anybody acknowledged them.
    """
    rows = alarms_of(person)
    active = list(by_rank(rows.filter(ACTIVE))[:size])
    ended = rows.filter(~ACTIVE & UNACKNOWLEDGED, cleared_at__gte=now - RECENT, late=False)
    return active + list(by_rank(ended)[: size - len(active)])
