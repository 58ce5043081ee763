"""Open warnings by township, the fullest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import Left

from anwei.cases.lifecycle import Phase
from anwei.cases.today import door
from anwei.monitoring.models import Warning
from anwei.org.models import Person, Territory
from anwei.sites.queries import TOWNSHIP_DIGITS


@dataclass(frozen=True)
class Bar:
    """One township: its open warnings, how many are overdue; widths in per cent of the longest bar."""

    name: str
    count: int
    overdue: int
    url: str
    width: float
    overdue_width: float


def township_bars(person: Person, now: datetime, size: int) -> list[Bar]:
    """Return the `size` townships with most open warnings of those that `person` may see."""
    rows = (
        Warning.objects.visible_to(person)
        .exclude(phase=Phase.CLOSED)
        .order_by()
        .values(code=Left("territory", TOWNSHIP_DIGITS))
        .annotate(count=Count("pk"), overdue=Count("pk", Q(deadline__lt=now)))
        .order_by("-count", "code")
    )[:size]
    found = list(rows)
    names = dict(
        Territory.objects.filter(code__in=[row["code"] for row in found]).values_list("code", "name")
    )
    longest = max((row["count"] for row in found), default=1)
    return [
        Bar(
            name=names.get(row["code"], row["code"]),
            count=row["count"],
            overdue=row["overdue"],
            url=door("cases", kind="warning", due="open", township=row["code"]),
            width=round(100 * (row["count"] - row["overdue"]) / longest, 1),
            overdue_width=round(100 * row["overdue"] / longest, 1),
        )
        for row in found
    ]
