"""Questions about graded risk: what waits, what is due, static grades of enterprises, counts for maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.models import Change
from anwei.ledgers.past import as_they_were, looking_back
from anwei.org.models import Person
from anwei.sites.models import Assessment, Enterprise, Grade, Installation, LiveColour, RiskPoint, Site
from anwei.sites.queries import TOWNSHIP_DIGITS
from anwei.sites.statuses import counted_on
from anwei.standards.risk.control import control_rules

RANK = {grade: place for place, grade in enumerate(Grade.values)}  # 0 is the gravest
NAMED = 3  # risk points that the grounds of a grade name; the rest is counted
WITHOUT = ""  # the grade of what was never assessed
THINGS = ("enterprise", "installation", "point")
CHEMICAL = "chemical"  # the sector for whose enterprises 应急〔2018〕19号 is the guide
INVENTORY = "sites.inventory"  # under which is sealed who made a unit what cannot be assessed


def standing_points(points: QuerySet[RiskPoint]) -> QuerySet[RiskPoint]:
    """Leave out points and places that are no longer there, and those of closed enterprises."""
    standing = points.filter(removed_on__isnull=True, site__removed_on__isnull=True)
    return standing.exclude(site__enterprise__status=Enterprise.Status.CLOSED)


def of_same(**confirmed: Any) -> QuerySet[Assessment]:
    """Return the assessments of the same thing by the same method as that of the outer query, but newer."""
    return _newer().filter(**confirmed) if confirmed else _newer()


@cache
def _newer() -> QuerySet[Assessment]:
    """Return what `of_same` begins with; the desk of every page asks with it, so it is spelt once."""
    same = Q(method=OuterRef("method")) & (
        Q(enterprise=OuterRef("enterprise"))
        | Q(installation=OuterRef("installation"))
        | Q(point=OuterRef("point"))
    )
    newer = Q(assessed_at__gt=OuterRef("assessed_at")) | Q(
        assessed_at=OuterRef("assessed_at"), pk__gt=OuterRef("pk")
    )
    return Assessment.objects.filter(same & newer)


def same_as(assessment: Assessment) -> QuerySet[Assessment]:
    """Return every assessment of the same thing by the same method."""
    same = {name: getattr(assessment, f"{name}_id") for name in THINGS if getattr(assessment, f"{name}_id")}
    return Assessment.objects.filter(method=assessment.method, **same)


@cache
def taking_place() -> QuerySet[Assessment]:
    """Return the newer assessments that take the place of the one of the outer query.

    Of a unit that is every newer one: it is computed from the whole inventory. Elsewhere people judge; one
    judgement gives way to the same person's next, or to one that was confirmed: nobody gets rid of an
    official's assessment by writing another.
    """
    return of_same().filter(_gives_way_to(OuterRef("assessor")))


def in_place_of(assessment: Assessment) -> QuerySet[Assessment]:
    """Return the newer assessments that take the place of this one (`taking_place`)."""
    newer = Q(assessed_at__gt=assessment.assessed_at) | Q(
        assessed_at=assessment.assessed_at, pk__gt=assessment.pk
    )
    return same_as(assessment).filter(newer & _gives_way_to(assessment.assessor_id))


def _gives_way_to(assessor: Any) -> Q:
    return Q(installation__isnull=False) | Q(confirmed_at__isnull=False) | Q(assessor=assessor)


def open_assessments(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Return those that wait for a second person: not confirmed, not returned, none in their place."""
    waiting = assessments.filter(confirmed_at__isnull=True, returned_at__isnull=True)
    return waiting.filter(~Exists(taking_place()))


def written_by(person: Person) -> Q:
    """Say that a person wrote part of what an assessment of a unit rests on, since it was last confirmed.

    That is whatever they assessed there, and whatever change of theirs left nothing that could be assessed.
    """
    own = Assessment.objects.filter(assessor=person, confirmed_at__isnull=True)
    assessed = own.filter(~Exists(of_same(confirmed_at__isnull=False)), installation=OuterRef("installation"))
    covering = Assessment.objects.filter(
        installation=OuterRef(OuterRef("installation")),
        confirmed_at__isnull=False,
        assessed_at__gt=OuterRef("at"),
    )
    unit = Cast(OuterRef("installation"), CharField())
    left = Change.objects.filter(register=INVENTORY, row=unit, content__assessor=person.pk)
    return Q(Exists(assessed)) | Q(Exists(left.filter(~Exists(covering))))


