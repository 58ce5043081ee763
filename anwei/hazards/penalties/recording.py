"""Recording a penalty that a public body decided, whose publication begins with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.official_papers import HEADS
from anwei.cases.services import open_case
from anwei.hazards.models import Hazard, Penalty
from anwei.hazards.penalties.publishing import draft_of
from anwei.hazards.powers import why_not
from anwei.org.holdings import Acting, acts_for, day_of, filled_post_above, is_held
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import Matter, posts_for
from anwei.org.scope import ADMINISTRATORS, posts_over, standing
from anwei.sites.models import Enterprise
from anwei.standards.hazards.penalties import laws_of, penalties
from anwei.standards.law.in_full import in_full
from anwei.standards.law.register import sources

PENALISING = (Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP, Unit.Kind.GOVERNMENT)
CENT = Decimal("0.01")
NO_HAND = (*ADMINISTRATORS, Post.Kind.DISPLAY)


@dataclass(frozen=True)
class Decision:
    """What the decision says; `fine` is a key of standards.hazards.penalties, `amount` in yuan."""

    fine: str
    sanction: str
    decision_number: str
    decided_on: date
    amount: Decimal | None = None
    person_name: str = ""


@transaction.atomic
def record_penalty(
    where: Hazard | Enterprise, decision: Decision, *, actor: Person, now: datetime
) -> Penalty:
    """Record a penalty on a hazard or an enterprise; its publication waits for the actor's post.

    The head of the penalising body approves. Raises NotYourTurn for who is of no penalising body that sees
    the place, CaseError where something does not fit, Vacant where nobody answers for the place.
    """
    try:
        fine = penalties()[decision.fine]
    except KeyError as fault:
        raise CaseError(_("没有这一条罚则。")) from fault
    if decision.decided_on > day_of(now):
        raise CaseError(_("决定日期不能晚于今天。"))
    hazard = where if isinstance(where, Hazard) else None
    owner = where.enterprise if isinstance(where, Hazard) else where
    place = where if isinstance(where, Hazard) else where.subject()
    if fine.source_id not in laws_at(where):
        raise CaseError(_("《%(law)s》的罚则不适用于这个行业。") % {"law": sources()[fine.source_id].title})
    post = _hand(place.territory, place.sector, None if owner is None else owner.pk, actor, hazard)
    if (taken := _taken(post.unit, decision.decision_number)) is not None:
        raise CaseError(_("此文号的处罚已经登记：%(number)s。") % {"number": taken.number})
    who = owner.unit.name if owner is not None else _("个人")
    columns = {
        "enterprise": owner,
        "on_hazard": hazard,
        "law": fine.source_id,
        "article": in_full(f"{sources()[fine.source_id].title}{fine.article}"),
        "violation": fine.violation,
        "body": post.unit,
        **vars(decision),
        "amount": None if decision.amount is None else decision.amount.quantize(CENT),
    }
    try:
        with transaction.atomic():
            return open_case(
                Penalty,
                actor=actor,
                now=now,
                title=_("%(who)s：%(violation)s") % {"who": who, "violation": fine.violation},
                territory=place.territory,
                sector=place.sector,
                site=None if hazard is None else hazard.site,
                responsible=_responsible(where, now),
                supervisor=_approver(post, now),
                implementer=post,
                public_text=draft_of(Penalty(**columns)),
                **columns,
            )
    except IntegrityError as fault:  # the same form sent twice at the very same moment
        raise CaseError(_("此文号的处罚已经登记。")) from fault


def laws_at(where: Hazard | Enterprise) -> tuple[str, ...]:
    """Return the laws whose fines apply to a place: those of both sectors of an enterprise that has two."""
    owner = where.enterprise if isinstance(where, Hazard) else where
    return laws_of(where.sector, *(() if owner is None else (owner.sector, owner.second_sector)))


def why_not_recorded(where: Hazard | Enterprise, person: Person) -> str:
    """Return in a sentence why a person may not record a penalty there, "" where they may."""
    owner = where.enterprise if isinstance(where, Hazard) else where
    place = where if isinstance(where, Hazard) else where.subject()
    try:
        hazard = where if isinstance(where, Hazard) else None
        _hand(place.territory, place.sector, None if owner is None else owner.pk, person, hazard)
    except NotYourTurn as refusal:
        return str(refusal)
    return ""


def opener(penalty: Penalty, actor: Person, now: datetime) -> Acting:
    """Return how somebody records it: at a post of the penalising body. Raises NotYourTurn."""
    post = _hand(penalty.territory, penalty.sector, penalty.enterprise_id, actor, penalty.on_hazard)
    acting = acts_for(actor, post.pk, now)
    if acting is None:
        raise NotYourTurn(_("处罚由有管辖权的部门登记。"))
    return acting


def _hand(
    territory: str, sector: str, enterprise: int | None, actor: Person, hazard: Hazard | None = None
) -> Post:
    """Return the actor's post in a body that may penalise there. Raises NotYourTurn with the reason.

    A hazard that was handed over is the receiving body's to penalise, and no other's.
    """
    handed = None if hazard is None or hazard.handed_to is None else hazard.supervisor.unit
    reach = (
        posts_over(actor, territory, sector, enterprise)
        if handed is None
        else [post for post in standing(actor).posts if post.unit_id == handed.pk]
    )
    posts = [post for post in reach if post.kind not in NO_HAND and post.unit.kind in PENALISING]
    if not posts and handed is not None:
        raise NotYourTurn(_("隐患已移送%(unit)s，处罚由其决定和登记。") % {"unit": handed})
    if not posts:
        raise NotYourTurn(_("处罚由有管辖权的部门登记。"))
    able = [post for post in posts if not why_not(post.unit)]
    if not able:
        raise NotYourTurn(why_not(posts[0].unit))
    return able[0]


def _approver(post: Post, now: datetime) -> Post:
    """Return who approves the publication: a head of the body, above it, or else another post of the body."""
    others = Post.objects.filter(unit=post.unit_id).exclude(pk=post.pk).exclude(kind__in=NO_HAND)
    heads = others.filter(kind__in=HEADS).order_by("pk")
    candidates = [*heads, filled_post_above(post, now), *others.order_by("pk")]
    filled = next((one for one in candidates if one is not None and is_held(one, now)), None)
    if filled is None:
        raise CaseError(_("本单位没有另一个在任的岗位审批公示，请先在责任体系中设立。"))
    return filled


def _responsible(where: Hazard | Enterprise, now: datetime) -> Post:
    if isinstance(where, Hazard):
        return where.responsible
    return posts_for(where, now, matter=Matter.DAILY, held=False).responsible


def _taken(body: Unit, number: str) -> Penalty | None:
    return Penalty._base_manager.filter(body=body, decision_number=number.strip()).first()
