"""A simulated year of the demo county's enterprises, each twice, some with a planted chain of causes.

It is told in memory first. All have the same rates; sector, township, workers and sensors are the plan's.

`told` invents what happens to everybody by one set of rates; `planted` lets posts fall vacant, limits pass and
alarms come at a few, and then an accident; `written` puts it into the tables with the times of the events;
`points` reckons the points of an enterprise from the story alone, by no line of the features.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from anwei.analytics.models import RiskScore
from anwei.cases.models import Case, Clock, Entry
from anwei.demo.plan import EnterprisePlan, enterprises, townships
from anwei.emergency.models import Accident
from anwei.hazards.models import Hazard, Visit
from anwei.monitoring.models import Alarm, AlarmRule, Device
from anwei.org.models import Holding, Post, Unit
from anwei.sites.models import Enterprise
from anwei.standards.accidents import accident_grades, type_labels
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.watch import watch_rules
from tests.kernel.county import COUNTY
from tests.proof.big_county import build_big_county

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK, YEAR = 7 * DAY, 365 * DAY
MONDAY = datetime(2025, 11, 3, 2, tzinfo=COUNTY_TIME)  # the first list of the year, at two in the morning
BEFORE, N_WEEKS = 26 * WEEK, 52  # the county had the system half a year before
AFTER = 8 * WEEK
N = 240
LIMIT = 15 * DAY
AT_ONCE = 300  # rows of one INSERT
# Of each enterprise in a year, the same for all.
VISITS, ACCIDENTS, VACANCIES = 2.0, 0.03, 0.25
MORE_AT_ONCE = 1.0  # hazards a visit finds beside its first: about 4 a year
MAJOR = 0.06  # of the hazards: about one in four years
BURSTS, LONGER = (
    4.0,
    0.75,
)  # of alarms, at those with sensors; how often one more follows: about 16 alarms a year
BETWEEN = 6 * HOUR  # the alarms of a burst
SEVERITIES = {"red": 1, "orange": 3, "yellow": 12}  # of 16 alarms
FEWEST_NEIGHBOURS = 3
LATE = 0.15  # of the hazards are put right after their limit
CAUSES = (("posts_vacant",), ("hazards_overdue", "hazards_days_overdue"), ("alarms_", "alarm_hours"))


@dataclass
class Found:
    """A hazard: when it was found, when put right, whether it was major."""

    at: datetime
    closed: datetime
    major: bool = False


@dataclass
class Story:
    """What happens to one enterprise."""

    plan: EnterprisePlan
    vacant: list[tuple[int, date, date]] = field(default_factory=list)  # which post, first and last day
    hazards: list[Found] = field(default_factory=list)
    alarms: list[tuple[datetime, str, float]] = field(default_factory=list)  # severity, hours unanswered
    visits: list[datetime] = field(default_factory=list)
    accidents: list[date] = field(default_factory=list)


def times(random: Random, a_year: float, first: datetime, last: datetime) -> list[datetime]:
    """Return the moments of a Poisson process."""
    found, at = [], first
    while a_year and (at := at + random.expovariate(a_year) * YEAR) < last:
        found.append(at)
    return found


def at_once(random: Random, more: float) -> int:
    """Return 1 and a Poisson count beside."""
    return len(times(random, more, MONDAY, MONDAY + YEAR)) + 1


def burst(random: Random, first: datetime, last: datetime) -> list[tuple[datetime, str, float]]:
    """Return the alarms of a burst that begins at a moment, a geometric number of them."""
    at, found = first, []
    while at < last:
        (severity,) = random.choices(list(SEVERITIES), list(SEVERITIES.values()))
        found.append((at, severity, random.expovariate(1 / 2)))
        if random.random() >= LONGER:
            break
        at += random.expovariate(1) * BETWEEN
    return found


def told(random: Random, n: int = N) -> list[Story]:
    """Return the stories of a year without a cause, of so many enterprises.

    Hazards are found several at a visit, and alarms come in bursts: a score that took the number of rows for
    so many independent facts would see causes here.
    """
    first, last = MONDAY - BEFORE, MONDAY + N_WEEKS * WEEK + AFTER
    stories = []
    for number in range(n):
        plan = enterprises()[number % len(enterprises())]
        story = Story(plan, visits=times(random, VISITS, first, last))
        for post in (0, 1):
            end = first
            for at in times(random, VACANCIES, first, last):
                if at > end + 2 * DAY:
                    end = at + random.expovariate(1 / 30) * DAY
                    story.vacant.append((post, at.date(), end.date()))
        for at in story.visits:
            for _ in range(at_once(random, MORE_AT_ONCE)):
                story.hazards.append(_found(random, at))
        if plan.sites:
            for at in times(random, BURSTS, first, last):
                story.alarms += burst(random, at, last)
        story.accidents = [at.date() for at in times(random, ACCIDENTS, first, last)]
        stories.append(story)
    return stories


def _found(random: Random, at: datetime) -> Found:
    if random.random() < MAJOR:
        return Found(at, at + random.uniform(5, 14.5) * DAY, major=True)
    days = 15 + random.expovariate(1 / 15) if random.random() < LATE else random.uniform(1, 14)
    return Found(at, at + days * DAY)


def planted(stories: list[Story], random: Random, n: int = 3) -> dict[int, date]:
    """Plant a chain at a few enterprises with sensors; return the day of each one's accident."""
    found = {}
    equipped = [number for number, story in enumerate(stories) if story.plan.sites]
    for number in random.sample(equipped, n):
        story, accident = stories[number], MONDAY + random.uniform(30, N_WEEKS) * WEEK
        vacant = accident - random.uniform(18, 26) * WEEK
        story.vacant = [one for one in story.vacant if one[0] == 0 or one[2] + 2 * DAY < vacant.date()]
        story.vacant.append((1, vacant.date(), accident.date()))
        for _ in range(random.randint(2, 4)):
            at = accident - random.uniform(11, 16) * WEEK
            story.hazards.append(Found(at, accident + random.uniform(1, 20) * DAY))
        for severity, a_week in (("red", 0.4), ("orange", 0.8), ("yellow", 2.0)):
            for at in times(random, a_week * 52, accident - random.uniform(8, 10) * WEEK, accident):
                story.alarms.append((at, severity, random.expovariate(1 / 8)))
        found[number] = accident.date()
        story.accidents = [day for day in story.accidents if day < vacant.date()] + [accident.date()]
    return found


