"""The clocks that run on a case: started by an event, met by a verb; the deadline is the earliest unmet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min, Q

from anwei.cases.events import RECOUNTED
from anwei.cases.kinds import kind_of, specific
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case, Clock, Entry
from anwei.cases.state import STATE, state_of
from anwei.ledgers import seal
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.standards.calendar import CALENDAR, WorkCalendar
from anwei.standards.clocks import ClockRule

OPENED = "open"


def county_calendar() -> WorkCalendar:
    """Return the working days as this county entered them."""
    return WorkCalendar.load(county_setting(CALENDAR, {}))


def run_clocks(case: Case, event: str, now: datetime) -> None:
    """Meet and start the clocks of a case after `event` (OPENED or a verb) and set its deadline, unsaved.

    A clock that repeats starts again when it is met. Closing meets every clock: nothing more is due.
    """
    unmet = case.clocks.filter(met_at__isnull=True)
    if case.phase == Phase.CLOSED:
        unmet.update(met_at=now)
        case.deadline = None
        return
    rules = list(kind_of(case).clocks(case))
    starting = [(rule, now) for rule in rules if event in rule.starts_on]
    starting += [
        (rule, rule.next_start(now, due_at))
        for rule in rules
        if rule.repeats and rule.met_by == event
        for due_at in unmet.filter(met_by=event, name=rule.name).values_list("due_at", flat=True)
    ]
    starting += [
        (rule, now)
        for rule in rules
        if event in rule.tightened_by and unmet.filter(name=rule.name, met_by=rule.met_by).exists()
    ]
    ended = [rule.name for rule in rules if event in rule.ended_by]
    unmet.filter(Q(met_by=event) | Q(name__in=ended)).update(met_at=now)
    calendar = county_calendar() if starting else None
    for rule, counted_from in starting:
        _start(case, rule, now, rule.due(counted_from, calendar), calendar)
    set_deadline(case)


def set_deadline(case: Case) -> None:
    """Set a case's deadline, unsaved, to its earliest unmet clock."""
    case.deadline = case.clocks.filter(met_at__isnull=True).aggregate(due=Min("due_at"))["due"]


def rule_of(case: Case, clock: Clock) -> ClockRule | None:
    """Return the rule by which a clock of a case runs, None where the kind has it no longer."""
    rules = kind_of(case).clocks(specific(case))
    return next((rule for rule in rules if rule.name == clock.name and rule.met_by == clock.met_by), None)


@transaction.atomic
def recount(clock: Clock, calendar: WorkCalendar, now: datetime) -> bool:
    """Reckon a provisional clock again after its calendar year was published; say whether it is sure now.

    A clock that was extended keeps the day that was signed for.
    """
    case = Case._base_manager.select_for_update().get(pk=clock.case_id)
    clock.refresh_from_db()
    rule = rule_of(case, clock)
    if clock.met_at is not None or rule is None or not clock.provisional:
        return False
    due_at = rule.due(clock.started_at, calendar)
    if day_of(due_at) > calendar.known_through:
        return False
    clock.provisional = False
    moved = due_at != clock.first_due_at and not clock.is_extended
    if moved:
        content: dict[str, Any] = {"clock": clock.name, "from": clock.due_at, "to": due_at}
        content["citation"] = clock.citation
        clock.due_at = clock.first_due_at = due_at
    clock.save(update_fields=["provisional", "due_at", "first_due_at"])
    if moved:
        set_deadline(case)
        case.save(update_fields=["deadline"])
        content[STATE] = state_of(case)
        seal.append(
            Entry(
                case_id=case.pk,
                at=now,
                verb=RECOUNTED,
                from_phase=case.phase,
                to_phase=case.phase,
                content=content,
            )
        )
    return True


def _start(
    case: Case, rule: ClockRule, now: datetime, due_at: datetime, calendar: WorkCalendar | None
) -> None:
    """Start a clock; one that runs already keeps running, and a new limit can only make it due earlier."""
    terms = {"citation": rule.citation, "confidence": rule.confidence, "on_breach": rule.on_breach}
    in_working_days = rule.unit == "working" or rule.rolls
    provisional = in_working_days and calendar is not None and day_of(due_at) > calendar.known_through
    moments = {"due_at": due_at, "first_due_at": due_at, "provisional": provisional}
    clock, created = case.clocks.get_or_create(
        name=rule.name,
        met_at=None,
        defaults={"started_at": now, "met_by": rule.met_by, **terms, **moments},
    )
    if not created and due_at < clock.due_at:
        for name, value in (terms | moments).items():
            setattr(clock, name, value)
        clock.save(update_fields=[*terms, *moments])
