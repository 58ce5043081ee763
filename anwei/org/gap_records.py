"""The nightly record of gaps, so that the list can say since when, and a trend exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from anwei.org.gaps import Gap, gaps
from anwei.org.holdings import day_of
from anwei.org.models import GapDay, GapRecord


@transaction.atomic
def record_gaps(now: datetime) -> bool:
    """Write down once a day which gaps stand open; return whether this call was the day's.

    A gap that is gone closes with the first night on which it was not seen.
    """
    today = day_of(now)
    _day, first = GapDay.objects.get_or_create(on=today)
    if not first:
        return False
    found = {gap.key: gap for gap in gaps(today)}
    known = set(GapRecord.objects.filter(closed_on=None).values_list("key", flat=True))
    GapRecord.objects.filter(closed_on=None).exclude(key__in=list(found)).update(closed_on=today)
    GapRecord.objects.bulk_create(
        GapRecord(key=gap.key, kind=gap.kind, sentence=gap.sentence[:300], opened_on=today)
        for gap in found.values()
        if gap.key not in known
    )
    counts = Counter(str(gap.kind) for gap in found.values())
    GapDay.objects.filter(on=today).update(counts=dict(counts))
    return True


def open_since(found: Iterable[Gap]) -> dict[str, date]:
    """Return, by key, on which night each gap was first seen; what no night has seen is not in it."""
    rows = GapRecord.objects.filter(closed_on=None, key__in=[gap.key for gap in found])
    return dict(rows.values_list("key", "opened_on"))


def trend(n_days: int = 30) -> list[tuple[date, int]]:
    """Return how many gaps stood open on each of the last recorded nights, the oldest first."""
    rows = GapDay.objects.order_by("-on")[:n_days]
    return [(row.on, sum(row.counts.values())) for row in reversed(rows)]
