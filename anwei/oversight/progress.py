"""序时进度: how far the targets of a year are used up, against the share of the year that is over."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.indicators import FEWEST, Indicator, indicator
from anwei.cases.periods import Span
from anwei.ledgers.columns import Label
from anwei.ledgers.declaration import seen
from anwei.methods.counts import RARE, exceeds
from anwei.org.models import Person, Territory
from anwei.org.scope import COUNTY_DIGITS
from anwei.oversight.figures import Figures, figures, month_keys
from anwei.oversight.models import Target

MEASURES = {
    Target.Measure.ACCIDENTS: "acc_cnt",
    Target.Measure.DEATHS: "acc_death",
    Target.Measure.LARGER: "large_cnt",
}
"""The indicator that a target limits."""
YEARS_BEFORE = 2


@dataclass(frozen=True)
class Progress:
    """One target and how far it is used up.

    `of_days` is the share of the year that is over; `of_months` the share of what happened in the same part
    of the two years before, None where that was too little to tell. `links` open the rows that are counted.
    `pending` is by how much the records differ from what was published: what waits for its correction (更正).
    `n_tested`: how many targets the year has, one of which is ahead by chance the easier.
    """

    target: Target
    indicator: Indicator
    place: str
    used: int
    of_days: float
    of_months: float | None
    links: tuple[str, ...]
    today: date
    n_tested: int = 1
    pending: int = 0

    @property
    def sector(self) -> Label:
        """The sector in words, all where there is none."""
        return self.target.get_sector_display() or _("各行业")

    @property
    def left(self) -> int:
        """What is left; below nothing where more happened than the target allows."""
        return self.target.most - self.used

    @property
    def share(self) -> Decimal | None:
        """The share that is used up; None of a target of 0."""
        return Decimal(self.used) / self.target.most if self.target.most else None

    @property
    def expected(self) -> float:
        """What would be used up by now, were it used evenly over the days of the year."""
        return self.target.most * self.of_days

    @property
    def expected_by_season(self) -> float | None:
        """What would be used up by now, were it used as in the two years before."""
        return None if self.of_months is None else self.target.most * self.of_months

    @property
    def severity(self) -> str:
        """The colour: red past the target, orange ahead of the year, "" else."""
        if max(self.used, self.used + self.pending) > self.target.most:
            return "red"
        return "orange" if self._is_ahead and self._is_told_from_chance else ""

    @property
    def words(self) -> str:
        """What it means, in words."""
        if self.used > self.target.most:
            return _("已超过全年控制数")
        if self.used + self.pending > self.target.most:
            return _("计入待更正的，已超过全年控制数")
        if self.used == self.target.most and self.used:
            return _("控制数已用完")
        if not self._is_ahead:
            return _("在序时进度内")
        if not self.indicator.event:
            return _("快于序时进度（人数少，不作检验）")
        return _("明显快于序时进度") if self._is_told_from_chance else _("快于序时进度，变化不显著")

    @property
    def pending_words(self) -> str:
        """What the records say beside the published number, "" where they say the same."""
        return pending_words(self.pending, of_people=self.target.measure == Target.Measure.DEATHS)

    @property
    def _is_ahead(self) -> bool:
        return self.used > self.expected

    @property
    def _is_told_from_chance(self) -> bool:
        return self.indicator.event and exceeds(self.used, self.expected) < RARE / self.n_tested


def progress(person: Person | None, now: datetime, year: int | None = None) -> list[Progress]:
    """Return how far the targets of a year (this one) are used up, of those that a person sees (None: all).

    What is counted is what the target limits, whatever part of it the person could open.
    """
    today = timezone.localdate(now)
    year = today.year if year is None else year
    targets = list(seen(Target, person).filter(year=year).order_by("territory", "sector", "measure"))
    if not targets:
        return []
    until = max(min(today, date(year, 12, 31)), date(year, 1, 1))
    asked = [indicator(MEASURES[Target.Measure(measure)]) for measure in {one.measure for one in targets}]
    found = figures(None, now, Span(date(year - YEARS_BEFORE, 1, 1), until), asked)
    places = dict(Territory.objects.values_list("code", "name"))
    begun = {one.key: one.first_day() for one in asked}
    of_days = 0.0 if today.year < year else share_of_year(until)
    return [
        replace(
            _progress(target, found, until, places.get(target.territory, ""), begun),
            of_days=of_days,
            n_tested=Target.objects.filter(year=year).count(),  # of all: a colour is one for every reader
        )
        for target in targets
    ]


def _progress(
    target: Target, found: Figures, until: date, place: str, begun: dict[str, date | None]
) -> Progress:
    one = indicator(MEASURES[Target.Measure(target.measure)])
    narrow = narrowed(target)
    months = month_keys(target.year, until.month)
    first = begun[one.key]
    has_profile = first is not None and first <= date(target.year - YEARS_BEFORE, 1, 31)
    year = Span(date(target.year, 1, 1), until)
    return Progress(
        target,
        one,
        place,
        int(found.number(one, months, **narrow).n),
        share_of_year(until),
        _season(found, one, until, narrow) if has_profile else None,
        tuple(
            one.numerator[part].link(year, narrow) for part in found.live[one.key].filled(months, **narrow)
        ),
        until,
        pending=pending(found, one, months, narrow),
    )


def pending(found: Figures, one: Indicator, months: Iterable[str], narrow: dict[str, str]) -> int:
    """Return by how much the records differ from the published numbers of months."""
    drifts = (found.drift(one, month, **narrow) for month in months)
    return int(sum((drift.n for drift in drifts if drift is not None), Decimal(0)))


def pending_words(n: int, *, of_people: bool) -> str:
    """Return what is said of numbers that wait for their correction."""
    if not n:
        return ""
    words = {
        (True, True): _("另有 %(n)d 人待更正"),
        (True, False): _("另有 %(n)d 起待更正"),
        (False, True): _("其中 %(n)d 人待更正减去"),
        (False, False): _("其中 %(n)d 起待更正减去"),
    }
    return words[n > 0, of_people] % {"n": abs(n)}


def is_of_all(target: Target) -> bool:
    """Say whether a target is the county's own, of all sectors."""
    return not target.sector and len(target.territory) <= COUNTY_DIGITS


def share_of_year(day: date) -> float:
    """Return the share of a year that is over at the end of a day."""
    return day.timetuple().tm_yday / (366 if isleap(day.year) else 365)


def narrowed(target: Target) -> dict[str, str]:
    """Return what a target limits, as figures and their links are narrowed to it."""
    township = {"township": target.territory} if len(target.territory) > COUNTY_DIGITS else {}
    return township | ({"sector": target.sector} if target.sector else {})


def _season(found: Figures, one: Indicator, until: date, narrow: dict[str, str]) -> float | None:
    """Return the share of the two years before that lies before the same day; None of too few."""

    def total(months: Iterable[str]) -> Decimal:
        return found.number(one, months, **narrow).n

    years = [until.year - back for back in range(1, YEARS_BEFORE + 1)]
    whole = sum((total(month_keys(year)) for year in years), Decimal(0))
    if whole < FEWEST:
        return None
    over = sum((total(month_keys(year, until.month - 1)) for year in years), Decimal(0))
    running = sum((total([f"{year}-{until.month:02d}"]) for year in years), Decimal(0))
    part = Decimal(until.day) / monthrange(until.year, until.month)[1]
    return float((over + running * part) / whole)
