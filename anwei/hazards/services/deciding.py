"""Deciding what stands where two answers came, or one came after the visit was over; on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.hazards.models import Answer, State, Visit
from anwei.hazards.models.answers import ActKind
from anwei.hazards.services.checking import write_check
from anwei.hazards.services.renewing import renew_papers
from anwei.hazards.services.visit_papers import first_signing
from anwei.hazards.services.visits import locked, remember, require_of_bodies, tell_enterprise
from anwei.hazards.visit_papers import counts_of
from anwei.org.models import Person

ORDER = (ActKind.BEGIN, ActKind.CHECK, ActKind.END)
LONGEST_FINDING = 2000


@dataclass(frozen=True)
class Amended:
    """The finding (检查情况) as the person who decides would have it, and as it was shown to them before."""

    finding: str
    shown: str


@transaction.atomic
def decide(
    visit: Visit,
    answers: Sequence[Answer],
    *,
    actor: Person,
    now: datetime,
    take: bool,
    amended: Amended | None = None,
) -> None:
    """Take answers of a visit that wait, or let what stands stand; both stay on record.

    With what is taken the finding may be `amended`: what was written on site stays in the version of the
    record that it was written for. Nothing is decided where one of them cannot be.
    Raises NotYourTurn for who does not take part in the visit, CaseError for one that is decided, or that
    cannot stand (an item that became a hazard; a visit that was cancelled and never begun), and where the
    finding is another by now than was shown.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    keys = [answer.pk for answer in answers]
    rows = Answer._base_manager.select_for_update(of=("self",)).select_related("by").filter(pk__in=keys)
    was_over = visit.ended_at is not None
    for answer in sorted(rows, key=lambda one: (ORDER.index(one.kind), one.pk)):
        if answer.decided_at is not None:
            raise CaseError(_("已经决定过了。"))
        if take:
            _take(visit, answer, actor, now)
        answer.decided_at, answer.decided_by, answer.taken = now, actor, take
        answer.save(update_fields=["decided_at", "decided_by", "taken"])
        content = {"answer": answer.pk, "kind": answer.kind, "item": answer.item, "taken": take}
        remember(visit, "decide", content, actor=actor, now=now)
    if visit.ended_at is None:
        return
    if take and amended is not None:
        _amend(visit, amended, actor, now)
    if not was_over:
        first_signing(visit, actor, now)  # nobody knows whether who signed saw the same: nothing bears it
    renew_papers(visit, actor, now)


def _amend(visit: Visit, amended: Amended, actor: Person, now: datetime) -> None:
    """Let the finding say what the checks say by now; both texts are kept in the sealed change log."""
    texts = (amended.finding, amended.shown, visit.finding)
    finding, shown, standing = (text.replace("\r\n", "\n").strip() for text in texts)
    if finding == shown:
        return
    if not finding or len(finding) > LONGEST_FINDING:
        raise CaseError(_("请写明检查情况，最长 %(n)d 字。") % {"n": LONGEST_FINDING})
    if shown != standing:
        raise CaseError(_("检查情况已被改过，请看过现在的再改。"))
    content = {"finding": finding, "before": visit.finding}
    visit.finding, visit.finding_counts = finding, counts_of(visit)
    visit.save(update_fields=["finding", "finding_counts"])
    remember(visit, "finding", content, actor=actor, now=now)


def _take(visit: Visit, answer: Answer, actor: Person, now: datetime) -> None:
    if answer.kind == ActKind.BEGIN:
        _begin(visit, answer, actor, now)
    elif visit.begun_at is None:
        raise CaseError(_("检查已取消：请先决定是否采用到场记录。"))
    elif answer.kind == ActKind.END:
        _end(visit, answer)
    else:
        write_check(
            visit,
            answer.item,
            answer.result,
            answer.note,
            by=answer.by,
            at=answer.at,
            now=now,
            key=answer.key,
        )


def _begin(visit: Visit, answer: Answer, actor: Person, now: datetime) -> None:
    """Let a visit have begun that was cancelled while people were on their way without signal."""
    if visit.state != State.CANCELLED:
        raise CaseError(_("检查%(state)s。") % {"state": visit.state.label})
    before = {"cancelled_at": None if visit.cancelled_at is None else visit.cancelled_at.isoformat()}
    visit.cancelled_at, visit.cancel_reason = None, ""
    visit.begun_at, visit.begun_by = answer.at, answer.by
    visit.save(update_fields=["cancelled_at", "cancel_reason", "begun_at", "begun_by"])
    remember(visit, "begin", before, actor=actor, now=now)
    words = {"bodies": _("、").join(str(unit) for unit in visit.bodies.all()), "number": visit.number}
    tell_enterprise(visit, actor, now, text=_("%(bodies)s已到场检查：%(number)s") % words, of="begin")


def _end(visit: Visit, answer: Answer) -> None:
    """Let the later end stand; it ends also a visit that has only begun."""
    begun_at = visit.begun_at
    if visit.ended_at is None and begun_at is not None:
        visit.ended_at = max(answer.at, begun_at)
    visit.finding, visit.head, visit.refusal = answer.note, answer.head, answer.refusal
    visit.finding_counts, visit.signature = counts_of(visit), answer.signature
    columns: list[Any] = ["ended_at", "finding", "finding_counts", "head", "refusal", "signature"]
    visit.save(update_fields=columns)
