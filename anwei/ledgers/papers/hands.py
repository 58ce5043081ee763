"""The hands of a paper: three people, however many changed its text and for whom a deputy stands.

Who ever wrote or changed the text neither reviews nor signs it, who reviewed it does not sign it, and what a
deputy does counts as the part of both (docs/decisions/0008). The database keeps one part a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.ledgers.models import Paper, PaperHand
from anwei.ledgers.papers.errors import NotYourHand
from anwei.ledgers.papers.registers import Act, paper_register


def may(paper: Paper, row: Any, act: Act, actor: Any, now: datetime) -> bool:
    """Say whether the person may do an act on the paper now, as far as posts and separate hands go."""
    post = paper_register(paper.register).post_for(actor, row, act, now)
    return post is not None and not _has_another_part(paper, act, actor, post, now)


def has_a_part(paper: Paper, person: Any) -> bool:
    """Say whether the person wrote, reviewed or signed the paper, or somebody did so in their name."""
    return PaperHand.objects.filter(paper=paper, person=person).exists()


def take_part(paper: Paper, act: Act, actor: Any, now: datetime) -> Any:
    """Return the post by which the actor does this, and note who thereby has a part; raises NotYourHand."""
    post = require_post(paper, act, actor, now)
    note_part(paper, act, actor, post, now)
    return post


def note_part(paper: Paper, act: Act, actor: Any, post: Any, now: datetime) -> None:
    """Note that the actor, and whom the actor stands for at the post, has this part in the paper."""
    for person in _people(paper, actor, post, now):
        PaperHand.objects.get_or_create(paper=paper, person_id=person, defaults={"act": act})


def _has_another_part(paper: Paper, act: Act, actor: Any, post: Any, now: datetime) -> bool:
    """Say whether the actor, or whom the actor stands for, has had another part; whoever has may draft."""
    if act is Act.DRAFT:
        return False
    parts = PaperHand.objects.filter(paper=paper, person__in=_people(paper, actor, post, now))
    return parts.exclude(act=act).exists()


def _people(paper: Paper, actor: Any, post: Any, now: datetime) -> set[int]:
    """Return whose act this is: the hand's, and of whom it stands for at the post."""
    principal = paper_register(paper.register).principal_of(actor, post, now)
    return {actor.pk} if principal is None else {actor.pk, principal.pk}


def require_post(paper: Paper, act: Act, actor: Any, now: datetime) -> Any:
    """Return the post by which the actor does this, else raise NotYourHand."""
    room = paper_register(paper.register)
    row = room.row_for(actor, paper.row)
    if row is None:
        raise NotYourHand(_("您看不到这份公文所属的事项。"))
    post = room.post_for(actor, row, act, now)
    if post is None:
        raise NotYourHand(_("您现在的岗位不能进行此操作。"))
    if _has_another_part(paper, act, actor, post, now):
        raise NotYourHand(
            _(
                "拟稿、审核、签发须由不同的人办理：拟过或改过文稿的不能审核、签发，审核的不能签发，代理人亦同。"
            )
        )
    return post
