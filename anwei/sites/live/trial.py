"""A candidate set of rules tried on the days gone by: what colour every enterprise would have had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from anwei.org.holdings import day_of
from anwei.sites.live.colouring import computed, shown_colour
from anwei.sites.live.facts import facts_of
from anwei.sites.models import Enterprise
from anwei.sites.risks.queries import static_grades
from anwei.sites.statuses import counted_on
from anwei.standards.risk.live_colour import Fact
from anwei.standards.risk.live_rules import ColourRules

N_DAYS = 30
CHUNK = 4_000  # enterprises between two words of progress; each asks all rooms once a day tried
Progress = Callable[[int, int], None]


@dataclass
class TrialDay:
    """How many enterprises had each colour ("" is 未定级) at one moment of a day, by either set."""

    day: date
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)


@dataclass
class Differing:
    """An enterprise whose colour would have differed: on how many days, and both colours on the last."""

    enterprise: int
    n_days: int
    last: date
    before: str
    after: str


@dataclass
class LookBack:
    """The result of a trial, the newest day first; enterprises that differ on the most days first."""

    days: list[TrialDay]
    differing: list[Differing]


def look_back(
    current: ColourRules,
    candidate: ColourRules,
    now: datetime,
    progress: Progress = lambda n_done, n_all: None,
) -> LookBack:
    """Return what either set gives at this hour of each of the last N_DAYS days, today included.

    Alarms, cases, papers, seats are as they were, and so is what gives the static grade: what was
    confirmed by then, grades of risk points by their change log. `progress` is told how many of all
    enterprises are done.
    """

    @cache
    def both(static: str, counts: frozenset[tuple[str, int]]) -> tuple[str, str]:
        """Return both colours: only how many of each kind there are decides, and few such sets occur."""
        facts = [Fact(key, count) for key, count in counts]
        return _colour(static, facts, current), _colour(static, facts, candidate)

    working = counted_on(day_of(now), Enterprise.objects.all())
    keys = list(working.order_by("pk").values_list("pk", flat=True))
    moments = [now - timedelta(days=n) for n in range(N_DAYS)]
    days = {moment: TrialDay(moment.astimezone().date()) for moment in moments}
    differing: dict[int, Differing] = {}
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        enterprises = working.filter(pk__gte=part[0], pk__lte=part[-1])
        for moment in moments:
            day, statics = days[moment], static_grades(enterprises, moment)
            told = facts_of(enterprises, moment)
            for key in part:
                facts = [fact for of in told.values() for fact in of.get(key, ())]
                static = statics.get(key, "")
                counts: Counter[str] = Counter()
                for fact in facts:
                    counts[fact.key] += fact.count
                before, after = both(static, frozenset(counts.items()))
                day.before[before] += 1
                day.after[after] += 1
                if before != after:
                    seen = differing.setdefault(key, Differing(key, 0, day.day, before, after))
                    seen.n_days += 1
        progress(start + len(part), len(keys))
    ordered = sorted(differing.values(), key=lambda one: (-one.n_days, one.enterprise))
    return LookBack(list(days.values()), ordered)


def _colour(static: str, facts: list[Fact], rules: ColourRules) -> str:
    return shown_colour(static, computed(static, facts, rules), rules)
