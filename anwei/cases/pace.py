"""How a clock stands, and whether it will be missed: judged by the pace of the same post in earlier cases.

The rule is plain. Take the last 20 clocks of the same name that this post met in cases of the same kind. Of
those, keep the ones that took longer than this clock has run already, and expect the median of them. With
fewer than three earlier clocks, or none that took so long, nothing is foretold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import Role
from anwei.cases.models import Case, Clock
from anwei.cases.rights import post_of

N_PAST = 20
N_NEEDED = 3


@dataclass(frozen=True)
class ClockView:
    """A clock as a page shows it.

    `remaining` is negative once it is overdue; `expected_at` and `will_be_missed` are None where the past
    says nothing, and `n_past` is the number of earlier clocks the judgement rests on.
    """

    clock: Clock
    state: Literal["met", "met_late", "running", "overdue"]
    remaining: timedelta
    expected_at: datetime | None
    will_be_missed: bool | None
    n_past: int


def clock_views(case: Case, now: datetime) -> list[ClockView]:
    """Return the clocks of a case, the most urgent unmet one first."""
    views = [_view(case, clock, now) for clock in case.clocks.order_by("due_at", "pk")]
    return sorted(views, key=lambda view: view.clock.met_at is not None)


def _view(case: Case, clock: Clock, now: datetime) -> ClockView:
    if clock.met_at is not None:
        in_time = clock.met_at <= clock.due_at
        return ClockView(
            clock, "met" if in_time else "met_late", clock.due_at - clock.met_at, clock.met_at, not in_time, 0
        )
    remaining = clock.due_at - now
    if remaining < timedelta(0):
        return ClockView(clock, "overdue", remaining, None, True, 0)
    past = _past(case, clock)
    longer = [took for took in past if took >= now - clock.started_at]
    if len(past) < N_NEEDED or not longer:
        return ClockView(clock, "running", remaining, None, None, len(past))
    expected_at = clock.started_at + timedelta(seconds=median(took.total_seconds() for took in longer))
    return ClockView(clock, "running", remaining, expected_at, expected_at > clock.due_at, len(past))


def _past(case: Case, clock: Clock) -> list[timedelta]:
    """Return how long the post that must act took for its last clocks of this name in cases of this kind."""
    rows = kind_of(case).lifecycle.transitions
    roles = (row.role for row in rows if row.verb == clock.met_by and row.role is not Role.SYSTEM)
    role = next(roles, Role.IMPLEMENTER)
    whose = {f"case__{role}": post_of(case, role)}
    earlier = Clock.objects.filter(name=clock.name, case__kind=case.kind, met_at__isnull=False, **whose)
    earlier = earlier.exclude(case=case.pk)
    return [
        met_at - started_at
        for started_at, met_at in earlier.order_by("-met_at").values_list("started_at", "met_at")[:N_PAST]
        if met_at is not None
    ]
