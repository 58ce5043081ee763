"""Visits of bureaus to plants: planned, merged, begun, ended, rated; and what is found there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from anwei.demo.working.agenda import Story
from anwei.demo.working.crew import Bureau, Plant
from anwei.demo.working.hazards import Fate, Finding, Life
from anwei.demo.working.words import defects_of, words
from anwei.demo.working.world import World
from anwei.hazards.models import Campaign, Origin
from anwei.hazards.planning.capping import n_counted, yearly_cap
from anwei.hazards.services.cancelling import merge_visits
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visiting import begin_visit, end_visit, rate_visit
from anwei.hazards.services.visits import plan_visit
from anwei.org.holdings import day_of

RATED = 0.4  # the share of visits that enterprises rate
EACH = timedelta(minutes=25)  # for one finding


def visit(
    world: World,
    bureau: Bureau,
    plant: Plant,
    at: datetime,
    fates: Sequence[Fate],
    *,
    announced: bool = True,
    campaign: Campaign | None = None,
    together: Bureau | None = None,
) -> Story:
    """Plan a visit some days before `at`, go there, and find as many hazards as there are fates.

    `together`: another bureau plans one too, and both become one. A plant that was visited as often as the
    year allows is visited on a tip.
    """
    chance = world.chance
    planned_at = world.office(at - timedelta(days=6), 0, 40)
    yield planned_at
    n = n_counted(bureau.unit, plant.enterprise, at.year)
    told: dict[str, Any] = {"reason": "plan" if campaign is None else "campaign", "campaign": campaign}
    if n >= yearly_cap():
        told = {"reason": "tip_off", "reason_text": "12350转办线索"}
    two = chance.sample(bureau.officers, min(2, len(bureau.officers)))
    planned = plan_visit(
        Whereabouts(plant.enterprise),
        actor=two[0],
        now=planned_at,
        body=bureau.unit,
        planned_on=day_of(at),
        announced=announced,
        inspectors=two,
        **told,
    )
    if together is not None:
        yield (later := world.office(planned_at, 1, 3))
        second = plan_visit(
            Whereabouts(plant.enterprise),
            actor=together.officers[0],
            now=later,
            body=together.unit,
            planned_on=day_of(at) + timedelta(days=2),
            reason="plan",
            announced=announced,
            inspectors=together.officers[:2],
        )
        yield (later := world.office(later, 1, 3))
        planned = merge_visits([planned, second], actor=two[0], now=later)
    yield at
    begin_visit(planned, actor=two[0], now=at)
    for number, fate in enumerate(fates):
        defect = chance.choice([one for one in defects_of(plant.sector) if one.major or not fate.is_major])
        found = at + (number + 1) * EACH
        finding = Finding(defect, two[number % 2], Origin.INSPECTION, found, fate)
        world.agenda.add(Life(world, plant, finding).story())
    yield (ended := at + (len(fates) + 1) * EACH)
    seen = words("visit" if fates else "clean", chance)
    end_visit(planned, actor=two[0], now=ended, finding=seen, head=str(plant.head))
    if chance.random() < RATED:
        yield (rated := world.shift(ended, 3, 40))
        rate_visit(planned, actor=plant.head, now=rated, rating=chance.choice((3, 4, 4, 5, 5, 5)))
