"""The alarms that stand on the cockpit: the gravest first, as many as fit."""

from __future__ import annotations

from django.db.models import Case, IntegerField, QuerySet, Value, When

from anwei.monitoring.filters import ACTIVE
from anwei.monitoring.models import Alarm, Severity
from anwei.monitoring.queries import alarms_of
from anwei.org.models import Person

RANK = {code: rank for rank, code in enumerate(Severity.values)}  # 0 is the gravest


def by_rank(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Return the alarms gravest first, of one severity the newest first."""
    cases = [When(severity=code, then=Value(rank)) for code, rank in RANK.items()]
    return rows.annotate(rank=Case(*cases, output_field=IntegerField())).order_by("rank", "-raised_at", "-pk")


def board(person: Person, size: int) -> list[Alarm]:
    """Return the `size` gravest active alarms that `person` may see."""
    return list(by_rank(alarms_of(person).filter(ACTIVE))[:size])
