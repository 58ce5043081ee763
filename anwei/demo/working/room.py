"""The hazards room as a visitor of the demo finds it: two months of work, and something on every desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from anwei.cases.clocks import county_calendar
from anwei.demo.working.agenda import Story
from anwei.demo.working.county import inspected, play
from anwei.demo.working.crew import Plant
from anwei.demo.working.hazards import Fate, Finding, Life
from anwei.demo.working.visits import visit
from anwei.demo.working.words import defects_of
from anwei.demo.working.world import World
from anwei.hazards.models import Campaign, Origin
from anwei.hazards.services.campaigns import open_campaign, open_key_period
from anwei.hazards.services.draws import make_draw, plan_drawn
from anwei.org.holdings import day_of
from anwei.standards.inspections.periods import periods_of

SEED = 1
DAY = timedelta(days=1)
TWO_MONTHS, BEGUN = 60 * DAY, 45 * DAY
ON_DESKS = 19  # of the hazards wait on desks of named accounts
AT_LEAST = 20  # others, so that each fate falls to somebody
FILED, ORDERED, ACCEPTED, FIXED, PROPOSED, LISTED = 2, 3, 4, 5, 5, 7  # moments of a life until it stands so
WEEKEND = 3  # days more, so that offices were open since
SOON = 21 * DAY  # a key period that begins so soon is opened
N_ZERO = 60  # plants that report a self-check without a finding


def furnish(n: int, *, now: datetime) -> None:
    """Let people have worked for two months until now, with some `n` hazards; the desks are of the same."""
    play(
        max(AT_LEAST, n - ON_DESKS),
        since=now - TWO_MONTHS,
        until=now,
        seed=SEED,
        n_reports=N_ZERO,
        arrange=partial(_arrange, now=now),
    )


def _arrange(world: World, *, now: datetime) -> Campaign:
    """Open the campaigns, put what waits on desks, and plan the visits of these days."""
    campaign = _campaigns(world, now)
    first: dict[str, Plant] = {}  # of a sector: the plant whose people have accounts
    for plant in inspected(world.crew):
        first.setdefault(plant.sector, plant)
    plants = list(first.values())
    of_bureaus = {world.crew.bureaus[plant.sector].unit.pk: plant for plant in plants}.values()
    waiting = [(plant, (ORDERED, ACCEPTED)[number % 2]) for number, plant in enumerate(plants)]
    waiting += [(plant, standing) for plant in of_bureaus for standing in (FILED, FIXED)]
    for plant, standing in waiting:
        life = _life(world, plant, now - (standing + WEEKEND) * DAY, Fate.PLAIN)
        world.agenda.add(islice(life.story(), standing))
    unled = (plant for plant in world.crew.plants if plant.sector not in world.crew.bureaus)
    for plant, origin in [
        (plants[0], Origin.SELF_CHECK),
        *((one, Origin.PATROL) for one in islice(unled, 1)),
    ]:
        life = _life(world, plant, now - WEEKEND * DAY, Fate.PLAIN, origin)
        world.agenda.add(islice(life.story(), FILED))
    of_major = [one for one in plants if any(defect.major for defect in defects_of(one.sector))]
    for plant, days, standing in zip(of_major, (16, 7), (LISTED, PROPOSED), strict=False):
        life = _life(world, plant, now - days * DAY, Fate.LISTED)
        world.agenda.add(islice(life.story(), standing))
    for days in range(4):
        world.agenda.add(_to_come(world, plants[days % len(plants)], now + days * DAY, announced=days != 2))
    return campaign


def _life(
    world: World, plant: Plant, moment: datetime, fate: Fate, origin: Origin = Origin.INSPECTION
) -> Life:
    defect = world.choice([one for one in defects_of(plant.sector) if one.major or not fate.is_major])
    finder = {
        Origin.SELF_CHECK: plant.staff[0],
        Origin.PATROL: world.crew.clerk_of(plant) or world.crew.office[0],
    }.get(origin) or world.crew.bureaus[plant.sector].officers[0]
    found = Finding(defect, finder, origin, world.office(moment), fate)
    return Life(world, plant, found)


def _to_come(world: World, plant: Plant, at: datetime, *, announced: bool) -> Story:
    """Return a visit that is planned and waits for its day."""
    return islice(visit(world, world.crew.bureaus[plant.sector], plant, at, (), announced=announced), 2)


def _campaigns(world: World, now: datetime) -> Campaign:
    """Open a special campaign, its draw, the year's plan, and the key period that runs or comes soon."""
    office = world.crew.office[0]
    bureau = world.crew.bureaus["chemical"]
    officer, began, today = bureau.officers[0], now - BEGUN, day_of(now)
    committee_office = next(iter(office.holdings.all())).post.unit
    special = open_campaign(
        actor=office,
        now=began,
        organizer=committee_office,
        kind=Campaign.Kind.SPECIAL,
        name="重点行业领域安全隐患排查整治专项行动",
        starts_on=day_of(began),
        ends_on=today + SOON,
        target=60,
        basis="临安委办〔2026〕18号",
        note="不留死角、不留盲区；建档立账，逐一整改销号",
    )
    yearly = open_campaign(
        actor=officer,
        now=began,
        organizer=bureau.unit,
        kind=Campaign.Kind.YEARLY,
        name=f"{today.year}年度安全生产监督检查计划",
        starts_on=today.replace(month=1, day=1),
        ends_on=today.replace(month=12, day=31),
        target=40,
        sectors=[sector for sector, one in world.crew.bureaus.items() if one == bureau],
    )
    for period in periods_of(today.year, county_calendar()):
        if period.starts_on - SOON <= today <= period.ends_on:
            key = period.key
            open_key_period(key, actor=office, now=now - DAY, organizer=committee_office, target=30)
    drawn_at, seed = min(world.office(now - 3 * DAY), now), f"{today:%Y%m%d}"
    made = make_draw(yearly, actor=officer, now=drawn_at, body=bureau.unit, seed=seed, n=4, n_inspectors=2)
    plan_drawn(made, actor=officer, now=now, planned_on=today + 5 * DAY, announced=True)
    return special