def built(n: int = N) -> list[Enterprise]:
    """Build the county of so many, with the sectors, townships and workers of the plan."""
    build_big_county(MONDAY.date(), vacant=0, n_enterprises=n)
    plants = list(Enterprise.objects.order_by("pk").select_related("unit"))
    places = {one.code: f"{COUNTY}{101 + place}" for place, one in enumerate(townships())}
    for number, plant in enumerate(plants):
        plan = enterprises()[number % len(enterprises())]
        plant.sector, plant.workers = plan.sector, plan.workers
        plant.unit.territory = places[plan.township]
    Enterprise.objects.bulk_update(plants, ["sector", "workers"])
    Unit.objects.bulk_update([plant.unit for plant in plants], ["territory"])
    return plants


def written(stories: list[Story], plants: list[Enterprise]) -> None:
    """Write the stories into the tables, each row with the times of its event."""
    posts = {(unit, kind): pk for unit, kind, pk in Post.objects.values_list("unit", "kind", "pk")}
    duty, body = Post.objects.get(kind="duty").pk, Unit.objects.get(name="某县应急管理局")
    for plant, story in zip(plants, stories, strict=True):
        for kind, number in (("principal", 0), ("safety", 1)):
            _write_holdings(posts[plant.unit_id, kind], [one for one in story.vacant if one[0] == number])
    hazards = [(plant, one) for plant, story in zip(plants, stories, strict=True) for one in story.hazards]
    cases = [
        Case(
            pk=1_000_000 + n,
            kind="hazard",
            number=f"YH{n}",
            title="隐患",
            territory=COUNTY,
            sector=plant.sector,
            enterprise_id=plant.pk,
            responsible_id=posts[plant.unit_id, "principal"],
            implementer_id=posts[plant.unit_id, "safety"],
            supervisor_id=duty,
            phase="closed",
            outcome="rectified",
            opened_at=one.at,
            closed_at=one.closed,
        )
        for n, (plant, one) in enumerate(hazards)
    ]
    Case.objects.bulk_create(cases, batch_size=AT_ONCE)
    rows_of_hazards = [
        Hazard(
            case_ptr_id=1_000_000 + n,
            origin="inspection",
            found_at=one.at,
            description="隐患",
            grade="major" if one.major else "general",
            grade_reason="判定" if one.major else "",
        )
        for n, (_plant, one) in enumerate(hazards)
    ]
    columns, own = Hazard._meta.local_concrete_fields, Hazard._base_manager.all()
    for first in range(0, len(hazards), AT_ONCE):  # bulk_create does not write the rows beneath a case
        own._insert(rows_of_hazards[first : first + AT_ONCE], columns, using=own.db)  # type: ignore[attr-defined]
    rows = Case.objects.filter(kind="hazard").values_list("pk", "opened_at", "closed_at")
    Clock.objects.bulk_create(
        Clock(
            case_id=pk,
            name="整改",
            citation="-",
            started_at=at,
            due_at=at + LIMIT,
            first_due_at=at + LIMIT,
            met_by="fix",
            met_at=closed,
        )
        for pk, at, closed in rows
    )
    Entry.objects.bulk_create(
        Entry(case_id=pk, number=1, at=at, verb="order", to_phase="assigned", content={}, digest="-")
        for pk, at, _closed in rows
    )
    _write_alarms(stories, plants)
    Visit._base_manager.bulk_create(
        Visit(
            number=f"JC{plant.pk}-{n}",
            enterprise=plant,
            territory=COUNTY,
            sector=plant.sector,
            planned_on=at.date(),
            reason="plan",
            citation="-",
            body=body,
            planned_at=at - DAY,
            begun_at=at,
        )
        for plant, story in zip(plants, stories, strict=True)
        for n, at in enumerate(story.visits)
    )
    Accident.objects.bulk_create(
        Accident(
            number=f"SG{plant.pk}-{n}",
            happened_on=day,
            enterprise=plant,
            place="车间",
            territory=COUNTY,
            sector=plant.sector,
            type=next(iter(type_labels())),
            grade=next(iter(accident_grades())),
        )
        for plant, story in zip(plants, stories, strict=True)
        for n, day in enumerate(story.accidents)
    )


