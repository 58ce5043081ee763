"""What of this room can be searched: visits and campaigns, each by who may see it."""

from __future__ import annotations

from django.urls import reverse

from anwei.hazards.models import Campaign, Visit
from anwei.ledgers.search import Words, register_search


def _visit(row: Visit) -> Words:
    whom = row.enterprise.unit.name if row.enterprise is not None else ""
    return Words(f"{row.number} {row.whom}", row.get_reason_display(), f"{whom} {row.site or ''}")


def _campaign(row: Campaign) -> Words:
    return Words(row.name, row.get_kind_display(), str(row.organizer))


register_search(
    Visit,
    text=_visit,
    url=lambda row: reverse("inspection", args=[row.pk]),
    related=("enterprise__unit", "site"),
    columns=("number", "enterprise", "site", "reason"),
)
register_search(
    Campaign,
    text=_campaign,
    url=lambda row: reverse("campaign", args=[row.pk]),
    related=("organizer",),
    columns=("name", "kind", "organizer"),
)
