"""What hot spots are looked for in: rows that are counted by place and week, and how sure one can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.cases.counted_rows import PageRows, RegisterRows, Rows
from anwei.cases.periods import Span
from anwei.hazards.closures import OURS
from anwei.hazards.models import Origin, Visit
from anwei.methods.hotspots import Counts
from anwei.methods.hotspots import HotSpot as Spot
from anwei.monitoring.features import NOT_MEASURED
from anwei.monitoring.filters import MEASURED
from anwei.monitoring.models import Alarm

WEEKS = 26  # that are looked at; a window is at most `Search.longest` of them and ends with the last
FEWEST = 10  # events in all of them: with fewer there is no pattern to be told (样本不足; our choice)
SHOWN = 3  # of a kind: those after the third explain themselves by chance
SURE, LIKELY, CHANCE = "sure", "likely", "chance"

KINDS: dict[str, Rows] = {
    HotSpotSearch.Kind.HAZARDS: RegisterRows(OURS, {"counted": True, "origin": Origin.INSPECTION.value}),
    HotSpotSearch.Kind.ALARMS: PageRows(
        "alarms",
        {"tab": "history", "kind": MEASURED},
        Alarm,
        ~Q(kind__in=NOT_MEASURED),  # a line that fails stops a dozen at once: no burst of theirs
        "started_at",
    ),
    HotSpotSearch.Kind.TIP_OFFS: RegisterRows(OURS, {"counted": True, "origin": Origin.TIP_OFF.value}),
}
OF_ANY_ORIGIN = RegisterRows(OURS, {"counted": True})  # the hazards of a search that asked for no visits
LOOKS = 3  # where they stand in a place of a hot spot: [code, name, count, visits]
ENTERPRISE = "enterprise"  # where the rows say the place, if it is none of the territory

Event = tuple[Any, date]  # where, on which day of the county
Once = set[tuple[Any, int | None, date]]  # where, the enterprise, the day


@dataclass(frozen=True)
class Found:
    """What counts of a kind, and how often somebody looked for it; None of what comes by itself."""

    events: list[Event]
    looks: list[Event] | None

    def where(self, fits: Callable[[Any], bool]) -> Found:
        """Return what was at places that fit."""
        looks = None if self.looks is None else [one for one in self.looks if fits(one[0])]
        return Found([one for one in self.events if fits(one[0])], looks)


def address_of(spot: HotSpot, **place: str) -> str:
    """Return where the rows of a hot spot stand at a `township` or an `enterprise`, by its key."""
    kind = spot.search.kind
    before = kind == HotSpotSearch.Kind.HAZARDS and not has_looks(spot)
    return (OF_ANY_ORIGIN if before else KINDS[kind]).link(Span(spot.since, spot.until), place)


def has_looks(spot: HotSpot) -> bool:
    """Say whether visits stand beside the counts of its places."""
    return any(len(area) > LOOKS for area in spot.areas[:1])


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


def found_of(kind: str, now: datetime, first: date, week: date, path: str = "") -> Found:
    """Return where and on which day something that counts was, from `first` until before `week`.

    Where it was is its territory, or what it has at `path`, of those that have it. What one enterprise has on
    one day is once: a visit finds several hazards and alarms come in bursts, so that rows, each taken for an
    event of its own, would be told as more than chance in nearly every week. Hazards are found where somebody
    goes: beside those of inspections stand all visits, of which they are the ones that found something.
    """
    rows = KINDS[kind]
    start, end = (timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (first, week))
    columns = (path or rows.places[0], ENTERPRISE, rows.day)
    within = {f"{rows.day}__gte": start, f"{rows.day}__lt": end}
    events = _once(rows.rows(None, now).order_by().filter(**within).values_list(*columns))
    looks = _looks(events, start, end, path) if kind == HotSpotSearch.Kind.HAZARDS else None
    return Found(_events(events), None if looks is None else _events(looks))


def table(events: Iterable[Event], places: Mapping[Any, int], first: date) -> Counts:
    """Return how many events each of the `places` had in each week."""
    counts: Counts = np.zeros((len(places), WEEKS), dtype=np.int64)
    for place, on in events:
        counts[places[place], (on - first).days // 7] += 1
    return counts


def inside_of(made: HotSpotSearch, spot: Spot, looks: Counts | None) -> list[list[Any]]:
    """Return the places of a hot spot with their counts, and visits where they are told; the most first."""
    weeks = slice(spot.first, spot.last + 1)
    inside = [
        [*made.areas[area], sum(made.counts[area][weeks])]
        + ([] if looks is None else [int(looks[area, weeks].sum())])
        for area in spot.areas
    ]
    return sorted(inside, key=lambda one: (-one[2], one[0]))


def words_of(made: HotSpotSearch, spot: Spot, inside: Iterable[Sequence[Any]]) -> str:
    """Return how much a hot spot had, without its places: who sees which is told by `sight`."""
    words = _("%(kind)s %(n)d 家次，按往常应有 %(expected).1f 家次")
    looks = [one[LOOKS] for one in inside if len(one) > LOOKS]
    if looks:
        words = _("检查 %(looks)d 家次，查出%(kind)s %(n)d 家次，按往常应有 %(expected).1f 家次")
    told = {"kind": made.get_kind_display(), "n": spot.observed, "expected": spot.expected}
    return words % {**told, "looks": sum(looks)}


def _looks(events: Once, start: datetime, end: datetime, path: str) -> Once:
    """Return the visits of a period, those that found something where their hazards say they were."""
    visits = Visit.objects.filter(begun_at__gte=start, begun_at__lt=end).order_by()
    plant = Coalesce("enterprise", "site__enterprise")
    begun = visits.annotate(plant=plant).values_list("plant" if path else "territory", "plant", "begun_at")
    known = {(enterprise, on) for _place, enterprise, on in events if enterprise is not None}
    return events | {one for one in _once(begun) if one[1:] not in known}


def _once(rows: Iterable[tuple[Any, int | None, datetime]]) -> Once:
    return {(place, plant, timezone.localtime(at).date()) for place, plant, at in rows if place is not None}


def _events(once: Once) -> list[Event]:
    return [(place, on) for place, _plant, on in once]
