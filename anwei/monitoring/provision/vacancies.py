"""Which posts are missing or vacant, so that warnings of what was registered would wait or find nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from anwei.monitoring.provision.plan import Plan
from anwei.org.holdings import day_of
from anwei.org.responsibility import Vacant, posts_for
from anwei.org.roster import Roster
from anwei.sites.models import Enterprise

CHUNK = 5000  # enterprises a question


@dataclass
class Vacancies:
    """What keeps warnings from being opened, with how many enterprises it concerns; and who has nobody."""

    waiting: Counter[str] = field(default_factory=Counter)  # hole in words -> enterprises whose warnings wait
    n_unheld: int = 0  # enterprises whose warnings are opened for a post that nobody holds


def vacancies(plan: Plan, now: datetime) -> Vacancies:
    """Return the holes of the enterprises for whose tags a plan, now written, asked for warnings."""
    found = Vacancies()
    codes = sorted({cells["credit_code"] for cells in plan.tags.values() if cells.get("opens_warning")})
    for start in range(0, len(codes), CHUNK):
        rows = Enterprise.objects.filter(credit_code__in=codes[start : start + CHUNK]).select_related("unit")
        roster = Roster(day_of(now), [row.subject() for row in rows])
        for row in rows:
            try:
                posts_for(row, now, held=False, roster=roster)
            except Vacant as vacant:
                found.waiting.update(vacant.holes)
                continue
            try:
                posts_for(row, now, roster=roster)
            except Vacant:
                found.n_unheld += 1
    return found
