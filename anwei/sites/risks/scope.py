"""Whose an assessment is: it goes with what was assessed, so that who sees the one sees the other."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from anwei.sites.models import Assessment, Enterprise, RiskPoint


def take_assessments_along(assessments: QuerySet[Assessment]) -> None:
    """Give assessments the territory, sector and enterprise that what they assess has now.

    Of a risk point these are its place's. Every service that changes one of them calls this within the same
    transaction.
    """
    owner = Enterprise.objects.filter(pk=OuterRef("owner"))
    assessments.filter(point__isnull=True, owner__isnull=False).update(
        territory=Subquery(owner.values("unit__territory")), sector=Subquery(owner.values("sector"))
    )
    point = RiskPoint.objects.filter(pk=OuterRef("point"))
    assessments.filter(point__isnull=False).update(
        territory=Subquery(point.values("site__territory")),
        sector=Subquery(point.values("site__sector")),
        owner=Subquery(point.values("site__enterprise")),
    )
