"""Which items are looked at at a visit: those of its campaign, then those of its sectors, each once."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from anwei.hazards.models import Campaign, Visit
from anwei.org.models import SECTOR_CHOICES
from anwei.standards.hazards.checklists import ChecklistItem, checklist, checklist_items

CAMPAIGN = "campaign"


@dataclass(frozen=True)
class ItemList:
    """One checklist: its code (a sector's, or CAMPAIGN), its label, its items."""

    code: str
    label: str
    items: tuple[ChecklistItem, ...]


def lists_of(visit: Visit) -> list[ItemList]:
    """Return the checklists of a visit, those of visits that were merged into it too; no item twice."""
    seen: set[str] = set()
    found = []
    for code, label, items in [*_of_campaigns(visit), *_of_sectors(visit)]:
        fresh = tuple(item for item in items if item.id not in seen)
        seen |= {item.id for item in fresh}
        if fresh:
            found.append(ItemList(code, label, fresh))
    return found


def item_of(visit: Visit, key: str) -> ChecklistItem | None:
    """Return an item of a visit's checklists, None where it is none of them."""
    return next((item for one in lists_of(visit) for item in one.items if item.id == key), None)


def _of_campaigns(visit: Visit) -> list[tuple[str, str, tuple[ChecklistItem, ...]]]:
    campaigns = (
        Campaign._base_manager.filter(visits__in=[visit, *visit.merged.all()]).distinct().order_by("pk")
    )
    known = checklist_items()
    return [
        (CAMPAIGN, campaign.name, tuple(known[key] for key in campaign.items if key in known))
        for campaign in campaigns
        if campaign.items
    ]


def _of_sectors(visit: Visit) -> list[tuple[str, str, tuple[ChecklistItem, ...]]]:
    labels = dict(SECTOR_CHOICES)
    return [(code, _(str(labels[code])), checklist(code)) for code in sectors_of(visit)]


def sectors_of(visit: Visit) -> list[str]:
    """Return the sectors of what is visited: the visit's own, then those of the enterprise, each once."""
    enterprise = visit.enterprise
    told = [visit.sector, *(() if enterprise is None else (enterprise.sector, enterprise.second_sector))]
    return [code for code in dict.fromkeys(told) if code]
