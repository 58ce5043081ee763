"""Telling whoever's turn it is, in the transaction that gave them the turn."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.clocks import OPENED
from anwei.cases.kinds import is_draft, kind_of
from anwei.cases.lifecycle import TURN, Phase, Role
from anwei.cases.models import Case, Entry, Notice
from anwei.cases.notices.services import mark_read, tell
from anwei.cases.stand_ins import stand_in
from anwei.cases.until import until
from anwei.org.holdings import day_of, is_held
from anwei.org.models import Person, Post


def key_of(case: Case) -> str:
    """Return the key under which people are told of the case as it stands now."""
    return f"case-{case.pk}-{case.version}"


def tell_turn(case: Case, entry: Entry, *, actor: Person | None, now: datetime) -> None:
    """Tell the post that a new entry gave the turn to; of a closing, the post that carried it out.

    Where that post is vacant, whoever stands in for it is told, and that it is vacant.

    Nobody is told that a draft, of which they know nothing, was withdrawn.
    Nobody is told what they did themselves, nor again that it is still their turn; what the system does to a
    case, such as raising its level, is told to whoever has the turn.
    """
    if actor is not None:  # who acts on a case knows of it
        mark_read(Notice.objects.filter(case=case.pk, person=actor), now=now)
    was = TURN.get(Phase(entry.from_phase)) if entry.from_phase else None
    turn = TURN.get(Phase(case.phase))
    news = entry.verb == OPENED or actor is None or turn is not was
    if not news:
        return
    post, text = case.supervisor if turn is Role.SUPERVISOR else case.implementer, sentence(case, now)
    told: Post | None = None if turn is None and is_draft(case) else post
    if turn is not None and not is_held(post, now):
        told = stand_in(case, post, now)
        text += _("“%(post)s”空缺，请安排人员办理。") % {"post": post}
    tell(
        to=[] if told is None else [told],
        text=text,
        url=reverse("case", args=[case.pk]),
        level="info" if turn is None else kind_of(case).urgency(case),
        key=key_of(case),
        now=now,
        case=case,
        actor=actor,
    )


def sentence(case: Case, now: datetime) -> str:
    """Return what people read: kind, number and state of the case, where it is, until when; no person."""
    kind = kind_of(case)
    state = kind.outcome_labels[case.outcome] if case.outcome else kind.phase_labels[Phase(case.phase)]
    where = _("（%(enterprise)s）") % {"enterprise": case.enterprise} if case.enterprise else ""
    words = {"kind": kind.label, "number": case.number, "where": where, "state": state}
    if case.deadline is None:
        return _("%(kind)s %(number)s%(where)s：%(state)s。") % words
    day, hour = until(case.deadline)
    words["until"] = hour if day == day_of(now) else f"{day:%m-%d} {hour}"
    return _("%(kind)s %(number)s%(where)s：%(state)s，请于 %(until)s 前办理。") % words
