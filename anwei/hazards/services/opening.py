"""Filing a hazard: who may, who answers for it, and whether it was there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import Upload
from anwei.cases.services import open_case
from anwei.hazards.models import Attendance, Hazard, Origin, SelfCheck
from anwei.hazards.planning.unfinished import going_on_since
from anwei.hazards.queries import recurrence_of
from anwei.hazards.services.finders import named_person, remember_finders
from anwei.org.holdings import Acting, actings_of, day_of, holdings_on
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import Matter, Posts, Subject, Vacant, posts_for
from anwei.org.scope import ADMINISTRATORS, posts_over, standing
from anwei.org.services.posts import create_post
from anwei.sites.models import Enterprise, Site
from anwei.standards.hazards.criteria import criterion as criterion_of

NO_FINDER = (*ADMINISTRATORS, Post.Kind.DISPLAY)
REQUIRED_POSTS = ((Post.Kind.PRINCIPAL, "主要负责人"), (Post.Kind.SAFETY, "安全生产管理人员"))
SHOWN = 60  # characters of the description that make the title


@dataclass(frozen=True)
class Whereabouts:
    """Where a hazard is: at an enterprise, a place, or in a territory and sector of nobody's."""

    enterprise: Enterprise | None = None
    site: Site | None = None
    territory: str = ""
    sector: str = ""

    def completed(self) -> Whereabouts:
        """Return it with territory and sector of the place or enterprise. Raises CaseError where unknown."""
        told = None if (owner := self.site or self.enterprise) is None else owner.subject()
        enterprise = self.enterprise or (None if self.site is None else self.site.enterprise)
        territory = self.territory or (told.territory if told else "")
        sector = self.sector or (told.sector if told else "")
        if not territory or not sector:
            raise CaseError(_("请选择隐患所在的企业或场所；都没有的，请写明属地和行业。"))
        return Whereabouts(enterprise, self.site, territory, sector)

    def subject(self) -> Subject:
        """Return what is answered for."""
        owner = self.site or self.enterprise
        if owner is not None:
            return owner.subject()
        return Subject(_("所在地"), self.territory, self.sector)


def file_hazard(
    where: Whereabouts,
    *,
    actor: Person | None,
    now: datetime,
    origin: str,
    description: str,
    found_at: datetime,
    place: str = "",
    found_by: Person | None = None,
    finder: str = "",
    criterion: str = "",
    proposed_reason: str = "",
    checklist_item: str = "",
    requirement: str = "",
    provincial_number: str = "",
    key: str = "",
    note: str = "",
    photos: Sequence[Upload] = (),
    repeat_of: Hazard | None = None,
    self_check: SelfCheck | None = None,
    is_of_visit: bool = False,
) -> Hazard:
    """File a hazard and put it before whoever judges it; the same `key` again returns what it filed.

    `repeat_of` is the closed one that was found again; without it like ones at the place are looked for.
    `criterion` only proposes 重大, `proposed_reason` does so in words where none fits: a person confirms it
    with the order. A typed `finder` who is one person of the actor's body or of the enterprise is that
    person. `is_of_visit`: it is filed at a visit. Raises NotYourTurn out of the actor's sight, CaseError
    with a sentence where something does not fit, Vacant where no post answers for the place.
    """
    if key and (filed := Hazard._base_manager.filter(key=key).first()) is not None:
        return _filed_before(filed, actor)
    if not description.strip():
        raise CaseError(_("请写明隐患是什么。"))
    if found_at > now:
        raise CaseError(_("发现时间不能晚于现在。"))
    where = where.completed()
    if criterion:
        _require_criterion(criterion)
    try:
        with transaction.atomic():
            return _opened(
                where,
                actor=actor,
                now=now,
                note=note,
                photos=photos,
                origin=origin,
                found_at=found_at,
                found_by=found_by or _finder(finder, where, origin, actor, now),
                finder=finder,
                place=place.strip(),
                description=description.strip(),
                checklist_item=checklist_item,
                criterion=criterion,
                proposed=criterion,
                proposed_reason=proposed_reason.strip(),
                requirement=requirement.strip(),
                provincial_number=provincial_number.strip(),
                key=key,
                repeat_of=repeat_of
                or recurrence_of(
                    where.enterprise,
                    where.site,
                    description,
                    found_at,
                    criterion=criterion,
                    item=checklist_item,
                ),
                self_check=self_check,
                is_of_visit=is_of_visit,
            )
    except IntegrityError:  # the same form twice at the same moment: the other one was faster
        filed = Hazard._base_manager.filter(key=key).first() if key else None
        if filed is None:
            raise
        return _filed_before(filed, actor)


