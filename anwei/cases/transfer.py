"""Handing over what a post has open when it is given up or merged: the cases move, the record stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case as Rank
from django.db.models import Q, QuerySet, When
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, MissingPaper, NotYourTurn
from anwei.cases.events import TRANSFER
from anwei.cases.kinds import specific
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case, Entry
from anwei.cases.notices.turns import tell_turn
from anwei.cases.state import STATE, state_of
from anwei.ledgers import seal
from anwei.org.accounts.administration import OF_THE_COUNTY
from anwei.org.gaps import ANSWERING
from anwei.org.holdings import day_of, holdings_on, posts_of
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import COUNTY_DIGITS

ROLES = ("responsible", "supervisor", "implementer")


@transaction.atomic
def transfer_post(old: Post, new: Post, *, actor: Person, now: datetime, reason: str) -> list[Case]:
    """Put `new` in place of `old` on every open case, in each of its roles; return the cases that moved.

    The clocks run on, and who has worked on a case for the old post may still not check it. Raises
    NotYourTurn unless the actor is of the county's committee office or its system administrator,
    MissingPaper without a reason, and CaseError, naming the cases, where one post would then supervise
    itself; in that case nothing moves.
    """
    if not may_transfer(actor, old, now):
        raise NotYourTurn(_("移交岗位事项由安委办或者系统管理员办理。"))
    if not reason.strip():
        raise MissingPaper(_("请写明移交理由，例如机构改革文件名称和文号。"))
    if old.pk == new.pk:
        raise CaseError(_("移交前后是同一个岗位。"))
    cases = list(open_cases(old).select_for_update().order_by("pk"))
    moved = [(case, [role for role in ROLES if getattr(case, f"{role}_id") == old.pk]) for case in cases]
    for case, roles in moved:
        for role in roles:
            setattr(case, role, new)
    if clashes := [case.number for case in cases if case.supervisor_id == case.implementer_id]:
        numbers = _("、").join(clashes)
        raise CaseError(_("移交后监督岗位与落实岗位相同，未移交：%(numbers)s。") % {"numbers": numbers})
    for case, roles in moved:
        case.version += 1
        case.save(update_fields=[*roles, "version"])
        content = {"from": _named(old), "to": _named(new), "roles": roles, STATE: state_of(case)}
        entry = Entry(
            case_id=case.pk, at=now, actor=actor, verb=TRANSFER, note=reason.strip(), content=content
        )
        entry.from_phase = entry.to_phase = case.phase
        seal.append(entry)
        tell_turn(specific(case), entry, actor=None, now=now)  # the new post learns what it has now
    return cases


def _named(post: Post) -> dict[str, int | str]:
    return {"id": post.pk, "name": str(post)}


def open_cases(post: Post) -> QuerySet[Case]:
    """Return the open cases in which a post has a role."""
    of_post = Q(responsible=post) | Q(supervisor=post) | Q(implementer=post)
    return Case._base_manager.filter(of_post).exclude(phase=Phase.CLOSED)


def heirs(post: Post, now: datetime) -> QuerySet[Post]:
    """Return the posts that may take over: held today, of the same county, those of the same unit first."""
    county = post.unit.territory[:COUNTY_DIGITS]
    held = holdings_on(day_of(now)).values("post")
    found = Post.objects.filter(pk__in=held, kind__in=ANSWERING, unit__territory__startswith=county)
    own_first = Rank(When(unit=post.unit_id, then=0), default=1)
    return (
        found.exclude(pk=post.pk).select_related("unit").order_by(own_first, "unit__territory", "unit", "pk")
    )


def may_transfer(actor: Person, post: Post, now: datetime) -> bool:
    """Say whether somebody is of the county's committee office or its system administrator."""
    county = post.unit.territory[:COUNTY_DIGITS]
    office = Q(unit__kind=Unit.Kind.COMMITTEE_OFFICE, unit__territory=county)
    keeper = OF_THE_COUNTY & Q(kind=Post.Kind.SYSTEM_ADMIN, unit__territory=county)
    return posts_of(actor, now).filter(office | keeper).exists()
