"""What was counted beside what there was to count: self-checks by month, findings by visit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from anwei.hazards.models import Attendance, Hazard, Origin, Visit
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Post
from anwei.sites.models import Enterprise
from anwei.standards.formalism.peers import FEWEST_PEERS, Tally

DAYS_A_MONTH = 365.25 / 12
LOOKED = 3  # official visits without a finding, and a plant that reports nothing is believed
FOUND_BY_OFFICIALS = (Origin.INSPECTION, Origin.PATROL, Origin.EXPERT, Origin.UPPER)


@dataclass(frozen=True)
class Visited:
    """A visit that took place: where, when, by whom, of which bodies, and how much was found."""

    enterprise: int | None
    sector: str
    people: tuple[tuple[int, int], ...]  # (person, unit)
    n_found: int


def visits_between(start: datetime, end: datetime) -> list[Visited]:
    """Return the visits begun in a period, each with what any of its inspectors found there that day.

    What one of two inspectors writes down counts for both: they were there together.
    """
    people: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = Attendance._base_manager.filter(visit__begun_at__gte=start, visit__begun_at__lte=end)
    for pk, person, unit in rows.order_by("pk").values_list("visit", "person", "unit"):
        people[pk].append((person, unit))
    found = _found_by_day(start, end)
    told = []
    visits = Visit._base_manager.filter(pk__in=people).order_by("pk")
    for visit in visits.only("enterprise", "site", "sector", "begun_at"):
        assert visit.begun_at is not None  # noqa: S101 - it was asked for
        day = (day_of(visit.begun_at), visit.enterprise_id, None if visit.enterprise_id else visit.site_id)
        n_found = sum(found[(*day, person)] for person, _unit in people[visit.pk])
        told.append(Visited(visit.enterprise_id, visit.sector, tuple(people[visit.pk]), n_found))
    return told


def self_checks(start: datetime, end: datetime, visits: list[Visited]) -> list[Tally]:
    """Return for each working enterprise what it found itself in so many months; peers: sector and scale.

    Left out are who has nobody in post to look, and who officials looked at several times and found nothing:
    it may be a good plant.
    """
    months = (end - start).days / DAYS_A_MONTH
    found = Counter(
        Hazard._base_manager.filter(found_at__gte=start, found_at__lte=end, origin=Origin.SELF_CHECK)
        .exclude(outcome="false_report")
        .values_list("enterprise", flat=True)
    )
    n_visits = Counter(visit.enterprise for visit in visits)
    n_found = Counter[int | None]()
    for visit in visits:
        n_found[visit.enterprise] += visit.n_found
    safety = holdings_on(day_of(end)).filter(post__kind__in=(Post.Kind.PRINCIPAL, Post.Kind.SAFETY))
    rows = Enterprise.objects.filter(
        status=Enterprise.Status.PRODUCING, unit__in=safety.order_by().values("post__unit")
    )
    return [
        Tally(pk, f"{sector}/{scale}", found[pk], months)
        for pk, sector, scale in rows.order_by("pk").values_list("pk", "sector", "scale")
        if n_visits[pk] < LOOKED or n_found[pk]
    ]


def inspectors(visits: list[Visited]) -> list[Tally]:
    """Return for each inspector what was found in so many visits; peers: of the body, in the sector.

    Where the body has too few in the sector, peers are all of the sector. Who goes to several sectors is
    counted in the one of most visits.
    """
    n_visits: Counter[tuple[int, int, str]] = Counter()
    n_found: Counter[tuple[int, int, str]] = Counter()
    for visit in visits:
        for person, unit in visit.people:
            n_visits[person, unit, visit.sector] += 1
            n_found[person, unit, visit.sector] += visit.n_found
    main: dict[int, tuple[int, int, str]] = {}
    for key, n in sorted(n_visits.items()):
        if n > n_visits.get(main.get(key[0], key), 0) or key[0] not in main:
            main[key[0]] = key
    sizes = Counter((unit, sector) for _person, unit, sector in main.values())
    return [
        Tally(
            person,
            f"{unit}/{sector}" if sizes[unit, sector] > FEWEST_PEERS else sector,
            n_found[key],
            n_visits[key],
        )
        for person, key in main.items()
        for _person, unit, sector in [key]
    ]


def _found_by_day(start: datetime, end: datetime) -> Counter[tuple[date, int | None, int | None, int]]:
    """Return how many hazards a person found at one place on one day, by official ways."""
    rows = Hazard._base_manager.filter(
        found_at__gte=start, found_at__lte=end, origin__in=FOUND_BY_OFFICIALS, found_by__isnull=False
    ).exclude(outcome="false_report")
    return Counter(
        (day_of(at), enterprise, None if enterprise else site, person)
        for at, enterprise, site, person in rows.values_list("found_at", "enterprise", "site", "found_by")
    )
