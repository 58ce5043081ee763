"""Many hazards at once, by whole tables: what a county of 74,000 hazards asks of a page."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from anwei.cases.models import Case, Clock
from anwei.hazards.models import Hazard, Origin
from anwei.org.models import Territory
from anwei.standards.sectors import sectors
from tests.hazards.conftest import Safe
from tests.kernel.county import COUNTY

AT_ONCE = 300  # rows of one INSERT: SQLite takes so many values at once
CLAUSES = [f"GM-{chapter:02d}-{item:02d}" for chapter in range(1, 11) for item in range(1, 21)]
SECTORS = tuple(sectors())[:8]
N_TOWNSHIPS = 24


def many_hazards(
    safe: Safe, n_rows: int, now: datetime, *, days: int = 1095, n_townships: int = N_TOWNSHIPS
) -> None:
    """Write hazards found over `days` before `now`: most put right in time, some late, open, untrue, again."""
    chance = random.Random(5)
    Territory.objects.bulk_create(
        Territory(code=f"{COUNTY}{200 + n}", name=f"第{n}镇") for n in range(n_townships)
    )
    cases, hazards, clocks = [], [], []
    for n in range(1, n_rows + 1):
        found_at = now - timedelta(seconds=chance.randrange(days * 86_400))
        due_at = (found_at + timedelta(days=chance.choice((1, 7, 15, 30)))).replace(
            hour=16, minute=0, second=0, microsecond=0
        )
        fate = chance.choices(("rectified", "late", "open", "false_report", "merged"), (80, 8, 8, 2, 2))[0]
        closed_at = due_at - timedelta(hours=3) if fate != "late" else due_at + timedelta(days=4)
        if fate == "open" or closed_at > now:
            closed_at = None
        fate = "rectified" if fate == "late" else fate
        township = chance.randrange(n_townships)
        case = Case(
            pk=1_000_000 + n,
            kind="hazard",
            number=f"YH-{n:06d}",
            title="隐患",
            territory=f"{COUNTY}{200 + township}{chance.randrange(200, 220)}",
            sector=chance.choice(SECTORS),
            enterprise=safe.county.enterprise if n % 40 == 0 else None,
            responsible=safe.county.principal,
            supervisor=safe.supervising,
            implementer=safe.county.safety,
            phase="acting" if closed_at is None else "closed",
            outcome="" if closed_at is None else fate,
            deadline=due_at if closed_at is None else None,
            opened_at=found_at,
            closed_at=closed_at,
        )
        clause = chance.choice(CLAUSES)
        judged = chance.random() < 0.5
        hazard = Hazard(
            case_ptr=case,
            origin=chance.choice(Origin.values),
            found_at=found_at,
            description="通道堵塞",
            criterion=clause if judged else "",
            checklist_item="" if judged else f"JC-{clause[3:]}",
            grade="major" if chance.random() < 0.02 else "general",
            grade_reason="现场判定",
            order="dated",
            due_on=due_at.date(),
        )
        hazard.repeat_of_id = 1_000_000 + chance.randrange(1, n) if n > 1 and chance.random() < 0.05 else None
        clock = Clock(
            case=case,
            name="限期整改",
            started_at=found_at,
            due_at=due_at,
            first_due_at=due_at,
            met_at=closed_at,
            met_by="fix",
        )
        cases.append(case)
        hazards.append(hazard)
        clocks.append(clock)
    _write(Case, cases)
    _write(Hazard, hazards)
    Clock.objects.bulk_create(clocks, batch_size=AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _write(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert rows of one table only: a child of an inherited model has its own."""
    fields = model._meta.local_concrete_fields
    for start in range(0, len(rows), AT_ONCE):
        model._base_manager._insert(  # type: ignore[attr-defined]
            rows[start : start + AT_ONCE], fields=fields, using="default"
        )
