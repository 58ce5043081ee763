"""The daily report of a key period (零报告): computed from records for each body and day, never typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from anwei.cases.indicators import indicator
from anwei.cases.models import Case
from anwei.hazards.models import Campaign, Grade, Hazard, Visit
from anwei.hazards.planning.bodies import INSPECTING, bodies_at
from anwei.hazards.statistics import NOT_REAL
from anwei.org.holdings import day_of
from anwei.org.models import Person, SectorDuty, Unit
from anwei.org.scope import grants
from anwei.sites.timeline import start_of

COLUMNS = (
    ("visits", _("检查家次")),
    ("found", _("发现隐患")),
    ("major", _("其中重大")),
    ("closed", _("销号隐患")),
    ("warnings", _("预警")),
    ("accidents", _("事故")),
)
ACCIDENTS = "acc_cnt"  # the indicator whose rows are the county's accidents of production, by its ledger
WARNING = "warning"  # the kind of case that an alarm becomes
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DailyLine:
    """One body on one day; all numbers zero is the zero report."""

    on: date
    unit: Unit | None  # None: the whole territory, each thing once
    numbers: dict[str, int]

    @property
    def is_zero(self) -> bool:
        """Whether nothing was done, found or warned of."""
        return not any(self.numbers.values())

    @property
    def cells(self) -> list[tuple[Any, int]]:
        """Label and number in the order of COLUMNS."""
        return [(label, self.numbers[key]) for key, label in COLUMNS]


@dataclass(frozen=True)
class _Fact:
    key: str
    on: date
    territory: str
    sector: str
    bodies: frozenset[int] = frozenset()


def days_of(campaign: Campaign, now: datetime) -> list[date]:
    """Return the days of a campaign that have begun, the newest first."""
    last = min(campaign.ends_on, day_of(now))
    return [last - n * DAY for n in range((last - campaign.starts_on).days + 1)]


def sees_whole(campaign: Campaign, person: Person) -> bool:
    """Say whether a person sees everything in the territory of a campaign, of every sector."""
    return any(
        grant.enterprise is None and grant.sectors is None and campaign.territory.startswith(grant.territory)
        for grant in grants(person)
    )


def daily_report(campaign: Campaign, person: Person, days: Iterable[date]) -> list[DailyLine]:
    """Return a line for each day and body of the campaign's territory, and one for all together.

    Who sees only a part of it gets the lines of the own bodies alone: of the others a zero would be untrue.
    A visit counts for each body that took part; a hazard, warning or accident for the township where it lies
    and for the department that answers for its sector.
    """
    wanted = sorted(set(days), reverse=True)
    if not wanted:
        return []
    facts = list(_facts(campaign, person, wanted[-1], wanted[0]))
    units = list(
        Unit.objects.filter(kind__in=INSPECTING, territory__startswith=campaign.territory, closed_on=None)
    )
    is_whole = sees_whole(campaign, person)
    if not is_whole:
        own = {unit.pk for unit in bodies_at(person)}
        units = [unit for unit in units if unit.pk in own]
    sectors = _sectors(units, wanted[0])
    lines = []
    for on in wanted:
        of_day = [fact for fact in facts if fact.on == on]
        if is_whole:
            lines.append(DailyLine(on, None, _numbers(of_day)))
        for unit in units:
            its = [fact for fact in of_day if _belongs(fact, unit, sectors.get(unit.pk, frozenset()))]
            lines.append(DailyLine(on, unit, _numbers(its)))
    return lines


def _numbers(facts: Iterable[_Fact]) -> dict[str, int]:
    numbers = dict.fromkeys((key for key, _label in COLUMNS), 0)
    for fact in facts:
        numbers[fact.key] += 1
    return numbers


def _belongs(fact: _Fact, unit: Unit, sectors: frozenset[str]) -> bool:
    if fact.key == "visits":
        return unit.pk in fact.bodies
    if unit.kind == Unit.Kind.DEPARTMENT:
        return fact.sector in sectors and fact.territory.startswith(unit.territory)
    return unit.kind == Unit.Kind.TOWNSHIP and fact.territory.startswith(unit.territory)


def _sectors(units: list[Unit], on: date) -> dict[int, frozenset[str]]:
    duties = SectorDuty.objects.on(on).filter(unit__in=units, lead=True).values_list("unit", "sector")
    found: dict[int, set[str]] = {}
    for unit, sector in duties:
        found.setdefault(unit, set()).add(sector)
    return {unit: frozenset(codes) for unit, codes in found.items()}


def _facts(campaign: Campaign, person: Person, first: date, last: date) -> Iterable[_Fact]:
    window = (start_of(first), start_of(last + DAY))
    where: dict[str, Any] = {"territory__startswith": campaign.territory}
    if campaign.sectors:
        where["sector__in"] = campaign.sectors
    visits = Visit.objects.visible_to(person).filter(begun_at__range=window, **where)
    bodies: dict[int, set[int]] = defaultdict(set)
    known = {}
    columns = ("pk", "bodies", "begun_at", "territory", "sector")
    for key, body, at, territory, sector in visits.order_by().values_list(*columns):
        bodies[key].add(body)
        known[key] = (at, territory, sector)
    for key, (at, territory, sector) in known.items():
        yield _Fact("visits", day_of(at), territory, sector, frozenset(bodies[key]))
    hazards = Hazard.objects.visible_to(person).filter(**where).order_by()
    found = hazards.filter(found_at__range=window).exclude(outcome__in=NOT_REAL)
    for at, territory, sector, grade in found.values_list("found_at", "territory", "sector", "grade"):
        yield _Fact("found", day_of(at), territory, sector)
        if grade == Grade.MAJOR:
            yield _Fact("major", day_of(at), territory, sector)
    closed = hazards.filter(closed_at__range=window, outcome="rectified")
    for at, territory, sector in closed.values_list("closed_at", "territory", "sector"):
        yield _Fact("closed", day_of(at), territory, sector)
    warnings = Case.objects.visible_to(person).filter(kind=WARNING, opened_at__range=window, **where)
    for at, territory, sector in warnings.order_by().values_list("opened_at", "territory", "sector"):
        yield _Fact("warnings", day_of(at), territory, sector)
    yield from _accidents(where, person, first, last)


def _accidents(where: dict[str, Any], person: Person, first: date, last: date) -> Iterable[_Fact]:
    ledger = indicator(ACCIDENTS).numerator[0]
    territory, sector = ledger.places
    paths = {"territory__startswith": f"{territory}__startswith", "sector__in": f"{sector}__in"}
    rows = ledger.rows(person, start_of(last)).filter(**{paths[name]: told for name, told in where.items()})
    rows = rows.filter(**{f"{ledger.day}__range": (first, last)}).order_by()
    for on, place, code in rows.values_list(ledger.day, territory, sector):
        yield _Fact("accidents", on, place, code or "")
