"""Telling of changes that wait for confirmation: whoever supervises there, then who proposed them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.notices.services import tell
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.answers import on_proposal
from anwei.ledgers.proposals.queries import thing_of, titles_of
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import Subject, Vacant, posts_for
from anwei.org.roster import TOWNSHIP_DIGITS


def tell_of_proposal(proposal: Proposal, now: datetime) -> None:
    """Tell those who may confirm of a new proposal, and its hand of the answer; nobody of a withdrawal."""
    if proposal.state == Proposal.State.WITHDRAWN:
        return
    thing: Any = thing_of(proposal)
    words = {
        "thing": titles_of([proposal])[proposal.pk],
        "state": proposal.get_state_display(),
        "note": proposal.note,
    }
    if proposal.state == Proposal.State.WAITING:
        to, text = deciders(thing, now), _("%(thing)s有关键信息的变更待确认。") % words
    else:
        text = _("您提出的变更（%(thing)s）%(state)s。") % words + proposal.note
        to = [proposal.proposed_by]
    tell(
        to=to,
        text=text,
        url=reverse("proposal", args=[proposal.pk]),
        level="info",
        key=f"proposal:{proposal.pk}:{proposal.state}",
        now=now,
        actor=proposal.proposed_by if proposal.is_waiting else proposal.decided_by,
    )


def deciders(thing: Any, now: datetime) -> list[Post | Person]:
    """Return the posts that are told: who supervises the thing, and the clerks of its township."""
    subject: Subject | None = thing.subject() if hasattr(thing, "subject") else None
    if subject is None:
        return []
    clerks = Post.objects.filter(
        kind=Post.Kind.OFFICER,
        unit__kind=Unit.Kind.TOWNSHIP,
        unit__territory=subject.territory[:TOWNSHIP_DIGITS],
    )
    try:
        supervisor = [posts_for(thing, now, held=False).supervisor]
    except Vacant:
        supervisor = []
    return [*supervisor, *clerks]


on_proposal(tell_of_proposal)
