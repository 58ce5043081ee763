"""What hot spots are looked for in: rows that are counted by place and week, and how sure one can be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.analytics.patterns.models import HotSpotSearch
from anwei.cases.indicators import PageRows, RegisterRows, Rows
from anwei.cases.periods import Span
from anwei.hazards.closures import OURS
from anwei.hazards.models import Origin
from anwei.monitoring.models import Alarm

WEEKS = 26  # that are looked at; a window is at most `Search.longest` of them and ends with the last
FEWEST = 10  # events in all of them: with fewer there is no pattern to be told (样本不足; our choice)
SHOWN = 3  # of a kind: those after the third explain themselves by chance
SURE, LIKELY, CHANCE = "sure", "likely", "chance"

KINDS: dict[str, Rows] = {
    HotSpotSearch.Kind.HAZARDS: RegisterRows(OURS, {"counted": True}),
    HotSpotSearch.Kind.ALARMS: PageRows("alarms", {"tab": "history"}, Alarm, Q(), "started_at"),
    HotSpotSearch.Kind.TIP_OFFS: RegisterRows(OURS, {"counted": True, "origin": Origin.TIP_OFF.value}),
}


def address_of(kind: str, since: date, until: date, **place: str) -> str:
    """Return where the rows of a kind stand that were counted from one day to another at a `place`.

    It is a `township` or an `enterprise`, by its key.
    """
    return KINDS[kind].link(Span(since, until), place)


def level_of(p: float) -> str:
    """Return how sure one can be: SURE below one in a hundred, LIKELY below one in twenty, else CHANCE.

    Of all a week's searches together: by chance one of them finds something the easier.
    """
    p *= len(KINDS) * len(HotSpotSearch.Scale)
    return SURE if p <= 0.01 else LIKELY if p <= 0.05 else CHANCE


def told(level: str) -> str:
    """Return the level in words."""
    if level == CHANCE:
        return _("变化不显著：偶然也会这样集中")
    share = "1%" if level == SURE else "5%"
    return _("偶然出现这样集中的可能不到 %(share)s") % {"share": share}


def events_of(rows: Rows, now: datetime, first: date, week: date, path: str = "") -> list[tuple[Any, date]]:
    """Return where and on which day something that counts was, from `first` until before `week`.

    Where it was is its territory, or what it has at `path`, of those that have it. What one enterprise has on
    one day is once: a visit finds several hazards and alarms come in bursts, so that rows, each taken for an
    event of its own, would be told as more than chance in nearly every week.
    """
    start, end = (timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (first, week))
    within = {f"{rows.day}__gte": start, f"{rows.day}__lt": end}
    columns = (path or rows.places[0], "enterprise", rows.day)
    found = rows.rows(None, now).order_by().filter(**within).values_list(*columns)
    once = {(place, plant, timezone.localtime(at).date()) for place, plant, at in found if place is not None}
    return [(place, on) for place, _plant, on in once]