def valid_assessments(assessments: QuerySet[Assessment], at: datetime | None = None) -> QuerySet[Assessment]:
    """Return those that count, or counted at a moment: of each thing and method the newest confirmed by then.

    That of 应急〔2018〕19号 counts no more where the enterprise is none of chemicals any more.
    """
    confirmed = {"confirmed_at__isnull": False} if at is None else {"confirmed_at__lte": at}
    return assessments.filter(_applies(), ~Exists(of_same(**confirmed)), **confirmed)


def _applies() -> Q:
    """Say that the method of an assessment is for what it assessed, as that is now."""
    chemical = Q(enterprise__sector=CHEMICAL) | Q(enterprise__second_sector=CHEMICAL)
    return ~Q(method=Assessment.Method.NO_19) | chemical


def due_assessments(person: Person, until: date) -> QuerySet[Assessment]:
    """Return what counts and must be assessed again until a day, or rests on what has changed since."""
    due = Q(review_on__lte=until) | Q(stale_since__isnull=False)
    rows = valid_assessments(Assessment.objects.visible_to(person)).filter(due, point__isnull=True)
    return rows.exclude(owner__status=Enterprise.Status.CLOSED).order_by("review_on", "pk")


def due_points(person: Person, until: date) -> QuerySet[RiskPoint]:
    """Return the standing risk points to be assessed again until a day, or graded by bands since changed.

    Those are marked, `bands_changed`.
    """
    rows: QuerySet[RiskPoint] = RiskPoint.objects.visible_to(person)
    stale = Assessment.objects.filter(point=OuterRef("pk"), stale_since__isnull=False)
    told: QuerySet[Any] = standing_points(rows).annotate(bands_changed=Exists(valid_assessments(stale)))
    return told.filter(Q(review_on__lte=until) | Q(bands_changed=True)).order_by("review_on", "pk")


def installation_levels(installations: Any, at: datetime | None = None) -> dict[int, int | None]:
    """Return the level (1-4, None: no major hazard) confirmed by a moment (None: now), where there is one."""
    confirmed = Assessment.objects.filter(_confirmed(at), installation__in=installations)
    rows = confirmed.order_by("assessed_at", "pk").values_list("installation_id", "result__level")
    return {key: level for key, level in rows if key is not None}  # the newest comes last


def _confirmed(at: datetime | None) -> Q:
    return Q(confirmed_at__isnull=False) if at is None else Q(confirmed_at__lte=at)


def _points_then(enterprises: QuerySet[Any], at: datetime | None) -> QuerySet[Any]:
    """Return the points that stood at a moment (None: now) with their grade of then, `grade_then`.

    Those of a closed enterprise stand no more now; of a moment, who counted then is for the caller to ask.
    """
    past = None if at is None else looking_back(at)
    places: QuerySet[Any] = as_they_were(Site.objects.all(), past, "removed_on")
    there = places.filter(removed_on_then__isnull=True)
    points = RiskPoint.objects.filter(site__enterprise__in=enterprises, site__in=there.values("pk"))
    if at is None:
        points = points.exclude(site__enterprise__status=Enterprise.Status.CLOSED)
    then = as_they_were(points, past, "grade", "removed_on")
    return then.filter(removed_on_then__isnull=True).exclude(grade_then=WITHOUT)


def static_grades(enterprises: QuerySet[Enterprise], at: datetime | None = None) -> dict[int, str]:
    """Return the static grade of each of the enterprises that has one, or had by a moment, by primary key.

    The confirmed colour of 应急〔2018〕19号 where there is one that counts; else the gravest of its standing
    risk points and of its installations, whose level counts as a colour (`standards.risk.control`).
    """
    keys = enterprises.order_by().values("pk")
    found: dict[int, str] = {}
    points = _points_then(keys, at)
    for enterprise, grade in points.order_by().values_list("site__enterprise", "grade_then").distinct():
        found[enterprise] = _graver(found.get(enterprise, WITHOUT), grade)
    confirmed = Assessment.objects.filter(_confirmed(at)).order_by("assessed_at", "pk")
    columns = ("installation_id", "installation__enterprise", "result__level")
    installed = confirmed.filter(installation__enterprise__in=keys).values_list(*columns)
    newest = {installation: (enterprise, level) for installation, enterprise, level in installed}
    for enterprise, level in newest.values():
        if grade := control_rules().installations.get(level or 0, WITHOUT):
            found[enterprise] = _graver(found.get(enterprise, WITHOUT), grade)
    rows = confirmed.filter(_applies(), enterprise__in=keys).values_list("enterprise_id", "grade")
    found |= {key: grade for key, grade in rows if key is not None}  # the newest comes last
    return found


