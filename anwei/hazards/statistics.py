"""The statistics of an enterprise's hazards over a quarter or a year, computed from the records."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from anwei.hazards.models import Grade, Hazard
from anwei.sites.models import Enterprise
from anwei.standards.calendar import COUNTY_TIME, WorkCalendar
from anwei.standards.deadlines import deadline
from anwei.standards.hazards.rules import reports

NOT_REAL = ("false_report", "merged")
MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Period:
    """A quarter (1 to 4) or a whole year (0)."""

    year: int
    quarter: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, MONTHS_A_QUARTER * (self.quarter - 1) + 1 if self.quarter else 1, 1)

    @property
    def after(self) -> date:
        """The day after its last one."""
        if self.quarter in (0, 4):
            return date(self.year + 1, 1, 1)
        return date(self.year, MONTHS_A_QUARTER * self.quarter + 1, 1)

    def due_at(self, county: Any = None, calendar: WorkCalendar | None = None) -> datetime:
        """Return by when it must be reported: the 15th after a quarter, 31 January after a year (第14条)."""
        row = deadline(
            reports()["quarterly_statistics" if self.quarter else "yearly_statistics"].deadline, county
        )
        last_moment = start_of(self.after) - timedelta(seconds=1)
        due = row.due(last_moment, calendar or WorkCalendar.load())
        if due is None:
            raise ValueError(f"{row.key} has no limit")
        return due


@dataclass(frozen=True)
class Figures:
    """Counts of one enterprise over one period; what was open before it counts as carried over."""

    carried: int
    found: int
    found_major: int
    by_origin: dict[str, int]
    rectified: int
    rectified_major: int
    on_time: int
    open: int
    open_major: int
    overdue: int
    repeats: int
    funds: str  # 万元, of what was found in the period

    def as_json(self) -> dict[str, Any]:
        """Return them as a report keeps them."""
        return asdict(self)


def start_of(day: date) -> datetime:
    """Return the first moment of a day in the county."""
    return datetime.combine(day, time(), COUNTY_TIME)


def figures_of(enterprise: Enterprise, period: Period, now: datetime | None = None) -> Figures:
    """Return the figures of a period as the records stand; one that still runs is counted until now.

    What proved untrue or was merged into another counts nowhere.
    """
    first = start_of(period.first)
    end = min(start_of(period.after), now or timezone.now())
    rows = Hazard._base_manager.filter(enterprise=enterprise, found_at__lt=end).exclude(outcome__in=NOT_REAL)
    hazards = list(rows.prefetch_related("clocks"))
    found = [one for one in hazards if one.found_at >= first]
    closed = [one for one in hazards if one.closed_at is not None and first <= one.closed_at < end]
    still_open = [one for one in hazards if one.closed_at is None or one.closed_at >= end]
    return Figures(
        carried=sum(
            one.found_at < first and (one.closed_at is None or one.closed_at >= first) for one in hazards
        ),
        found=len(found),
        found_major=_n_major(found),
        by_origin=dict(Counter(one.origin for one in found)),
        rectified=len(closed),
        rectified_major=_n_major(closed),
        on_time=sum(is_on_time(one) for one in closed),
        open=len(still_open),
        open_major=_n_major(still_open),
        overdue=sum(_is_overdue(one, end) for one in still_open),
        repeats=sum(one.repeat_of_id is not None for one in found),
        funds=str(sum((one.funds or 0 for one in found), start=0)),
    )


def is_on_time(hazard: Hazard) -> bool:
    """Say whether what was ordered was handed in as put right by its day, as extended."""
    clocks = [clock for clock in hazard.clocks.all() if clock.met_by == "fix"]
    return all(clock.met_at is not None and clock.met_at <= clock.due_at for clock in clocks)


def _n_major(hazards: list[Hazard]) -> int:
    return sum(one.grade == Grade.MAJOR for one in hazards)


def _is_overdue(hazard: Hazard, at: datetime) -> bool:
    """Say whether a clock to put it right had run out at a moment."""
    clocks = [clock for clock in hazard.clocks.all() if clock.met_by == "fix"]
    return any(clock.due_at < at and (clock.met_at is None or clock.met_at >= at) for clock in clocks)
