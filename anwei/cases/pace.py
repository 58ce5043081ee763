"""How a clock stands, and whether it will be missed: judged by the pace of the same post in earlier cases.

The rule is plain. Take the last 20 clocks of the same name that this post met in cases of the same kind. Of
those, keep the ones that took longer than this clock has run already, and expect the median of them. With
fewer than three earlier clocks, or none that took so long, nothing is foretold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import Label, Phase, Role
from anwei.cases.models import Case, Clock, Entry
from anwei.cases.rights import post_of

State = Literal["met", "met_late", "returned", "returned_late", "ended", "ended_late", "running", "overdue"]
N_PAST = 20
N_NEEDED = 3
ENDINGS = {
    "met": _("按期完成"),
    "met_late": _("超期完成"),
    "returned": _("按期提交，已退回"),
    "returned_late": _("超期提交，已退回"),
    "ended": _("未到期已终止"),
    "ended_late": _("逾期未完成，已终止"),
}


@dataclass(frozen=True)
class ClockView:
    """A clock as a page shows it.

    `remaining` is negative once it is overdue; `expected_at` and `will_be_missed` are None where the past
    says nothing, and `n_past` is the number of earlier clocks the judgement rests on. `returned`: what was
    done was sent back; `ended`: the case was closed otherwise, so that nobody did what the clock is about.
    `first_due_at` is when it was due before it was sent back, None where it was not.
    """

    clock: Clock
    state: State
    remaining: timedelta
    expected_at: datetime | None
    will_be_missed: bool | None
    n_past: int
    first_due_at: datetime | None = None

    @property
    def ending(self) -> Label:
        """Return in words how a clock ended, "" while it runs."""
        return ENDINGS.get(self.state, "")


def clock_views(case: Case, now: datetime) -> list[ClockView]:
    """Return the clocks of a case, the most urgent unmet one first."""
    clocks = list(case.clocks.order_by("due_at", "pk"))
    rounds = _rounds(case, clocks)
    views = [
        _view(case, clock, now) if clock.met_at is None else _ended(case, clock, clock.met_at, rounds)
        for clock in clocks
    ]
    views = [replace(view, first_due_at=_first_due(view.clock, rounds)) for view in views]
    return sorted(views, key=lambda view: view.clock.met_at is not None)


def _rounds(case: Case, clocks: Sequence[Clock]) -> list[tuple[Clock, Clock]]:
    """Return each clock whose work was sent back, with the one that started then, in their order."""
    again = [
        (one, other) for one in clocks for other in clocks if one.pk < other.pk and one.met_by == other.met_by
    ]
    if not again:
        return []
    order = list(Phase)
    moves = (
        Entry.objects.filter(case=case.pk).exclude(from_phase="").values_list("at", "from_phase", "to_phase")
    )
    back = {at for at, source, target in moves if order.index(Phase(target)) < order.index(Phase(source))}
    return [
        (one, other)
        for one, other in again
        if one.met_at is not None and one.met_at <= other.started_at and other.started_at in back
    ]


def _first_due(clock: Clock, rounds: Sequence[tuple[Clock, Clock]]) -> datetime | None:
    return min((one.first_due_at for one, other in rounds if other.pk == clock.pk), default=None)


def _ended(case: Case, clock: Clock, met_at: datetime, rounds: Sequence[tuple[Clock, Clock]]) -> ClockView:
    in_time = met_at <= clock.due_at
    state: State = "met" if in_time else "met_late"
    if met_at == case.closed_at and not _was_done(case, clock, met_at):
        state = "ended" if in_time else "ended_late"
    elif any(one.pk == clock.pk for one, _other in rounds):
        state = "returned" if in_time else "returned_late"
    return ClockView(clock, state, clock.due_at - met_at, met_at, not in_time, 0)


def _was_done(case: Case, clock: Clock, met_at: datetime) -> bool:
    """Say whether a clock that ended with its case was met by its own verb, and not by closing otherwise."""
    return Entry.objects.filter(case=case.pk, verb=clock.met_by, at=met_at).exists()


def _view(case: Case, clock: Clock, now: datetime) -> ClockView:
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
    if not any(row.verb == clock.met_by and row.target is Phase.CLOSED for row in rows):
        earlier = earlier.exclude(met_at=F("case__closed_at"))  # ended by closing: nobody did it
    return [
        met_at - started_at
        for started_at, met_at in earlier.order_by("-met_at").values_list("started_at", "met_at")[:N_PAST]
        if met_at is not None
    ]