def _opened(
    where: Whereabouts,
    *,
    actor: Person | None,
    now: datetime,
    note: str,
    photos: Sequence[Upload],
    origin: str,
    description: str,
    found_by: Person | None,
    **columns: Any,
) -> Hazard:
    people = frozenset(person.pk for person in (actor, found_by) if person is not None)
    posts = answering(where, origin, now, people)
    hazard = open_case(
        Hazard,
        actor=actor,
        now=now,
        note=note,
        evidence=photos,
        title=description.splitlines()[0][:SHOWN],
        territory=where.territory,
        sector=where.sector,
        enterprise=where.enterprise,
        site=where.site,
        **posts._asdict(),
        origin=origin,
        description=description,
        found_by=found_by,
        **columns,
    )
    remember_finders(hazard)
    return hazard


def answering(
    where: Whereabouts, origin: str, now: datetime, found_by: frozenset[int] = frozenset()
) -> Posts:
    """Return the three posts of a hazard: what a plant found itself is verified by its head.

    That holds where head and safety staff are different people and a head did not find it (`found_by`); who
    is alone in a plant, and who found it as its head, is verified by the regulator. Raises Vacant.
    """
    posts = _posts(where, now)
    if origin != Origin.SELF_CHECK or where.enterprise is None:
        return posts
    heads, staff = _holders(posts.responsible, now), _holders(posts.implementer, now)
    is_twofold = bool(heads - found_by) and bool(staff) and heads != staff
    return posts._replace(supervisor=posts.responsible) if is_twofold else posts


def _posts(where: Whereabouts, now: datetime) -> Posts:
    """Return who answers; an enterprise without the posts that the law asks of it gets them, vacant.

    What was found waits for their first holders (安全生产法 第21、24条), and the gaps page shows the holes.
    """
    try:
        return posts_for(where, now, matter=Matter.DAILY, held=False)
    except Vacant:
        unit = where.subject().unit
        if unit is None or unit.kind != Unit.Kind.ENTERPRISE:
            raise
        for kind, title in REQUIRED_POSTS:
            if not Post.objects.filter(unit=unit, kind=kind).exists():
                create_post(unit, kind, title, actor=None, now=now)
        return posts_for(where, now, matter=Matter.DAILY, held=False)


def opener(hazard: Hazard, actor: Person, now: datetime) -> Acting:
    """Return how somebody files a hazard: by any post of theirs from which the place is seen.

    Who sees it may file it; nobody needs a role on it. The post itself reaches the place: who holds two files
    as neither in the reach of the other. Who inspects there in a merged visit files what they find for the
    body they came with, whatever sector it answers for; that gives no sight beyond the visit. Raises
    NotYourTurn.
    """
    acting = actings_of(actor, now)
    over = posts_over(actor, hazard.territory, hazard.sector, hazard.enterprise_id)
    posts = [post for post in over if post.kind not in NO_FINDER and post.pk in acting]
    if not posts:
        bodies = _inspecting_for(hazard, actor, now)
        held = (post for post in standing(actor).posts if post.kind not in NO_FINDER and post.pk in acting)
        posts = [post for post in held if post.unit_id in bodies]
    if not posts:
        raise NotYourTurn(_("您不能登记管辖范围以外的隐患。"))
    return acting[posts[0].pk]


def _inspecting_for(hazard: Hazard, actor: Person, now: datetime) -> set[int]:
    """Return the bodies (keys) for which somebody inspects at the place of a hazard.

    A visit that began long ago and was never ended gives no right any more. What is filed at the visit itself
    is measured when it was found: a telephone may tell it days later, when there is a signal again.
    """
    if hazard.enterprise_id is None:
        return set()
    at = min(now, hazard.found_at) if hazard.is_of_visit else now
    rows = Attendance._base_manager.filter(
        person=actor,
        visit__enterprise=hazard.enterprise_id,
        visit__begun_at__gte=going_on_since(at),
        visit__ended_at=None,
    )
    return {*rows.values_list("unit", flat=True)}


def _finder(
    typed: str, where: Whereabouts, origin: str, actor: Person | None, now: datetime
) -> Person | None:
    """Return who found it; None where only a name is known. An informant stays a name."""
    if not typed:
        return actor
    return None if origin == Origin.TIP_OFF else named_person(typed, where.enterprise, actor, now)


def _require_criterion(key: str) -> None:
    try:
        criterion_of(key)
    except KeyError as fault:
        raise CaseError(_("没有编号为“%(key)s”的判定条款。") % {"key": key}) from fault


def _filed_before(filed: Hazard, actor: Person | None) -> Hazard:
    first = filed.entries.order_by("number").first()
    if first is None or first.actor_id != (None if actor is None else actor.pk):
        raise CaseError(_("此表单已经提交过，请刷新后查看。"))
    return filed


def _holders(post: Post, now: datetime) -> frozenset[int]:
    return frozenset(holdings_on(day_of(now)).filter(post=post).values_list("person", flat=True))
