"""Which items are looked at at a visit: those of its campaign, then those of its sectors, each once.

In a merged visit (综合查一次) each body brings what it answers for: its lists stand under its name, and an
item that two would ask stands once, under the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from anwei.hazards.models import Campaign, Visit
from anwei.hazards.planning.manning import bodies_in_order
from anwei.org.models import SECTOR_CHOICES, SectorDuty, Unit
from anwei.sites.models import Site
from anwei.standards.hazards.checklists import ChecklistItem, checklist, checklist_items

CAMPAIGN = "campaign"
EVERYWHERE = "fire"  # a sector that every place has


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
    campaigns = Campaign._base_manager.filter(visits__in=[visit, *visit.merged.all()])
    ordered = campaigns.select_related("organizer").distinct().order_by("pk")
    known, several = checklist_items(), visit.bodies.count() > 1
    return [
        (
            CAMPAIGN,
            f"{campaign.organizer} · {campaign.name}" if several else campaign.name,
            tuple(known[key] for key in campaign.items if key in known),
        )
        for campaign in ordered
        if campaign.items
    ]


def _of_sectors(visit: Visit) -> list[tuple[str, str, tuple[ChecklistItem, ...]]]:
    labels, shares = dict(SECTOR_CHOICES), _shares(visit)
    return [
        (
            code,
            f"{body} · {_(str(labels[code]))}" if len(shares) > 1 else _(str(labels[code])),
            checklist(code),
        )
        for body, codes in shares
        for code in codes
    ]


def sectors_of(visit: Visit) -> list[str]:
    """Return the sectors that a visit looks at, each once, those of what is visited first."""
    told = [*_of_place(visit), *(code for _body, codes in _shares(visit) for code in codes)]
    return list(dict.fromkeys(told))


def _shares(visit: Visit) -> list[tuple[Unit, list[str]]]:
    """Return what each body of a visit looks at, the leading one first; no sector twice.

    A body looks at those sectors of the enterprise that it answers for (行业监管分工); one that answers for
    none of them comes for its own, as far as the place has it: 消防 to a chemical plant, 燃气 where a part of
    it is of that sector. What nobody answers for is the leading body's.
    """
    place, bodies = _of_place(visit), bodies_in_order(visit)
    if len(bodies) < 2:
        return [(visit.body, place)]
    duties = SectorDuty.objects.on(visit.planned_on).filter(unit__in=bodies).order_by("-lead", "pk")
    answered: dict[int, list[str]] = {unit.pk: [] for unit in bodies}
    for unit, code in duties.values_list("unit", "sector"):
        answered[unit].append(code)
    there = {EVERYWHERE, *_of_parts(visit)}
    shares: dict[int, list[str]] = {}
    for unit in bodies:
        taken = {code for codes in shares.values() for code in codes}
        mine = [code for code in place if code in answered[unit.pk]] or [
            code for code in answered[unit.pk] if code in there
        ]
        shares[unit.pk] = [code for code in dict.fromkeys(mine) if code not in taken]
    told = {code for codes in shares.values() for code in codes}
    lead = shares.setdefault(visit.body_id, [])
    lead[:0] = [code for code in place if code not in told]
    return [(unit, shares[unit.pk]) for unit in bodies]


def _of_parts(visit: Visit) -> set[str]:
    """Return the sectors of the parts of an enterprise: a gas station of a chemical plant."""
    if visit.enterprise_id is None:
        return set()
    parts = Site._base_manager.filter(enterprise=visit.enterprise_id, removed_on=None)
    return set(parts.order_by().values_list("sector", flat=True))


def _of_place(visit: Visit) -> list[str]:
    """Return the sectors of what is visited: the visit's own, then those of the enterprise, each once."""
    enterprise = visit.enterprise
    told = [visit.sector, *(() if enterprise is None else (enterprise.sector, enterprise.second_sector))]
    return [code for code in dict.fromkeys(told) if code]
