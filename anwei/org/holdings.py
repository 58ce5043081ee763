"""Who holds which post on which day."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from anwei.org.models import Holding, Person, Post
from anwei.standards.clocks import COUNTY_TIME


def day_of(at: datetime) -> date:
    """Return the county's date (Asia/Shanghai) at a moment."""
    return at.astimezone(COUNTY_TIME).date()


def holdings_on(day: date) -> QuerySet[Holding]:
    """Return what is held on `day`, by people whose account is in use."""
    return Holding.objects.filter(from_on__lte=day, person__is_active=True).filter(
        Q(to_on__isnull=True) | Q(to_on__gte=day)
    )


def posts_of(person: Person, at: datetime) -> QuerySet[Post]:
    """Return the posts that `person` holds at a moment."""
    return Post.objects.filter(holdings__in=holdings_on(day_of(at)).filter(person=person)).distinct()


def holds(person: Person, post_id: int, at: datetime) -> bool:
    """Say whether `person` holds the post at a moment."""
    return holdings_on(day_of(at)).filter(person=person, post=post_id).exists()
