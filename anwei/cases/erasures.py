"""Erasing personal text from a timeline or a change log: one administrator proposes, another one confirms.

The security administrator and the audit administrator of the county, never one of them alone (个人信息保护法
art. 47). The text goes; the act, its reason and the digests stay sealed, and the chains still verify.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.cases.events import EVENTS, TYPED
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Entry
from anwei.cases.state import STATE
from anwei.ledgers.erasure import ERASE, ERASED, erase
from anwei.ledgers.models import Change, ErasureRequest, SealedRow
from anwei.ledgers.services import record_change
from anwei.org.accounts.administration import is_of_the_county
from anwei.org.models import Person, Post

ARTICLE = "个人信息保护法 第47条"
ERASING = (Post.Kind.SECURITY_ADMIN, Post.Kind.AUDIT_ADMIN)
ERASABLE: dict[str, type[SealedRow]] = {"cases.entry": Entry, "ledgers.change": Change}


def row_of(request: ErasureRequest) -> SealedRow:
    """Return the sealed row that a request names."""
    row: SealedRow = ERASABLE[request.model]._default_manager.get(pk=request.row)
    return row


def why_not(row: SealedRow) -> str:
    """Return why a row's text may not be erased, "" where it may."""
    if row.content == ERASED:
        return _("此条内容已经抹除。")
    if row.verb == ERASE:
        return _("抹除记录本身不能抹除。")
    if isinstance(row, Entry) and row.case.phase != Phase.CLOSED:
        return _("事项尚未办结，办理还要依据此条记录；办结后再提出。")
    if isinstance(row, Entry) and row.verb in EVENTS and row.verb not in TYPED:
        return _("此条由系统写入，没有个人填写的文字。")
    return ""


@transaction.atomic
def propose(
    row: SealedRow, *, actor: Person, now: datetime, reason: str, citation: str = ARTICLE
) -> ErasureRequest:
    """Ask that the text of `row` be erased; raises CaseError, as a sentence, where that cannot be."""
    kind = hand_of(actor, now)
    if refusal := why_not(row):
        raise CaseError(refusal)
    if not reason.strip() or not citation.strip():
        raise CaseError(_("请写明理由和依据，例如当事人申请的日期和编号。"))
    model = row._meta.label_lower
    asked = ErasureRequest(model=model, row=row.pk, reason=reason.strip(), citation=citation.strip())
    asked.proposed_by, asked.proposed_as, asked.proposed_at = actor, kind, now
    try:
        with transaction.atomic():
            asked.save()
    except IntegrityError as clash:
        raise CaseError(_("此条已有待确认的抹除申请。")) from clash
    _record(asked, "propose", actor=actor, now=now)
    return asked


@transaction.atomic
def answer(request: ErasureRequest, *, actor: Person, now: datetime, agreed: bool) -> None:
    """Confirm a request, which erases the text for ever, or refuse it.

    Raises CaseError unless the actor is the other one of the two administrators.
    """
    kind = hand_of(actor, now)
    asked = ErasureRequest.objects.select_for_update().get(pk=request.pk)
    if asked.state != ErasureRequest.State.PROPOSED:
        raise CaseError(_("此申请已经答复过。"))
    if kind == asked.proposed_as or actor.pk == asked.proposed_by_id:
        raise CaseError(_("抹除须由另一位管理员确认：安全保密管理员和安全审计员各一人。"))
    if agreed:
        row = row_of(asked)
        if refusal := why_not(row):
            raise CaseError(refusal)
        reason = _("%(citation)s；%(reason)s；提出：%(proposer)s") % {
            "citation": asked.citation,
            "reason": asked.reason,
            "proposer": asked.proposed_by,
        }
        erase(row, actor=actor, now=now, reason=reason[:200], kept=_kept(row))
    asked.state = ErasureRequest.State.DONE if agreed else ErasureRequest.State.REFUSED
    asked.answered_by, asked.answered_as, asked.answered_at = actor, kind, now
    asked.save(update_fields=["state", "answered_by", "answered_as", "answered_at"])
    _record(asked, asked.state, actor=actor, now=now)


def _record(asked: ErasureRequest, verb: str, *, actor: Person, now: datetime) -> None:
    """Seal that an erasure was asked for, refused or done; without its reason, which may be personal."""
    content = {"model": asked.model, "row": asked.row}
    record_change("ledgers.erasure", asked.pk, actor=actor, now=now, verb=verb, content=content)


def _kept(row: SealedRow) -> dict[str, Any]:
    """Return what must outlive the text and is not personal: digests of its files, how the case stood."""
    if not isinstance(row, Entry):
        return {}
    kept: dict[str, Any] = {name: row.content[name] for name in (STATE,) if name in row.content}
    files = row.content.get("evidence", [])
    return kept | ({"evidence": [file["sha256"] for file in files]} if files else {})


def hand_of(person: Person, now: datetime) -> str:
    """Return as which of the two administrators of the county somebody acts; raises CaseError for others."""
    for kind in ERASING:
        if is_of_the_county(person, now, kind):
            return kind
    raise CaseError(_("抹除由本县的安全保密管理员和安全审计员办理。"))
