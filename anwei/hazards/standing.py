"""How hazards stood at a moment: what was known, open, judged, past its limit and listed then.

A hazard is known from the day it is filed, is major or ordered from the day it was judged, and counts no
more from the day on which somebody found it untrue or merged it. Limits are those of that day: what was
extended later had its earlier limit then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from anwei.cases.extension import APPROVED
from anwei.cases.models import Clock, Entry, Extension
from anwei.hazards.models import Grade, Hazard, Listing
from anwei.hazards.timing import NOT_A_HAZARD, PUT_RIGHT


def known(at: datetime) -> QuerySet[Any]:
    """Return the hazards filed by a moment and not found untrue or merged by then."""
    left_out = Q(closed_at__lte=at, outcome__in=NOT_A_HAZARD)
    return Hazard._base_manager.filter(found_at__lte=at, opened_at__lte=at).exclude(left_out)


def open_then(at: datetime) -> QuerySet[Any]:
    """Return those that were not closed at the moment."""
    return known(at).filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at))


def judged_major(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Return the rows that somebody had judged major by a moment."""
    judged = Entry.objects.filter(case=OuterRef("pk"), verb="order", at__lte=at)
    return rows.filter(Exists(judged), grade=Grade.MAJOR)


def major_open_then(at: datetime) -> QuerySet[Any]:
    """Return the open hazards that were judged major by a moment."""
    return judged_major(open_then(at), at)


def overdue_then(at: datetime) -> QuerySet[Any]:
    """Return the open hazards whose limit of putting right was past at a moment, with it as `due_then`."""
    later = Extension._base_manager.filter(clock=OuterRef("pk"), outcome=APPROVED, closed_at__gt=at)
    before = Subquery(later.order_by("closed_at").values("due_before")[:1])
    clocks = Clock.objects.filter(case=OuterRef("pk"), met_by=PUT_RIGHT, started_at__lte=at)
    late = (
        clocks.filter(Q(met_at__isnull=True) | Q(met_at__gt=at))
        .annotate(due_then=Coalesce(before, "due_at"))
        .filter(due_then__lt=at)
        .order_by("due_then")
    )
    rows: QuerySet[Any] = open_then(at).annotate(due_then=Subquery(late.values("due_then")[:1]))
    return rows.filter(due_then__isnull=False)


def listed_then(at: datetime) -> QuerySet[Any]:
    """Return the hazards whose listing (挂牌督办) was public at a moment and not yet lifted."""
    listings = Listing._base_manager.filter(on_hazard=OuterRef("pk"), listed_on__lte=timezone.localdate(at))
    standing = listings.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at))
    return known(at).filter(Exists(standing))