def _write_holdings(post: int, vacant: list[tuple[int, date, date]]) -> None:
    held = Holding.objects.get(post=post)
    for _post, first, last in sorted(vacant):
        held.to_on, held.term_on = first - DAY, None
        held.save()
        held = Holding(post_id=post, person_id=held.person_id, from_on=last + DAY)
    held.term_on = None
    held.save()


def _write_alarms(stories: list[Story], plants: list[Enterprise]) -> None:
    alarms = []
    people = dict(Holding.objects.order_by("-pk").values_list("post__unit", "person"))
    for plant, story in zip(plants, stories, strict=True):
        if not story.alarms:
            continue
        since = MONDAY - BEFORE
        device = Device.objects.create(
            code=f"D{plant.pk}", name="分站", enterprise=plant, key_issued_at=since, registered_at=since
        )
        rule = AlarmRule.objects.create(device=device, kind="no_data", severity="orange", enterprise=plant)
        for at, severity, hours in story.alarms:
            moments = dict.fromkeys(("started_at", "raised_at", "sample_at", "recorded_at", "changed_at"), at)
            alarms.append(
                Alarm(
                    rule=rule,
                    device=device,
                    enterprise=plant,
                    territory=COUNTY,
                    sector=plant.sector,
                    kind="hh",
                    severity=severity,
                    cleared_at=at + HOUR / 3,
                    acknowledged_at=at + hours * HOUR,
                    acknowledged_by_id=people[plant.unit_id],
                    **moments,
                )
            )
    Alarm.objects.bulk_create(alarms)


def values(story: Story, at: datetime) -> dict[str, float]:
    """Return what the features should say of an enterprise at a moment, reckoned from its story."""
    day = at.date()
    known = [one for one in story.hazards if one.at <= at]
    late = [one for one in known if one.closed > at > one.at + LIMIT]
    majors = [one for one in known if one.major]
    year = [one for one in majors if one.at > at - YEAR]
    took = [(one.closed - one.at) / DAY for one in known if at - YEAR < one.closed <= at]
    alarms = [(at - when, severity) for when, severity, _hours in story.alarms if when <= at]
    grave = [
        (when, hours)
        for when, severity, hours in story.alarms
        if severity != "yellow" and at - 90 * DAY < when <= at
    ]
    visited = [when for when in story.visits if when <= at]
    return {
        "accidents_365": sum((at - YEAR).date() < one < day for one in story.accidents),
        "hazards_major_open": sum(one.closed > at for one in majors),
        "hazards_major_365": len(year),
        "hazards_overdue": len(late),
        "hazards_days_overdue": max(((at - one.at - LIMIT) / DAY for one in late), default=0.0),
        "rectification_days": sum(took) / len(took) if took else 0.0,
        "alarms_red_30": sum(s == "red" and ago < 30 * DAY for ago, s in alarms),
        "alarms_orange_30": sum(s == "orange" and ago < 30 * DAY for ago, s in alarms),
        "alarms_yellow_90": sum(s == "yellow" and ago < 90 * DAY for ago, s in alarms),
        "alarm_hours_unanswered": sum(min(hours, (at - when) / HOUR) for when, hours in grave),
        "posts_vacant": len({post for post, first, last in story.vacant if first <= day <= last}),
        "months_unvisited": (at - max(visited)) / DAY / 30 if visited else 0.0,
        "never_visited": float(not visited),
    }


def points(stories: list[Story], at: datetime) -> list[int]:
    """Return the points that each should have at a moment."""
    rules = {rule.feature: rule for rule in watch_rules({}).points}
    groups = [(story.plan.sector, story.plan.township) for story in stories]
    harms, n_all, n_harms = [_harms(story, at) for story in stories], Counter(groups), Counter[object]()
    for group, n in zip(groups, harms, strict=True):
        n_harms[group] += n
    found = []
    for group, n, story in zip(groups, harms, stories, strict=True):
        told_of, others = values(story, at), n_all[group] - 1
        if others >= FEWEST_NEIGHBOURS:
            told_of["neighbours_harmed"] = (n_harms[group] - n) / others
        found.append(sum(rules[name].of(value) for name, value in told_of.items()))
    return found


def causes_named(score: RiskScore) -> list[bool]:
    """Say of each planted cause whether the reasons of a row name it."""
    names = [name for name, *_rest in score.reasons]
    return [any(name.startswith(cause) for name in names) for cause in CAUSES]


def _harms(story: Story, at: datetime) -> int:
    majors = sum(one.major and at - YEAR < one.at <= at for one in story.hazards)
    ended = [datetime.combine(day, datetime.min.time(), COUNTY_TIME) + DAY for day in story.accidents]
    return majors + sum(at - YEAR < one <= at for one in ended)
