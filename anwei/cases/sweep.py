"""What time itself does to cases; run by the worker every minute, and harmless when run twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anwei.cases.evidence import remove_orphans
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case, Clock, Entry
from anwei.ledgers import seal

OVERDUE = "overdue"


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    n_overdue: int
    n_orphans: int
    sealed: bool


def sweep(now: datetime) -> Swept:
    """Enter each newly missed clock into its case's timeline once; each hour, seal and remove orphans."""
    missed = Clock.objects.filter(
        met_at__isnull=True, due_at__lt=now, overdue_entered=False, case__closed_at__isnull=True
    )
    n_overdue = sum(_enter(clock_id, now) for clock_id in list(missed.values_list("pk", flat=True)))
    new_hour = seal.seal_head(now) is not None
    return Swept(n_overdue, remove_orphans(now) if new_hour else 0, new_hour)


@transaction.atomic
def _enter(clock_id: int, now: datetime) -> bool:
    """Write the timeline line of a missed clock, unless somebody was faster."""
    case_id = Clock.objects.values_list("case_id", flat=True).get(pk=clock_id)
    case = Case._base_manager.select_for_update().get(pk=case_id)
    clock = Clock.objects.get(pk=clock_id)
    if clock.met_at is not None or clock.overdue_entered or case.phase == Phase.CLOSED:
        return False
    clock.overdue_entered = True
    clock.save(update_fields=["overdue_entered"])
    seal.append(
        Entry(
            case_id=case.pk,
            at=now,
            verb=OVERDUE,
            from_phase=case.phase,
            to_phase=case.phase,
            content={"clock": clock.name, "due_at": clock.due_at, "citation": clock.citation},
        )
    )
    return True
