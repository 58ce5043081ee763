"""Proposing that a major hazard be listed, and what the listing leaves in the hazard's own timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.errors import CaseError, NotYet, NotYourTurn
from anwei.cases.events import contribute_event
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Entry
from anwei.cases.services import open_case
from anwei.cases.stand_ins import office_of
from anwei.cases.state import STATE, state_of
from anwei.hazards.models import Hazard, Listing
from anwei.hazards.models.listing import COUNTY_LEVEL
from anwei.ledgers import seal
from anwei.org.holdings import ACTING_FOR, Acting, actings_of, day_of, is_held
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import Matter, posts_for
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS, posts_over
from anwei.sites.public_pages import new_code

PROPOSING = (
    Unit.Kind.DEPARTMENT,
    Unit.Kind.TOWNSHIP,
    Unit.Kind.COMMITTEE_OFFICE,
    Unit.Kind.COMMITTEE,
    Unit.Kind.GOVERNMENT,
)
NO_PROPOSER = (*ADMINISTRATORS, Post.Kind.DISPLAY)
LISTED, UNLISTED = "listed", "unlisted"  # lines of the hazard's own timeline


@transaction.atomic
def propose(
    hazard: Hazard,
    *,
    actor: Person,
    now: datetime,
    reason: str,
    level: str = COUNTY_LEVEL,
    authority: str = "",
) -> Listing:
    """Propose a major hazard for listing to the county's committee office; the hazard's timeline says so.

    Who supervises the hazard carries the listing out, its responsible post puts it right, the office issues.
    Raises NotYourTurn for who may not propose, NotYet where it is not major, closed or listed already, and
    CaseError without a reason, or where a higher level names no authority.
    """
    locked = Hazard._base_manager.select_for_update().get(pk=hazard.pk)
    if why := why_not_listed(locked):
        raise NotYet(why)
    reason, authority = reason.strip(), authority.strip()
    if not reason:
        raise CaseError(_("请写明挂牌督办的理由。"))
    if level != COUNTY_LEVEL and not authority:
        raise CaseError(_("市级、省级挂牌督办须写明挂牌机关。"))
    carrying_out = _carrying_out(locked, now)
    office = _office(locked, carrying_out, now)
    listing = open_case(
        Listing,
        actor=actor,
        now=now,
        title=locked.title,
        territory=locked.territory,
        sector=locked.sector,
        enterprise=locked.enterprise,
        site=locked.site,
        responsible=locked.responsible,
        supervisor=office,
        implementer=carrying_out,
        on_hazard=locked,
        level=level,
        authority=authority or committee_of(locked.territory, office.unit),
        reason=reason,
        requirement=locked.requirement,
        due_on=locked.due_on,
    )
    _tell(locked, listing.entries.get(number=1), LISTED, {"number": listing.number, "because": reason}, now)
    return listing


def why_not_listed(hazard: Hazard) -> str:
    """Return in a sentence why a hazard cannot be proposed, "" where it can."""
    if not hazard.is_major:
        return _("只有重大隐患可以挂牌督办。")
    if hazard.phase == Phase.CLOSED:
        return _("隐患已经办结，不再挂牌督办。")
    if (standing_one := listing_of(hazard)) is not None:
        return _("此隐患已有挂牌督办事项%(number)s。") % {"number": standing_one.number}
    return ""


def listing_of(hazard: Hazard) -> Listing | None:
    """Return the listing that is proposed or stands, None where there is none."""
    return Listing._base_manager.filter(on_hazard=hazard.pk, in_force=True).first()


def may_propose(hazard: Hazard, person: Person, now: datetime) -> bool:
    """Say whether a person may propose this hazard now."""
    return not why_not_listed(hazard) and _as_proposer(hazard, person, now) is not None


def opener(listing: Listing, actor: Person, now: datetime) -> Acting:
    """Return how somebody proposes: by a post of a public body that sees the hazard. Raises NotYourTurn."""
    acting = _as_proposer(listing.on_hazard, actor, now)
    if acting is None:
        raise NotYourTurn(_("挂牌督办由看得到此隐患的部门、乡镇或者安委办提出。"))
    return acting


def list_now(listing: Listing, entry: Entry, now: datetime) -> None:
    """Make the listing public: its day and its code."""
    listing.listed_on = day_of(now)
    listing.code = new_code()
    listing.save(update_fields=["listed_on", "code"])


def end_listing(listing: Listing, entry: Entry, now: datetime) -> None:
    """Let go of the hazard, and tell its timeline how the listing ended."""
    listing.in_force = False
    listing.save(update_fields=["in_force"])
    hazard = Hazard._base_manager.select_for_update().get(pk=listing.on_hazard.pk)
    _tell(hazard, entry, UNLISTED, {"number": listing.number, "outcome": listing.outcome}, now)


def committee_of(territory: str, office: Unit) -> str:
    """Return the name of the county's committee, of its office where the committee is no unit."""
    committees = Unit.objects.filter(kind=Unit.Kind.COMMITTEE, closed_on=None)
    own = committees.filter(territory=territory[:COUNTY_DIGITS]).order_by("pk").first()
    return str((own or office).name)


def _as_proposer(hazard: Hazard, person: Person, now: datetime) -> Acting | None:
    acting = actings_of(person, now)
    posts = (
        post
        for post in posts_over(person, hazard.territory, hazard.sector, hazard.enterprise_id)
        if post.kind not in NO_PROPOSER and post.unit.kind in PROPOSING and post.pk in acting
    )
    return next((acting[post.pk] for post in posts), None)


def _carrying_out(hazard: Hazard, now: datetime) -> Post:
    """Return the post of 督办责任单位: who supervises the hazard; where the plant does, its regulator."""
    if hazard.supervisor.unit.kind in PROPOSING:
        return hazard.supervisor
    return posts_for(hazard, now, matter=Matter.DAILY, held=False).supervisor


def _office(hazard: Hazard, carrying_out: Post, now: datetime) -> Post:
    """Return the post of the committee office that issues and lifts: a filled one first."""
    posts = [post for post in office_of(hazard) if post.kind not in NO_PROPOSER and post != carrying_out]
    posts.sort(key=lambda post: (not is_held(post, now), post.pk))
    if not posts:
        raise CaseError(_("本县没有安委办的岗位，不能挂牌督办；请先在责任体系中设立。"))
    return posts[0]


def _tell(hazard: Hazard, entry: Entry, verb: str, content: dict[str, Any], now: datetime) -> None:
    """Write into the hazard's timeline what became of its listing, by the same hand."""
    represented = {ACTING_FOR: entry.content[ACTING_FOR]} if ACTING_FOR in entry.content else {}
    seal.append(
        Entry(
            case_id=hazard.pk,
            at=now,
            actor=entry.actor,
            post_id=entry.post_id,
            verb=verb,
            from_phase=hazard.phase,
            to_phase=hazard.phase,
            content=content | represented | {STATE: state_of(hazard)},
        )
    )


def _listed_line(entry: Entry) -> str:
    return str(_("已提出挂牌督办：%(number)s，%(because)s") % entry.content)


def _unlisted_line(entry: Entry) -> str:
    lines = {"lifted": _("已摘牌：%(number)s"), "declined": _("不予挂牌：%(number)s")}
    return str(lines.get(entry.content["outcome"], _("已撤销挂牌：%(number)s")) % entry.content)


contribute_event(LISTED, _listed_line, gettext_lazy("已提出挂牌督办"))
contribute_event(UNLISTED, _unlisted_line, gettext_lazy("挂牌督办已结束"))
