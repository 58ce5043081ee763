"""Papers of every register that wait for a person's hand: to review, to sign, to write anew; one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from anwei.cases.official_papers import HEADS, NO_HAND
from anwei.ledgers.models import Change, Paper, PaperHand
from anwei.ledgers.papers import services
from anwei.ledgers.papers.registers import Act, paper_registers
from anwei.org.holdings import actings_of, day_of, filled_post_above, holdings_on
from anwei.org.models import Person, Post
from anwei.org.scope import standing

State = Paper.State
SENT_BACK = "send_back"


def papers_waiting(person: Person, now: datetime) -> QuerySet[Paper]:
    """Return the papers that `person` may review or sign now, and those sent back to a post of theirs.

    Who may is what `papers.hands.may` says of one paper: the post by which, and no other part in it.
    """
    posts = [post for post in standing(person).posts if post.kind not in NO_HAND]
    if not posts:
        return Paper.objects.none()
    heads = [post for post in posts if post.kind in HEADS]
    people = _people_at(person, posts, now)
    theirs = Q(state=State.DRAFTED, last_verb=SENT_BACK, drafted_post__in=posts)
    for unit, hands in _hands_in_units(posts, people).items():
        to_review = Q(state=State.DRAFTED, of_unit=unit) & ~Q(last_verb=SENT_BACK)
        theirs |= to_review & _no_other_part(hands, Act.REVIEW)
    for unit, hands in _hands_in_units(heads, people).items():
        theirs |= Q(state=State.REVIEWED, of_unit=unit) & _no_other_part(hands, Act.SIGN)
    for supervisor, post in _without_a_head(heads, now).items():
        theirs |= Q(state=State.REVIEWED, supervisor=supervisor) & _no_other_part(people[post], Act.SIGN)
    return _open_papers().filter(theirs)


def turn_words(paper: Any) -> str:
    """Return whose turn a paper of `papers_waiting` is, in words."""
    return str(_("退回修改") if paper.last_verb == SENT_BACK else paper.get_state_display())


def next_posts(paper: Paper, last_verb: str) -> QuerySet[Post]:
    """Return the posts of the issuer whose turn a paper is after an act: to review it, its heads to sign."""
    posts = Post.objects.filter(unit=paper.issuer_id).exclude(kind__in=NO_HAND)
    if paper.state == State.REVIEWED:
        return posts.filter(kind__in=HEADS)
    return posts if paper.state == State.DRAFTED and last_verb != SENT_BACK else posts.none()


@cache
def _open_papers() -> QuerySet[Any]:
    """Return the papers that are neither issued nor given up, with the supervisor and what was done last.

    The desk of every page asks with it, so it is spelt once.
    """
    log = Change.objects.filter(register=services.REGISTER, row=Cast(OuterRef("pk"), CharField()))
    papers = Paper.objects.filter(state__in=(State.DRAFTED, State.REVIEWED))
    return papers.annotate(
        supervisor=_of_its_row(""),
        of_unit=_of_its_row("__unit"),
        last_verb=Subquery(log.order_by("-number").values("verb")[:1]),
    )


def _of_its_row(path: str) -> Case:
    """Return the post that answers for a paper's row, or what lies along `path` from it."""
    key = Cast(OuterRef("row"), BigIntegerField())
    return Case(
        *(
            When(
                register=register.label, then=Subquery(model.objects.filter(pk=key).values(field + path)[:1])
            )
            for register in paper_registers()
            for model, field in (register.answering,)
        )
    )


def _people_at(person: Person, posts: Iterable[Post], now: datetime) -> Mapping[int, frozenset[int]]:
    """Return whose act it is what `person` does, by post: with the holder for whom a deputy stands."""
    acting = actings_of(person, now) if standing(person).lent else {}
    alone = frozenset({person.pk})
    return {post.pk: acting[post.pk].people if post.pk in acting else alone for post in posts}


def _hands_in_units(posts: Iterable[Post], people: Mapping[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    """Return whose act it is by unit; an own post comes before a lent one."""
    own_last = sorted(posts, key=lambda post: (-len(people[post.pk]), -post.pk))
    return {post.unit_id: people[post.pk] for post in own_last}


def _no_other_part(hands: frozenset[int], act: Act) -> Q:
    others = PaperHand.objects.filter(paper=OuterRef("pk"), person__in=hands).exclude(act=act)
    return ~Q(Exists(others))


def _without_a_head(heads: Iterable[Post], now: datetime) -> dict[int, int]:
    """Return the supervisors for whose reviewed papers one of these posts signs from above, each with it."""
    principals = {post.pk for post in heads if post.kind == Post.Kind.PRINCIPAL}
    if not principals:
        return {}
    waiting = (
        _open_papers().filter(state=State.REVIEWED).exclude(of_unit__in=[post.unit_id for post in heads])
    )
    held = holdings_on(day_of(now)).filter(post__kind=Post.Kind.PRINCIPAL, post__unit=OuterRef("unit"))
    supervisors = Post.objects.filter(pk__in=waiting.values("supervisor"))
    found = {}
    for supervisor in supervisors.filter(~Exists(held.exclude(post=OuterRef("pk")))).select_related("unit"):
        above = filled_post_above(supervisor, now)
        if above is not None and above.pk in principals:
            found[supervisor.pk] = above.pk
    return found
