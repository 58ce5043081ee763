"""Posts, and who holds one from which day to which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.saving import changed_values
from anwei.ledgers.services import record_change
from anwei.org.accounts import separation
from anwei.org.accounts.administration import offered_posts
from anwei.org.accounts.sessions import end_after_office, end_sessions, sessions_of
from anwei.org.holdings import day_of
from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.rights import may_fill
from anwei.org.scope import ADMINISTRATORS
from anwei.org.services.closing import require_open
from anwei.org.services.duties import locked_post, seed_duties
from anwei.org.services.ending import end_on
from anwei.org.services.errors import OrgError

TERM = ("from_on", "to_on", "term_on", "document")


@transaction.atomic
def create_post(unit: Unit, kind: str, title: str, *, actor: Person | None, now: datetime) -> Post:
    """Set up a post with the duties that law and rules give its kind.

    Raises OrgError when the unit has a post of this title, or is closed.
    """
    require_open(unit)
    list(Unit.objects.select_for_update().filter(pk=unit.pk))  # two hands set up one post
    if Post.objects.filter(unit=unit, title=title).exists():
        raise OrgError(_("“%(unit)s”已有岗位“%(title)s”。") % {"unit": unit, "title": title})
    post = Post.objects.create(unit=unit, kind=kind, title=title)
    content = {"unit": unit.pk, "kind": kind, "title": title}
    record_change("org.post", post.pk, actor=actor, now=now, verb="create", content=content)
    seed_duties(post, actor=actor, now=now)
    return post


@transaction.atomic
def appoint(
    person: Person,
    post: Post,
    *,
    actor: Person | None,
    now: datetime,
    from_on: date | None = None,
    to_on: date | None = None,
    term_on: date | None = None,
    document: str = "",
    reason: str = "",
) -> Holding:
    """Let `person` hold `post` from a day (today unless given), to a day or until dismissed.

    `term_on` is the last day of the term of office, `document` the paper of appointment. Who was out of
    office logs in anew. Raises OrgError when somebody appoints themselves or to a post not theirs to fill,
    the days are out of order, the person holds the post then already, or an administrator's post would meet
    another kind in one hand (三员分立).
    """
    require_another(person, actor)
    require_may_fill(post, actor, now)
    locked_post(post)  # two hands appoint one person
    holding = Holding(
        person=person,
        post=post,
        from_on=from_on or day_of(now),
        to_on=to_on,
        term_on=term_on,
        document=document,
    )
    require_open(post.unit, to_on)
    _require_free_days(holding)
    end_after_office(person)
    holding.save()
    record_change(
        "org.post",
        post.pk,
        actor=actor,
        now=now,
        verb="appoint",
        content={
            "person": person.pk,
            "from": holding.from_on,
            "to": to_on,
            "term": term_on,
            "document": document,
        },
        reason=reason,
    )
    return holding


def _require_free_days(holding: Holding) -> None:
    """Raise OrgError when the days of a holding are out of order or meet what its person holds then."""
    person, post, first_on, last_on = holding.person, holding.post, holding.from_on, holding.to_on
    separation.require_separation(person, post, from_on=first_on, to_on=last_on)
    if any(day is not None and day < first_on for day in (last_on, holding.term_on)):
        raise OrgError(_("离任日期和任期届满日期不能早于任职日期。"))
    others = Holding.objects.filter(person=person, post=post).exclude(pk=holding.pk)
    others = others.filter(Q(to_on__isnull=True) | Q(to_on__gte=first_on))
    if (others if last_on is None else others.filter(from_on__lte=last_on)).exists():
        raise OrgError(_("%(person)s已在“%(post)s”任职。") % {"person": person, "post": post})


@transaction.atomic
def change_term(
    holding: Holding, values: Mapping[str, Any], *, actor: Person | None, now: datetime, reason: str
) -> None:
    """Put right the days and the paper of a holding, or let it go on; an earlier last day is a dismissal.

    `values` has new ones of `TERM`, and may have others. Raises OrgError for the own term or a post that is
    not theirs to fill, for other days of a term that is over, and where `appoint` would refuse them.
    """
    require_another(holding.person, actor)
    require_may_fill(holding.post, actor, now)
    locked_post(holding.post)
    holding.refresh_from_db(fields=TERM)
    changed = changed_values(holding, {name: values[name] for name in TERM if name in values})
    today, days = day_of(now), changed.keys() & {"from_on", "to_on"}
    if days and holding.to_on is not None and holding.to_on < today:
        sentence = _("%(person)s已于 %(day)s 离任，起止日期不能改写；再次任职请另行登记。")
        raise OrgError(sentence % {"person": holding.person, "day": holding.to_on})
    last_on: date | None = values["to_on"] if "to_on" in changed else None
    ends = last_on if last_on and (holding.to_on is None or last_on < holding.to_on) else None
    if ends:
        del changed["to_on"]
    if changed:
        _change_term(holding, changed, actor=actor, now=now, reason=reason)
    if ends:
        dismiss(holding, actor=actor, now=now, last_on=ends, reason=reason)


def _change_term(
    holding: Holding, changed: dict[str, list[Any]], *, actor: Person | None, now: datetime, reason: str
) -> None:
    """Write what changed, [before, after] by name; who is thereby out of the post today logs in anew."""
    begun = holding.from_on <= day_of(now)
    open_now = sessions_of(holding.person) if begun else []
    for name, (_before, after) in changed.items():
        setattr(holding, name, after)
    _require_free_days(holding)
    holding.save(update_fields=list(changed))
    record_change(
        "org.post",
        holding.post_id,
        actor=actor,
        now=now,
        verb="update",
        content={"changed": changed},
        reason=reason,
    )
    if begun and holding.from_on > day_of(now):
        end_sessions(open_now, person=holding.person, actor=actor, now=now, reason=reason)


@transaction.atomic
def renew_term(
    holding: Holding, *, term_on: date, document: str, actor: Person | None, now: datetime, reason: str
) -> Holding:
    """Give a holder another term of office.

    Raises OrgError for the own term, one that is not theirs to give, or that ends no later than the old one.
    """
    require_another(holding.person, actor)
    require_may_fill(holding.post, actor, now)
    if term_on < holding.from_on or (holding.term_on is not None and term_on <= holding.term_on):
        raise OrgError(_("新任期的届满日期须晚于原任期。"))
    before, holding.term_on, holding.document = holding.term_on, term_on, document
    holding.save(update_fields=["term_on", "document"])
    content = {"person": holding.person_id, "before": before, "term": term_on, "document": document}
    record_change(
        "org.post", holding.post_id, actor=actor, now=now, verb="renew", content=content, reason=reason
    )
    return holding


@transaction.atomic
def dismiss(holding: Holding, *, actor: Person | None, now: datetime, last_on: date, reason: str) -> None:
    """End a holding after the day `last_on`; where that day is over, the person's sessions end at once.

    Who holds another post, or gets one later, logs in anew for it. Raises OrgError as `end_on` does.
    """
    person = holding.person
    open_now = sessions_of(person) if last_on < day_of(now) else []  # before: they count as gone afterwards
    end_on(holding, last_on)
    record_change(
        "org.post",
        holding.post_id,
        actor=actor,
        now=now,
        verb="dismiss",
        content={"person": holding.person_id, "to": last_on},
        reason=reason,
    )
    end_sessions(open_now, person=person, actor=actor, now=now, reason=reason)


@transaction.atomic
def dismiss_administrator(
    person: Person, *, actor: Person | None, now: datetime, reason: str
) -> list[Holding]:
    """End the administrators' posts of a person, which no register and no page of posts ends; return them.

    Yesterday was the last day, or for who began today, today. Raises OrgError for the own post or one beside
    it, which only the server's command ends, and for who is no administrator.
    """
    today = day_of(now)
    held = person.holdings.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), post__kind__in=ADMINISTRATORS)
    holdings = list(held.select_related("person", "post__unit"))
    if not holdings:
        raise OrgError(_("%(person)s没有担任三员岗位。") % {"person": person})
    require_another(person, actor)
    for holding in holdings:
        require_may_fill(holding.post, actor, now)
        last_on = max(holding.from_on, today - timedelta(days=1))
        dismiss(holding, actor=actor, now=now, last_on=last_on, reason=reason)
    return holdings


def require_another(person: Person, actor: Person | None) -> None:
    """Raise OrgError when `actor` arranges what they hold themselves; None is the server's command."""
    if actor is not None and actor.pk == person.pk:
        raise OrgError(_("不能给自己办理任职。"))


def require_may_fill(post: Post, actor: Person | None, now: datetime) -> None:
    """Raise OrgError unless `actor` may put people into the post; None is the server's command.

    A security administrator puts accounts into the posts within reach; a display shows what its opener sees.
    """
    if actor is None or post.kind == Post.Kind.DISPLAY or may_fill(actor, post):
        return
    if not offered_posts(actor, now).filter(pk=post.pk).exists():
        sentence = _("“%(post)s”不由您任命：只能在本单位及下级单位任命，且岗位能看到的不能超出您自己的范围。")
        raise OrgError(sentence % {"post": post})
