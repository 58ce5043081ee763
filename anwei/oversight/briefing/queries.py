"""Which briefings there are, who reads them, and what is issued: those whose official paper was signed."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

from anwei.cases.official_papers import NO_HAND
from anwei.ledgers.models import Paper
from anwei.org.models import Person
from anwei.org.models.units import PUBLIC_BODIES
from anwei.org.scope import sees_the_county, standing
from anwei.oversight.models import Briefing

REGISTER = "oversight.briefing"


def briefings() -> QuerySet[Any]:
    """Return all, each with `number` and `signed_at` of its signed paper, None for a draft, and `in_hand`."""
    papers = Paper.objects.filter(register=REGISTER, row=Cast(OuterRef("pk"), CharField()))
    signed = papers.filter(state=Paper.State.SIGNED).order_by("pk")
    rows: QuerySet[Any] = Briefing.objects.annotate(
        number=Subquery(signed.values("number")[:1]),
        signed_at=Subquery(signed.values("signed_at")[:1]),
        in_hand=Exists(papers.filter(state__in=(Paper.State.DRAFTED, Paper.State.REVIEWED))),
    )
    return rows


def is_official(person: Person) -> bool:
    """Say whether a person acts at a post of a public body, not as one of its administrators."""
    return any(
        post.unit.kind in PUBLIC_BODIES and post.kind not in NO_HAND for post in standing(person).posts
    )


def briefings_seen(person: Person) -> QuerySet[Any]:
    """Return those a person reads: an official all that are issued, one of the county the drafts too."""
    if not is_official(person):
        return briefings().none()
    return briefings() if sees_the_county(person) else briefings().exclude(signed_at=None)


def is_issued(briefing: Briefing) -> bool:
    """Say whether the paper of a briefing was signed."""
    papers = Paper.objects.filter(register=REGISTER, row=str(briefing.pk), state=Paper.State.SIGNED)
    return papers.exists()


def newest_issued(briefing: Briefing) -> Briefing | None:
    """Return the issued one that counts for the period and layout of a briefing."""
    same = briefings().filter(year=briefing.year, months=briefing.months, layout=briefing.layout)
    found: Briefing | None = same.exclude(signed_at=None).order_by("-version").first()
    return found


def newest_version(briefing: Briefing) -> int:
    """Return the newest version for the period and layout of a briefing."""
    same = Briefing.objects.filter(year=briefing.year, months=briefing.months, layout=briefing.layout)
    return same.order_by("-version").values_list("version", flat=True)[0]
