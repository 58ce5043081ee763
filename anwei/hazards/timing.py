"""What is in time: one rule for the ledger's filter and for the closure table, so that both agree.

A hazard of ours is overdue where a clock of putting it right (整改期限, the verb `fix` meets it) ran out
unmet or was met late; closed and never late, it is in time. A record from elsewhere tells no clock: it is in
time where it was closed by its own day, or by the usual limit where its source names none (`past_limit`).
What was merged into another one, found untrue, or marked as a duplicate by its source counts nowhere.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import Phase
from anwei.cases.models import Clock
from anwei.cases.months import Month
from anwei.hazards.models import PastHazard
from anwei.hazards.overdue import NOT_OVERDUE, band_of_day, band_of_moment, unmet_limit
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.standards.deadlines import DEADLINES, StatutoryDeadline, deadlines

ON_TIME, OVERDUE, RUNNING, NOT_COUNTED = "on_time", "overdue", "running", "not_counted"
TIMINGS = (
    (ON_TIME, _("按期")),
    (OVERDUE, _("超期")),
    (RUNNING, _("期限内")),
    (NOT_COUNTED, _("不计（重复、并入、不属实）")),
)
DECIDED = (ON_TIME, OVERDUE)  # whether it was in time is known: it is closed, or its limit is past
PUT_RIGHT = "fix"  # the verb that meets the clocks of putting right
FALSE, MERGED, RECTIFIED = "false_report", "merged", "rectified"
NOT_A_HAZARD = (MERGED, FALSE)
NO_CLAUSE = "-"
USUAL_LIMIT = "hazard.d15"


def timed_hazards(rows: QuerySet[Any], now: datetime, *, looks_at_all: bool = False) -> QuerySet[Any]:
    """Return hazards with what is reckoned of each: `township`, `closed`, `counted`, `timing`, `overdue`...

    `month` is that of finding, `clause` the criterion, else the item, else "-"; `past_limit` says that it
    should be put right by now, `late` is another question: whether the step at which it stands now is past
    its deadline. Who `looks_at_all` rows is told from one list of late clocks, which is sooner done for many
    than a look at the clocks of each.
    """
    late = Q(met_at__gt=F("due_at")) | Q(met_at__isnull=True, due_at__lt=now)
    clocks = Clock.objects.filter(late, met_by=PUT_RIGHT)
    is_late = Q(pk__in=clocks.values("case")) if looks_at_all else Exists(clocks.filter(case=OuterRef("pk")))
    timed: QuerySet[Any] = rows.alias(unmet_since=unmet_limit(PUT_RIGHT)).annotate(
        month=Month("found_at", of_moment=True),
        township=Left("territory", TOWNSHIP_DIGITS),
        closed=_whether(Q(phase=Phase.CLOSED)),
        open=_whether(~Q(phase=Phase.CLOSED)),
        counted=_whether(~Q(outcome__in=NOT_A_HAZARD)),
        late=_whether(Q(deadline__isnull=False, deadline__lt=now)),
        repeats_another=_whether(Q(repeat_of__isnull=False)),
        clause=Case(
            When(~Q(criterion=""), then=F("criterion")),
            When(~Q(checklist_item=""), then=F("checklist_item")),
            default=Value(NO_CLAUSE),
        ),
        timing=_timing(Q(outcome__in=NOT_A_HAZARD), is_late, Q(phase=Phase.CLOSED)),
        overdue=band_of_moment("unmet_since", ~Q(phase=Phase.CLOSED), now),
    )
    return _reckoned(timed)


def timed_past(rows: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Return records from elsewhere with `month`, `township`, `closed`, `counted`, `timing`, `overdue`."""
    closed = Q(status__in=(PastHazard.Status.CLOSED, PastHazard.Status.CLOSED_DUPLICATE))
    double = Q(status__in=(PastHazard.Status.OPEN_DUPLICATE, PastHazard.Status.CLOSED_DUPLICATE))
    late = Q(closed_on__gt=F("reckoned_on")) | Q(closed_on__isnull=True, reckoned_on__lt=today)
    timed: QuerySet[Any] = rows.annotate(
        month=Month("filed_on"),
        township=Left("territory", TOWNSHIP_DIGITS),
        closed=_whether(closed),
        open=_whether(~closed),
        counted=_whether(~double),
        timing=_timing(double, late, closed),
        overdue=band_of_day("reckoned_on", ~closed & ~double, today),
    )
    return _reckoned(timed)


def _reckoned(timed: QuerySet[Any]) -> QuerySet[Any]:
    """Add what follows from the timing: whether it is `decided`, whether the limit is past."""
    followed: QuerySet[Any] = timed.annotate(
        decided=_whether(Q(timing__in=DECIDED)), past_limit=_whether(~Q(overdue=NOT_OVERDUE))
    )
    return followed


def last_day(due_at: datetime) -> date:
    """Return the last day that is in time: a limit in days ends at its 24:00, the next one's start."""
    return day_of(due_at - timedelta(microseconds=1))


def past_limit() -> StatutoryDeadline:
    """Return the limit by which a record from elsewhere is in time where its source names no day.

    No law names days of putting right; 15 days are the usual order (限期整改), and a county may change it.
    """
    return deadlines(county_setting(DEADLINES, {}))[USUAL_LIMIT]


def _timing(not_counted: Q, late: Q | Exists, closed: Q) -> Case:
    return Case(
        When(not_counted, then=Value(NOT_COUNTED)),
        When(late, then=Value(OVERDUE)),
        When(closed, then=Value(ON_TIME)),
        default=Value(RUNNING),
        output_field=CharField(),
    )


def _whether(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=BooleanField())
