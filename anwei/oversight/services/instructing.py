"""From a leader's words to an order: who answers, who checks, who carries it out."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.models import TITLE_LENGTH, Case
from anwei.cases.services import open_case
from anwei.ledgers.services import lock
from anwei.org.holdings import Acting, actings_of, day_of, is_held
from anwei.org.models import PUBLIC_BODIES, Person, Post, Unit
from anwei.org.responsibility import HasSubject, Matter, Posts, posts_for
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS, posts_over
from anwei.oversight.models import Morning, SupervisionOrder
from anwei.sites.models import Enterprise

GOVERNING = (Unit.Kind.PARTY, Unit.Kind.GOVERNMENT, Unit.Kind.COMMITTEE)
LEADING = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY)
LEADERS = Q(unit__kind__in=GOVERNING, kind__in=LEADING)
OFFICE = Q(unit__kind=Unit.Kind.COMMITTEE_OFFICE)
BEFORE = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日(?:之|以)?前")
HALF_A_YEAR = timedelta(days=183)
NEVER = (*ADMINISTRATORS, Post.Kind.DISPLAY)


@dataclass(frozen=True)
class About:
    """What the words are about: a case, an enterprise, a township or the whole county; `unit` carries out.

    Without a unit the resolver says who supervises the case or enterprise, and that body carries it out.
    """

    case: Case | None = None
    enterprise: Enterprise | None = None
    territory: str = ""
    sector: str = ""
    unit: Unit | None = None

    @property
    def thing(self) -> HasSubject | None:
        """Whatever somebody answers for by the rules."""
        return self.case or self.enterprise


@transaction.atomic
def instruct(
    words: str,
    about: About,
    *,
    actor: Person,
    now: datetime,
    origin: str = SupervisionOrder.Origin.INSTRUCTION,
    document: str = "",
    answers: tuple[Morning, int] | None = None,
    key: str = "",
) -> SupervisionOrder:
    """Open an order from a leader's words; it waits for the office to issue it, with everybody named already.

    `answers` is the line of a morning report that the words are about; the same `key` opens nothing again.
    Raises NotYourTurn for who is neither a leader of the county nor of the office; CaseError without words,
    without a body to carry it out, or without an office; Vacant where nobody answers for what it is about.
    """
    if key:
        lock(f"instruction {key}")
        if made := SupervisionOrder._base_manager.filter(key=key).first():
            return made
    words = words.strip()
    if not words:
        raise CaseError(_("请写明批示内容。"))
    thing = about.thing
    subject = None if thing is None else thing.subject()
    territory = about.territory if subject is None else subject.territory
    posts = _posts(about, territory, now)
    return open_case(
        SupervisionOrder,
        actor=actor,
        now=now,
        title=words.splitlines()[0][:TITLE_LENGTH],
        territory=territory,
        sector=about.sector if subject is None else subject.sector,
        responsible=posts.responsible,
        supervisor=posts.supervisor,
        implementer=posts.implementer,
        origin=origin,
        words=words,
        document=document.strip(),
        due_on=day_in(words, day_of(now)),
        morning=answers[0] if answers else None,
        line=answers[1] if answers else None,
        key=key,
        instructed_by=actor if acting_for_the_county(actor, now, LEADERS) else None,
        about=about.case,
        about_enterprise=about.enterprise or (about.case.enterprise if about.case else None),
    )


def day_in(words: str, today: date) -> date | None:
    """Return the day before which words ask for something ("12月15日前"), None without one to come.

    A day without its year is the next such day within half a year.
    """
    for year, month, day in BEFORE.findall(words):
        for in_year in [int(year)] if year else [today.year, today.year + 1]:
            with suppress(ValueError):
                found = date(in_year, int(month), int(day))
                if found >= today and (year or found - today <= HALF_A_YEAR):
                    return found
    return None


def may_instruct(person: Person, now: datetime) -> bool:
    """Say whether a person leads a county or works in its committee office, today."""
    return bool(acting_for_the_county(person, now))


def opener(order: SupervisionOrder, actor: Person, now: datetime) -> Acting:
    """Return how somebody opens an order: as a leader, or as the office. Raises NotYourTurn."""
    over = {post.pk for post in posts_over(actor, order.territory, order.sector, None)}
    for post, acting in acting_for_the_county(actor, now).items():
        if post.pk in over:
            return acting
    raise NotYourTurn(_("督办单由县领导批示，或者由安委办按批示、会议决定登记。"))


def bodies_of(county: str) -> list[Unit]:
    """Return the departments and townships that can be charged, in the order of the register."""
    kinds = (Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP)
    return list(
        Unit.objects.filter(kind__in=kinds, territory__startswith=county, closed_on=None).order_by("pk")
    )


def acting_for_the_county(person: Person, now: datetime, which: Q = LEADERS | OFFICE) -> dict[Post, Acting]:
    """Return how a person acts at posts that lead a county, or of its committee office; of no township's."""
    acting = actings_of(person, now)
    posts = Post.objects.filter(which, pk__in=acting, unit__closed_on=None).exclude(kind__in=NEVER)
    of_counties = posts.alias(digits=Length("unit__territory")).filter(digits=COUNTY_DIGITS)
    return {post: acting[post.pk] for post in of_counties.select_related("unit").order_by("pk")}


def head_of(unit: Unit, now: datetime) -> Post | None:
    """Return the post that heads a unit, a filled one first."""
    return _filled_first(unit.posts.filter(kind=Post.Kind.PRINCIPAL), now)


def _posts(about: About, territory: str, now: datetime) -> Posts:
    """Return who answers, who checks and who carries out; the office may charge another when it issues."""
    office = _filled_first(
        Post.objects.filter(unit__kind=Unit.Kind.COMMITTEE_OFFICE, unit__territory=territory[:COUNTY_DIGITS]),
        now,
    )
    if office is None:
        raise CaseError(_("本县没有安委办的岗位，不能督办；请先在责任体系中设立。"))
    unit = about.unit or _supervising_unit(about, now)
    if unit is None or unit.kind not in PUBLIC_BODIES:
        raise CaseError(_("请选择承办单位。"))
    head = head_of(unit, now)
    hands = _filled_first(unit.posts.exclude(kind__in=(*NEVER, Post.Kind.PRINCIPAL, Post.Kind.DUTY)), now)
    charged = hands or head
    if charged is None or charged == office:
        raise CaseError(_("“%(unit)s”没有可以承办的岗位，请换一个承办单位。") % {"unit": unit})
    return Posts(head or charged, office, charged)


def _supervising_unit(about: About, now: datetime) -> Unit | None:
    if about.case is not None and about.case.supervisor.unit.kind in PUBLIC_BODIES:
        return about.case.supervisor.unit
    if about.thing is None:
        return None
    return posts_for(about.thing, now, matter=Matter.DAILY, held=False).supervisor.unit


def _filled_first(posts: QuerySet[Post], now: datetime) -> Post | None:
    found = [post for post in posts.select_related("unit") if post.kind not in NEVER]
    found.sort(key=lambda post: (not is_held(post, now), post.pk))
    return found[0] if found else None
