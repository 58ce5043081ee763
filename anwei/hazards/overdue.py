"""How long what is not put right is past its limit: the bands of the figures and of the registers' filter.

Of ours the clock of putting right counts (see `hazards.timing`), the longest unmet one; of a record from
elsewhere its own day. The first day after the last one in time is day 1; an order for the same hour that ran
out today counts in the first band.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Min, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Clock
from anwei.hazards.statistics import start_of
from anwei.org.holdings import day_of

NOT_OVERDUE = ""
BANDS = (("d7", 0), ("d30", 8), ("d90", 31), ("longer", 91))  # key and the fewest days past the limit
BAND_LABELS = (
    ("d7", _("超期 7 天内")),
    ("d30", _("超期 8–30 天")),
    ("d90", _("超期 31–90 天")),
    ("longer", _("超期 90 天以上")),
)


def unmet_limit(verb: str) -> Subquery:
    """Return since when a case should have done a verb: the earliest limit that it met is not yet met."""
    clocks = Clock.objects.filter(case=OuterRef("pk"), met_by=verb, met_at__isnull=True).order_by()
    return Subquery(clocks.values("case").annotate(first=Min("due_at")).values("first"))


def band_of_moment(column: str, is_open: Q, now: datetime) -> Case:
    """Return the band of a limit kept as a moment, "" where it is not past or the row is closed."""
    today = day_of(now)
    # n days past ends the last day in time n days ago, and that day's last moment is the next one's start
    limits = [(key, start_of(today - timedelta(days=n_days - 1))) for key, n_days in BANDS[1:]]
    return _banded(
        [
            When(~is_open, then=Value(NOT_OVERDUE)),
            *(When(**{f"{column}__lte": limit}, then=Value(key)) for key, limit in reversed(limits)),
            When(**{f"{column}__lt": now}, then=Value(BANDS[0][0])),
        ]
    )


def band_of_day(column: str, is_open: Q, today: date) -> Case:
    """Return the band of a limit kept as its last day."""
    limits = [(key, today - timedelta(days=n_days)) for key, n_days in BANDS[1:]]
    return _banded(
        [
            When(~is_open, then=Value(NOT_OVERDUE)),
            *(When(**{f"{column}__lte": limit}, then=Value(key)) for key, limit in reversed(limits)),
            When(**{f"{column}__lt": today}, then=Value(BANDS[0][0])),
        ]
    )


def _banded(branches: list[When]) -> Case:
    return Case(*branches, default=Value(NOT_OVERDUE), output_field=CharField())
