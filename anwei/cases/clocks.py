"""The clocks that run on a case: started by an event, met by a verb; the deadline is the earliest unmet."""

from __future__ import annotations

from datetime import datetime

from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.standards.clocks import ClockRule

OPENED = "open"


def run_clocks(case: Case, event: str, now: datetime) -> None:
    """Meet and start the clocks of a case after `event` (OPENED or a verb) and set its deadline, unsaved.

    Closing meets every clock: nothing more is due.
    """
    unmet = case.clocks.filter(met_at__isnull=True)
    if case.phase == Phase.CLOSED:
        unmet.update(met_at=now)
        case.deadline = None
        return
    unmet.filter(met_by=event).update(met_at=now)
    for rule in kind_of(case).clocks(case):
        if event in rule.starts_on:
            _start(case, rule, now)
    earliest = case.clocks.filter(met_at__isnull=True).order_by("due_at").first()
    case.deadline = None if earliest is None else earliest.due_at


def _start(case: Case, rule: ClockRule, now: datetime) -> None:
    """Start a clock; one that runs already keeps running, and a new limit can only make it due earlier."""
    clock, created = case.clocks.get_or_create(
        name=rule.name,
        met_at=None,
        defaults={
            "citation": rule.citation,
            "started_at": now,
            "due_at": rule.due(now),
            "met_by": rule.met_by,
        },
    )
    if not created and rule.due(now) < clock.due_at:
        clock.due_at, clock.citation = rule.due(now), rule.citation
        clock.save(update_fields=["due_at", "citation"])
