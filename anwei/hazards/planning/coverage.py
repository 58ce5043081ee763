"""Who was visited and who never: enterprise (or place) by body in a campaign, the longest forgotten first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from anwei.hazards.models import Campaign, Visit
from anwei.org.holdings import day_of
from anwei.org.models import Person, SectorDuty, Unit
from anwei.sites.models import Enterprise, Site
from anwei.sites.queries import TOWNSHIP_DIGITS, standing_sites
from anwei.sites.statuses import counted_on

MOST_BODIES = 8  # columns: what a screen takes
ENTERPRISES, PLACES = "enterprises", "places"


@dataclass(frozen=True)
class Cell:
    """A body at an enterprise: visited in the campaign, planned in it, or when it was there last at all."""

    here_on: date | None = None
    planned_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class Row:
    """An enterprise or a place, and when anybody was there last."""

    key: int
    name: str
    sector: str
    second: str
    territory: str
    last_on: date | None = None
    is_covered: bool = False
    is_planned: bool = False

    @property
    def township(self) -> str:
        """The nine digits of its township."""
        return self.territory[:TOWNSHIP_DIGITS]


@dataclass
class Share:
    """How many of how many are covered."""

    n: int = 0
    of: int = 0


@dataclass
class Coverage:
    """All rows in their order, and how many of them the campaign has reached, by sector and township."""

    rows: list[Row]
    whole: Share = field(default_factory=Share)
    n_never: int = 0
    by_sector: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    by_township: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))


def enterprises_in(campaign: Campaign, person: Person) -> QuerySet[Enterprise]:
    """Return the enterprises of a campaign that a person may see and that count today."""
    rows = Enterprise.objects.visible_to(person).filter(unit__territory__startswith=campaign.territory)
    if campaign.sectors:
        rows = rows.filter(Q(sector__in=campaign.sectors) | Q(second_sector__in=campaign.sectors))
    if campaign.enterprises:
        rows = rows.filter(pk__in=campaign.enterprises)
    return counted_on(timezone.localdate(), rows)


def places_in(campaign: Campaign, person: Person) -> QuerySet[Site]:
    """Return the places of a campaign that are no part of an enterprise: roads, shops, houses, projects."""
    rows = Site.objects.visible_to(person).exclude(category=Site.Category.KEY)
    rows = rows.filter(territory__startswith=campaign.territory)
    if campaign.enterprises:
        return rows.none()
    if campaign.sectors:
        rows = rows.filter(sector__in=campaign.sectors)
    return standing_sites(rows)


def of_campaign(campaign: int) -> Q:
    """Return which visits count for a campaign, by its key: its own, and those its own were merged into."""
    merged = Visit._base_manager.filter(campaign=campaign, merged_into__isnull=False)
    return Q(campaign=campaign) | Q(pk__in=merged.values("merged_into"))


def coverage(campaign: Campaign, person: Person, what: str = ENTERPRISES) -> Coverage:
    """Return the rows of a campaign, never visited first, then the longest ago; six queries however many."""
    of = "site" if what == PLACES else "enterprise"
    seen = Visit.objects.visible_to(person).filter(cancelled_at=None, **{f"{of}__isnull": False}).order_by()
    begun = seen.filter(begun_at__isnull=False)
    last: dict[int, datetime] = dict(begun.values_list(of).annotate(at=Max("begun_at")))
    here = set(begun.filter(of_campaign(campaign.pk)).values_list(of, flat=True))
    planned = set(seen.filter(of_campaign(campaign.pk), begun_at=None).values_list(of, flat=True))
    found = Coverage([])
    for key, name, sector, second, territory in _scope(campaign, person, what):
        at = last.get(key)
        row = Row(
            key,
            name,
            sector,
            second,
            territory,
            None if at is None else day_of(at),
            key in here,
            key in planned,
        )
        found.rows.append(row)
        found.n_never += at is None
        for share in (found.whole, found.by_sector[sector], found.by_township[row.township]):
            share.of += 1
            share.n += row.is_covered
    found.rows.sort(key=lambda row: (row.last_on is not None, row.last_on or date.min, row.key))
    return found


def bodies_in(campaign: Campaign, person: Person) -> list[Unit]:
    """Return the columns of the matrix: who visits under the campaign, then who answers for its sectors."""
    visits = Visit.objects.visible_to(person).filter(of_campaign(campaign.pk), cancelled_at=None)
    counts = Counter(visits.order_by().values_list("bodies", flat=True))
    leads = SectorDuty.objects.on(timezone.localdate()).filter(
        lead=True, unit__territory__startswith=campaign.territory[:6]
    )
    if campaign.sectors:
        leads = leads.filter(sector__in=campaign.sectors)
    keys = [key for key, _n in counts.most_common()] + list(
        leads.order_by("unit").values_list("unit", flat=True)
    )
    chosen = list(dict.fromkeys(keys))[:MOST_BODIES]
    units = Unit.objects.in_bulk(chosen)
    return [units[key] for key in chosen]


def cells_of(
    campaign: Campaign, person: Person, rows: Sequence[Row], bodies: Sequence[Unit], what: str = ENTERPRISES
) -> dict[tuple[int, int], Cell]:
    """Return what each body did at each row, by the keys of row and body; only where there is anything."""
    of = "site" if what == PLACES else "enterprise"
    visits = Visit.objects.visible_to(person).filter(
        cancelled_at=None, bodies__in=bodies, **{f"{of}__in": [row.key for row in rows]}
    )
    told: dict[tuple[int, int], dict[str, date]] = defaultdict(dict)
    under = set(visits.order_by().filter(of_campaign(campaign.pk)).values_list("pk", flat=True))
    columns = (of, "bodies", "pk", "begun_at", "planned_on")
    for key, body, visit, begun_at, planned_on in visits.order_by("begun_at").values_list(*columns):
        cell = told[key, body]
        if begun_at is None:
            if visit in under:
                cell["planned_on"] = planned_on
            continue
        cell["last_on"] = day_of(begun_at)
        if visit in under:
            cell["here_on"] = day_of(begun_at)
    return {pair: Cell(**cell) for pair, cell in told.items()}


def answering_sectors(bodies: Sequence[Unit]) -> dict[int, frozenset[str]]:
    """Return the sectors that each body answers for today; a township, with none, for all of its own."""
    duties = SectorDuty.objects.on(timezone.localdate()).filter(unit__in=bodies)
    found: dict[int, set[str]] = defaultdict(set)
    for unit, sector in duties.values_list("unit", "sector"):
        found[unit].add(sector)
    return {unit: frozenset(codes) for unit, codes in found.items()}


def _scope(campaign: Campaign, person: Person, what: str) -> Any:
    if what == PLACES:
        rows = places_in(campaign, person).order_by().values_list("pk", "name", "sector", "territory")
        return ((key, name, sector, "", territory) for key, name, sector, territory in rows)
    columns = ("pk", "unit__name", "sector", "second_sector", "unit__territory")
    return enterprises_in(campaign, person).order_by().values_list(*columns)
