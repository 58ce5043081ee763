"""A simulated year of a county of equal enterprises, some with a planted chain of causes, told in memory first.

`told` invents what happens to everybody by one set of rates; `planted` lets posts fall vacant, limits pass and
alarms come at a few, and then an accident; `written` puts it into the tables with the times of the events;
`points` reckons the points of an enterprise from the story alone, by no line of the features.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from anwei.analytics.models import RiskScore
from anwei.cases.models import Case, Clock, Entry
from anwei.emergency.models import Accident
from anwei.hazards.models import Hazard, Visit
from anwei.monitoring.models import Alarm, AlarmRule, Device
from anwei.org.models import Holding, Post, Unit
from anwei.sites.models import Enterprise
from anwei.standards.accidents import accident_grades, type_labels
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.sectors import sectors
from anwei.standards.watch import watch_rules
from tests.kernel.county import COUNTY
from tests.proof.big_county import N_TOWNS, build_big_county

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK, YEAR = 7 * DAY, 365 * DAY
MONDAY = datetime(2025, 11, 3, 2, tzinfo=COUNTY_TIME)  # the first list of the year, at two in the morning
BEFORE, N_WEEKS = 26 * WEEK, 52  # the county had the system half a year before
AFTER = 8 * WEEK
N = 300
LIMIT = 15 * DAY
# Of each enterprise in a year, the same for all.
HAZARDS, MAJOR, ACCIDENTS, VISITS, VACANCIES = 4.0, 0.25, 0.03, 2.0, 0.25
ALARMS = {"red": 1.0, "orange": 3.0, "yellow": 12.0}  # of each third one, which has sensors
EQUIPPED = 3
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


def told(random: Random, n: int = N) -> list[Story]:
    """Return the stories of a year without a cause, of so many enterprises."""
    first, last = MONDAY - BEFORE, MONDAY + N_WEEKS * WEEK + AFTER
    stories = []
    for number in range(n):
        story = Story(visits=times(random, VISITS, first, last))
        for post in (0, 1):
            end = first
            for at in times(random, VACANCIES, first, last):
                if at > end + 2 * DAY:
                    end = at + random.expovariate(1 / 30) * DAY
                    story.vacant.append((post, at.date(), end.date()))
        for at in times(random, HAZARDS, first, last):
            days = 15 + random.expovariate(1 / 15) if random.random() < LATE else random.uniform(1, 14)
            story.hazards.append(Found(at, at + days * DAY))
        for at in times(random, MAJOR, first, last):
            story.hazards.append(Found(at, at + random.uniform(5, 14.5) * DAY, major=True))
        if number % EQUIPPED == 0:
            for severity, rate in ALARMS.items():
                for at in times(random, rate, first, last):
                    story.alarms.append((at, severity, random.expovariate(1 / 2)))
        story.accidents = [at.date() for at in times(random, ACCIDENTS, first, last)]
        stories.append(story)
    return stories


def planted(stories: list[Story], random: Random, n: int = 3) -> dict[int, date]:
    """Plant a chain at a few enterprises with sensors; return the day of each one's accident."""
    found = {}
    for number in random.sample(range(0, len(stories), EQUIPPED), n):
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
    """Build the county of so many, those of a township all of one sector."""
    build_big_county(MONDAY.date(), vacant=0, n_enterprises=n)
    codes, plants = list(sectors()), list(Enterprise.objects.order_by("pk"))
    for number, plant in enumerate(plants):
        plant.sector = codes[number % N_TOWNS % len(codes)]
    Enterprise.objects.bulk_update(plants, ["sector"])
    return plants


def written(stories: list[Story], plants: list[Enterprise]) -> None:
    """Write the stories into the tables, each row with the times of its event."""
    posts = {(unit, kind): pk for unit, kind, pk in Post.objects.values_list("unit", "kind", "pk")}
    duty, body = Post.objects.get(kind="duty").pk, Unit.objects.get(name="某县应急管理局")
    for plant, story in zip(plants, stories, strict=True):
        for kind, number in (("principal", 0), ("safety", 1)):
            _write_holdings(posts[plant.unit_id, kind], [one for one in story.vacant if one[0] == number])
    hazards = [(plant, one) for plant, story in zip(plants, stories, strict=True) for one in story.hazards]
    for n, (plant, one) in enumerate(hazards):
        case = Case(
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
        case.save()
        grade = {"grade": "major", "grade_reason": "判定"} if one.major else {"grade": "general"}
        hazard = Hazard(
            case_ptr_id=case.pk, origin="inspection", found_at=one.at, description="隐患", **grade
        )
        hazard.save_base(raw=True, force_insert=True)
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
                    acknowledged_by=Holding.objects.filter(post__unit=plant.unit_id).first().person,  # type: ignore[union-attr]
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
    harms = [_harms(story, at) for story in stories]
    found = []
    for number, story in enumerate(stories):
        others = range(number % N_TOWNS, len(stories), N_TOWNS)
        told_of = values(story, at)
        if len(others) > 3:
            told_of["neighbours_harmed"] = (sum(harms[one] for one in others) - harms[number]) / (
                len(others) - 1
            )
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
