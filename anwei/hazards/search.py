"""What of this room can be searched: visits, campaigns, numbers of papers, each by who may see it."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.hazards.models import Campaign, PaperNumber, Visit
from anwei.ledgers.search import Words, register_search
from anwei.standards.papers import default_templates


def _visit(row: Visit) -> Words:
    whom = row.enterprise.unit.name if row.enterprise is not None else ""
    return Words(f"{row.number} {row.whom}", row.get_reason_display(), f"{whom} {row.site or ''}")


def _campaign(row: Campaign) -> Words:
    return Words(row.name, row.get_kind_display(), str(row.organizer))


def _number(row: PaperNumber) -> Words:
    label = default_templates()[row.template].label
    state = _("已使用") if row.void_at is None else _("作废")
    return Words(row.number, " · ".join(filter(None, (label, state, row.remark))), row.visit.number)


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
register_search(
    PaperNumber,
    text=_number,
    url=lambda row: reverse("inspection", args=[row.visit.merged_into_id or row.visit_id]),
    related=("visit",),
    only=Q(used_at__isnull=False) | Q(void_at__isnull=False),
    columns=("number", "used_at", "void_at", "remark"),
)
