"""The statistics of an enterprise's hazards over a quarter or a year, computed from the records."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.hazards.models import Grade, Hazard, Origin, Statistics
from anwei.org.holdings import day_of
from anwei.sites.models import Enterprise
from anwei.sites.statuses import counted_on
from anwei.standards.calendar import COUNTY_TIME, WorkCalendar
from anwei.standards.deadlines import deadline
from anwei.standards.hazards.rules import reports

NOT_REAL = ("false_report", "merged")
MONTHS_A_QUARTER = 3
PERIODS = 15  # how many the pages go back: three years of quarters with their years
COUNTED = (
    *("carried", "found", "found_major", "rectified", "rectified_major", "on_time"),
    *("open", "open_major", "overdue", "repeats"),
)


@dataclass(frozen=True)
class Period:
    """A quarter (1 to 4) or a whole year (0)."""

    year: int
    quarter: int

    @property
    def label(self) -> str:
        """What people call it."""
        words = {"year": self.year, "quarter": self.quarter}
        return _("%(year)d 年第 %(quarter)d 季度") % words if self.quarter else _("%(year)d 年度") % words

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


def last_periods(now: datetime) -> list[Period]:
    """Return the quarters and years that run or are over, the newest first, some three years of them."""
    today = day_of(now)
    running = Period(today.year, (today.month - 1) // MONTHS_A_QUARTER + 1)
    periods = [running]
    while len(periods) < PERIODS:
        last = periods[-1]
        if last.quarter == 1:
            periods.append(Period(last.year - 1, 0))
        periods.append(Period(last.year - (last.quarter == 1), last.quarter - 1 or 4))
    return periods


def reportable(now: datetime) -> list[Period]:
    """Return those of the last periods that are owed (`owed`) and those that still run, the newest first."""
    first = Hazard._base_manager.aggregate(first=Min("found_at"))["first"]
    running = day_of(now)
    return [
        one
        for one in last_periods(now)
        if one.after > running or (first is not None and first < start_of(one.after))
    ]


def last_over(now: datetime, *, yearly: bool) -> Period:
    """Return the last year that is over, or the last quarter: the one whose statistics are owed now."""
    return next(one for one in last_periods(now)[1:] if (one.quarter == 0) == yearly)


def owed(period: Period) -> Exists:
    """Return whether a period is owed at all: the county had filed a hazard by its end."""
    return Exists(Hazard._base_manager.filter(found_at__lt=start_of(period.after)))


def missing(period: Period, rows: Any) -> Any:
    """Return those of `rows` (enterprises) that owe the statistics of a period and have not reported them."""
    told = Statistics.objects.filter(year=period.year, quarter=period.quarter).order_by()
    return counted_on(period.first, rows.filter(owed(period)).exclude(pk__in=told.values("enterprise")))


def figures_of(enterprise: Enterprise, period: Period, now: datetime | None = None) -> Figures:
    """Return the figures of a period as the records stand; one that still runs is counted until now.

    What proved untrue or was merged into another counts nowhere.
    """
    rows = rows_of(enterprise, period, now)
    n = {key: len(hazards) for key, hazards in rows.items()}
    return Figures(
        **{key: n[key] for key in COUNTED},
        by_origin=dict(Counter(one.origin for one in rows["found"])),
        funds=str(sum((one.funds or 0 for one in rows["found"]), start=0)),
    )


def rows_of(enterprise: Enterprise, period: Period, now: datetime | None = None) -> dict[str, list[Hazard]]:
    """Return the hazards behind each count of `Figures`, and behind the funds, by its name."""
    first = start_of(period.first)
    end = min(start_of(period.after), now or timezone.now())
    rows = Hazard._base_manager.filter(enterprise=enterprise, found_at__lt=end).exclude(outcome__in=NOT_REAL)
    hazards = list(rows.prefetch_related("clocks").order_by("found_at", "pk"))
    found = [one for one in hazards if one.found_at >= first]
    closed = [one for one in hazards if one.closed_at is not None and first <= one.closed_at < end]
    still_open = [one for one in hazards if one.closed_at is None or one.closed_at >= end]
    return {
        "carried": [
            one
            for one in hazards
            if one.found_at < first and (one.closed_at is None or one.closed_at >= first)
        ],
        "found": found,
        "found_major": _major(found),
        "rectified": closed,
        "rectified_major": _major(closed),
        "on_time": [one for one in closed if is_on_time(one)],
        "open": still_open,
        "open_major": _major(still_open),
        "overdue": [one for one in still_open if _is_overdue(one, end)],
        "repeats": [one for one in found if one.repeat_of_id is not None],
        "funds": [one for one in found if one.funds],
        **{f"from_{origin}": [one for one in found if one.origin == origin] for origin in Origin.values},
    }


def is_on_time(hazard: Hazard) -> bool:
    """Say whether what was ordered was handed in as put right by its day, as extended."""
    clocks = [clock for clock in hazard.clocks.all() if clock.met_by == "fix"]
    return all(clock.met_at is not None and clock.met_at <= clock.due_at for clock in clocks)


def _major(hazards: list[Hazard]) -> list[Hazard]:
    return [one for one in hazards if one.grade == Grade.MAJOR]


def _is_overdue(hazard: Hazard, at: datetime) -> bool:
    """Say whether a clock to put it right had run out at a moment."""
    clocks = [clock for clock in hazard.clocks.all() if clock.met_by == "fix"]
    return any(clock.due_at < at and (clock.met_at is None or clock.met_at >= at) for clock in clocks)
