"""Plays a county's hazards over some weeks: so many are found, by whom it falls to, and each has its fate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from anwei.cases.periods import month_before
from anwei.demo.plan import SEED
from anwei.demo.working.crew import Bureau, Crew, Plant, crew_of
from anwei.demo.working.hazards import Fate, Finding, Life
from anwei.demo.working.reports import self_check
from anwei.demo.working.visits import visit
from anwei.demo.working.words import defects_of
from anwei.demo.working.world import World
from anwei.hazards.models import Campaign, Origin
from anwei.hazards.services.reports import due_of
from anwei.org.holdings import day_of
from anwei.org.models import Person

SHARES = {  # of a hundred hazards; every fate falls to somebody
    Fate.PLAIN: 47,
    Fate.ON_THE_SPOT: 10,
    Fate.SENT_BACK: 8,
    Fate.EXTENDED: 5,
    Fate.LATE: 6,
    Fate.NEGLECTED: 4,
    Fate.PENALISED: 1,
    Fate.UNTRUE: 4,
    Fate.FOUND_TWICE: 3,
    Fate.HANDED_OVER: 3,
    Fate.CAME_BACK: 4,
    Fate.ON_PAPER: 1,
    Fate.MAJOR: 2,
    Fate.STOPPED: 1,
    Fate.LISTED: 1,
}
OF_ANYBODY = (
    Fate.PLAIN,
    Fate.SENT_BACK,
    Fate.EXTENDED,
    Fate.LATE,
    Fate.NEGLECTED,
    Fate.UNTRUE,
    Fate.CAME_BACK,
)
SELF_CHECKED, PATROLLED, HANDED_DOWN = 0.3, 0.2, 0.1  # shares of what anybody may find
EARLY = (Fate.PENALISED, Fate.STOPPED, Fate.LISTED)  # what needs weeks begins in the first quarter
TOGETHER = 0.1  # the share of visits that two bureaus make as one
ANNOUNCED = 0.8  # the share of visits of which the plant is told before
CLEAN = 0.15  # the share of visits that find nothing
EACH_VISIT = (1, 2, 2, 3, 4)


def play(
    n: int,
    *,
    since: datetime,
    until: datetime,
    seed: int,
    n_reports: int = 10,
    arrange: Callable[[World], Campaign | None] = lambda world: None,
) -> World:
    """Let `n` hazards (and those that are found twice or come back) be found between two moments.

    Beside them `n_reports` plants at most report a self-check of last month without a finding. Whoever works
    in the county does it through the services; the same seed in the same county gives the same hazards.
    `arrange` may add stories of its own before the clock moves, and return the campaign of the visits.
    """
    world = World(crew_of(until), until, Random(f"{SEED}:working:{seed}"))  # noqa: S311  # no secret
    fates = fates_of(n, world.chance)
    n_found = {
        Origin.SELF_CHECK: _share(fates, SELF_CHECKED),
        Origin.PATROL: _share(fates, PATROLLED),
        Origin.UPPER: _share(fates, HANDED_DOWN),
    }
    taken = {origin: [_take(fates, OF_ANYBODY) for _n in range(n)] for origin, n in n_found.items()}
    fates += _report(world, taken[Origin.SELF_CHECK], since, until, n_reports)
    for origin in (Origin.PATROL, Origin.UPPER):
        for fate in taken[origin]:
            _found_by_the_way(world, origin, fate, _moment(world, since, until))
    _inspect(world, fates, since, until, arrange(world))
    world.agenda.play()
    return world


def fates_of(n: int, chance: Random) -> list[Fate]:
    """Return `n` fates in their shares, each at least once where there is room, in the order of chance."""
    fates = [fate for fate, share in SHARES.items() for _n in range(max(1, round(n * share / 100)))]
    rest = n - len(fates)
    fates = fates + [Fate.PLAIN] * rest if rest > 0 else sorted(fates, key=_common_last)[:n]
    chance.shuffle(fates)
    return fates


def _common_last(fate: Fate) -> int:
    return SHARES[fate]


def _share(fates: Sequence[Fate], share: float) -> int:
    return round(share * sum(fate in OF_ANYBODY for fate in fates))


def _take(fates: list[Fate], allowed: Sequence[Fate]) -> Fate:
    """Take the first of the allowed fates out of the list."""
    return fates.pop(next(place for place, fate in enumerate(fates) if fate in allowed))


def _moment(world: World, since: datetime, until: datetime, *, early: bool = False) -> datetime:
    length = (until - since) / (4 if early else 1)
    return world.office(since + length * world.chance.random())


def inspected(crew: Crew) -> list[Plant]:
    """Return the plants whose sector is led by a bureau with two officers."""
    return [one for one in crew.plants if (led := crew.bureaus.get(one.sector)) and len(led.officers) > 1]


def _inspect(
    world: World, fates: list[Fate], since: datetime, until: datetime, campaign: Campaign | None
) -> None:
    """Let bureaus visit plants until every fate was met; a major one where a criterion of the sector fits."""
    crew = world.crew
    plants = inspected(crew)
    leading = list(dict.fromkeys(crew.bureaus[plant.sector].unit.pk for plant in plants))
    while fates:
        found = [fates.pop() for _n in range(min(len(fates), world.choice(EACH_VISIT)))]
        fits = [one for one in plants if _fits(one, found)]
        plant = world.choice(fits)
        bureau = crew.bureaus[plant.sector]
        partners = [other for other in crew.bureaus.values() if other.unit.pk in leading and other != bureau]
        joined = world.choice(partners) if partners and world.chance.random() < TOGETHER else None
        at = _moment(world, since, until, early=any(fate in EARLY for fate in found))
        told = world.chance.random() < ANNOUNCED
        other = _may_come(joined, plant)
        story = visit(world, bureau, plant, at, found, announced=told, campaign=campaign, together=other)
        world.agenda.add(story)
        if world.chance.random() < CLEAN:
            clean = world.choice(plants)
            at = _moment(world, since, until)
            world.agenda.add(visit(world, crew.bureaus[clean.sector], clean, at, ()))


def _fits(plant: Plant, fates: Sequence[Fate]) -> bool:
    return not any(fate.is_major for fate in fates) or any(one.major for one in defects_of(plant.sector))


def _may_come(bureau: Bureau | None, plant: Plant) -> Bureau | None:
    """Return a bureau where it may go to a plant with another: one that shares the sector."""
    if bureau is None:
        return None
    shared = bureau.unit.sector_duties.filter(sector=plant.sector).exists()
    return bureau if shared else None


def _found_by_the_way(world: World, origin: Origin, fate: Fate, at: datetime) -> None:
    """Let a clerk of the township, or the committee's office, file what was seen or handed down."""
    plant = world.choice(inspected(world.crew))
    finder: Person | None = world.crew.clerk_of(plant) if origin == Origin.PATROL else None
    if finder is None:
        finder = world.choice(world.crew.office)
    defect = world.choice(defects_of(plant.sector))
    world.agenda.add(Life(world, plant, Finding(defect, finder, origin, at, fate)).story())


def _report(world: World, fates: list[Fate], since: datetime, until: datetime, n_zero: int) -> list[Fate]:
    """Let plants report their self-checks of last month, those with findings first; return the fates left."""
    month = month_before(day_of(until))
    plants = list(inspected(world.crew))
    world.chance.shuffle(plants)
    first = max(since, due_of(month) - timedelta(days=25))
    hours = max(1.0, (min(until, due_of(month)) - first) / timedelta(hours=1))
    for plant in plants:
        n = min(len(fates), world.choice((1, 1, 2, 3)))
        found = [fates.pop() for _n in range(n)]
        n_zero -= not found
        if n_zero < 0:
            break
        world.agenda.add(self_check(world, plant, month, world.shift(first, 0, hours), found))
    return fates