def static_grade(enterprise: Enterprise) -> str:
    """Return the static grade of one enterprise, "" without one (`static_grades`)."""
    return static_grades(Enterprise.objects.filter(pk=enterprise.pk)).get(enterprise.pk, WITHOUT)


def static_grounds(enterprise: Enterprise, grade: str) -> list[tuple[str, str]]:
    """Return what gives an enterprise its static grade (`static_grades`), each in words with its page."""
    if not grade:
        return []
    own = valid_assessments(Assessment.objects.filter(enterprise=enterprise)).first()
    if own is not None:
        grounds = [(str(own.get_method_display()), reverse("risk_assessment", args=[own.pk]))]
        graver = Grade.values[: RANK[own.grade]]
        return grounds + _points_named(
            enterprise, graver, gettext_lazy("另有 %(n)d 个风险点（%(names)s）更重，未计入：以评估诊断为准")
        )
    found = []
    assessed = valid_assessments(Assessment.objects.filter(installation__enterprise=enterprise))
    for one in assessed.select_related("installation").order_by("installation"):
        if control_rules().installations.get(one.result["level"] or 0) == grade:
            words = {"name": one.installation, "level": one.result["level_name"]}
            link = reverse("risk_installation", args=[one.installation_id])
            found.append((_("%(name)s：%(level)s重大危险源") % words, link))
    return found + _points_named(enterprise, [grade], gettext_lazy("%(n)d 个风险点（%(names)s）"))


def _points_named(enterprise: Enterprise, grades: Sequence[str], words: Any) -> list[tuple[str, str]]:
    """Return how many standing points of these grades there are and some names, in `words`; [] for none."""
    points = standing_points(RiskPoint.objects.filter(site__enterprise=enterprise, grade__in=grades))
    names = list(points.order_by("pk").values_list("name", flat=True))
    told = {"n": len(names), "names": _("、").join(names[:NAMED]) + ("……" if names[NAMED:] else "")}
    return [(str(words) % told, reverse("risk_enterprise", args=[enterprise.pk]))] if names else []


def shown_grades(enterprises: QuerySet[Enterprise]) -> dict[int, str]:
    """Return the colour that maps and signs show of each enterprise: the live one, else the static."""
    live = LiveColour.objects.filter(enterprise__in=enterprises.order_by().values("pk")).exclude(colour="")
    return static_grades(enterprises) | dict(live.values_list("enterprise_id", "colour"))


@dataclass
class TownshipRisks:
    """How many enterprises and standing risk points a township has of each grade ("" is not assessed)."""

    enterprises: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)


def risk_counts_by_township(person: Person) -> dict[str, TownshipRisks]:
    """Return the four-colour counts of what a person may see, by the nine digits of the township."""
    found: dict[str, TownshipRisks] = {}
    seen: QuerySet[Enterprise] = Enterprise.objects.visible_to(person)
    today = timezone.localdate()
    enterprises = counted_on(today, seen)
    grades = shown_grades(enterprises)
    for key, territory in enterprises.order_by().values_list("pk", "unit__territory"):
        of_township = found.setdefault(territory[:TOWNSHIP_DIGITS], TownshipRisks())
        of_township.enterprises[grades.get(key, WITHOUT)] += 1
    standing = standing_points(RiskPoint.objects.visible_to(person))
    points = counted_on(today, standing, "site__enterprise")
    for territory, grade in points.order_by().values_list("site__territory", "grade"):
        found.setdefault(territory[:TOWNSHIP_DIGITS], TownshipRisks()).points[grade] += 1
    return dict(sorted(found.items()))


def history_of(thing: Enterprise | Installation | RiskPoint) -> QuerySet[Assessment]:
    """Return every assessment of one thing, the newest first."""
    names = {Enterprise: "enterprise", Installation: "installation", RiskPoint: "point"}
    return told(Assessment.objects.filter(**{names[type(thing)]: thing}))


def waits(assessment: Assessment) -> bool:
    """Say whether a `told` assessment waits for a second person."""
    closed = assessment.confirmed_at or assessment.returned_at
    return not closed and not getattr(assessment, "superseded")  # noqa: B009 - annotated


def told(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Return them as lists tell them: with the people, and `superseded` where a newer one took its place."""
    return assessments.select_related("assessor", "confirmed_by").annotate(superseded=Exists(taking_place()))


def _graver(one: str, other: str) -> str:
    return min((grade for grade in (one, other) if grade), key=lambda grade: RANK[grade], default=WITHOUT)
