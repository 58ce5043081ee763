"""The monthly self-checks of plants: most find nothing or little, and what fails becomes a hazard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from anwei.demo.working.agenda import Story
from anwei.demo.working.crew import Plant
from anwei.demo.working.hazards import Fate, Finding, Life
from anwei.demo.working.words import defects_of
from anwei.demo.working.world import World
from anwei.hazards.models import Origin
from anwei.hazards.services.reports import FAILED, OK, Answer, items_for, report_month
from anwei.standards.hazards.checklists import ChecklistItem


def self_check(world: World, plant: Plant, month: date, at: datetime, fates: Sequence[Fate] = ()) -> Story:
    """Report a month's self-check at a moment, with a hazard for each fate.

    Where a plant has one person of safety its head reports, so that finder, fixer and verifier are three.
    """
    yield at
    reporter = world.choice(plant.staff) if len(plant.staff) > 1 else plant.head
    items = items_for(plant.enterprise)
    keys = {item.id for item in items}
    known = list({one.item: one for one in defects_of(plant.sector) if one.item in keys}.values())
    failed = dict(zip(world.chance.sample(known, min(len(fates), len(known))), fates, strict=False))
    lives = {
        defect.item: Life(world, plant, Finding(defect, reporter, Origin.SELF_CHECK, at, fate))
        for defect, fate in failed.items()
    }
    answers = [_answer(item, lives.get(item.id)) for item in items]
    reported = report_month(plant.enterprise, month, answers, actor=reporter, now=at)
    for hazard in reported.hazards.order_by("pk"):
        life = lives[hazard.checklist_item]
        life.take(hazard)
        world.agenda.add(life.story())


def _answer(item: ChecklistItem, life: Life | None) -> Answer:
    if life is None:
        return Answer(item, OK)
    return Answer(item, FAILED, life.text, life.where, [life.before])
