"""决定撤销、变更、确认违法、确认无效: by review, court or the body itself; the penalty stays on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.events import contribute_event
from anwei.cases.lifecycle import Phase, Role
from anwei.cases.models import Entry
from anwei.cases.rights import check_role
from anwei.cases.services import advance
from anwei.hazards.models import Annulled, Penalty
from anwei.hazards.penalties.publishing import draft_of, is_shown, withdrawal_of, withdrawal_shown_until
from anwei.ledgers import seal
from anwei.org.holdings import day_of
from anwei.org.models import Person

COLUMNS = (
    *("annul_kind", "annulled_on", "annulled_by", "annul_reason", "varied_sanction", "varied_amount"),
    *("withdraw_on", "annul_text", "annul_shown_until", "public_text"),
)
ANNULLED = "annulled"  # the event, and the outcome of a penalty that was not public yet


@dataclass(frozen=True)
class Annulment:
    """What became of a decision, by which document (复议决定书, 判决书: whose, which number), when and why.

    `sanction` and `amount` (yuan) are what a varied one says by now.
    """

    kind: str
    document: str
    on: date
    reason: str
    sanction: str = ""
    amount: Decimal | None = None


class Unseen(CaseError):
    """What the public would be told (`text`) was not read by who writes it; `digest` says that it was."""

    def __init__(self, text: str) -> None:
        super().__init__(_("请核对将要公开的说明，无误后再次提交。"))
        self.text, self.digest = text, _digest(text)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@transaction.atomic
def annul(penalty: Penalty, told: Annulment, *, actor: Person, now: datetime, seen: str = "") -> Penalty:
    """Write what became of the decision of a penalty; what was public of it is withdrawn the same day.

    行政处罚法 第48条第2款: what was varied, revoked, found illegal or void is withdrawn within three days,
    and the public is told why: a masked line for some months, which its writer has read (`seen`: its digest).
    Of what is not public any more nobody is told. A publication that still waits ends; that of a varied
    decision goes on with its new text, which is submitted anew. A varied one may be revoked later.
    Raises NotYourTurn for who may not approve it either, CaseError where something is missing, Unseen.
    """
    locked = Penalty._base_manager.select_for_update().get(pk=penalty.pk)
    acting = check_role(locked, Role.SUPERVISOR, actor=actor, now=now)
    if acting is None:
        raise NotYourTurn(_("此操作须由岗位上的人员办理。"))
    _require_told(locked, told, now)
    words = {"reason": told.reason.strip()[:500], "document": told.document.strip()[:120]}
    locked.annul_kind, locked.annulled_on = told.kind, told.on
    locked.annulled_by, locked.annul_reason = words["document"], words["reason"]
    is_varied = told.kind == Annulled.VARIED
    locked.varied_sanction = told.sanction.strip()[:300] if is_varied else ""
    locked.varied_amount = told.amount if is_varied else None
    is_waiting = locked.phase != Phase.CLOSED
    if is_shown(locked, day_of(now)):
        text = withdrawal_of(locked)
        if seen != _digest(text):
            raise Unseen(text)
        locked.annul_text = text
        locked.annul_shown_until = withdrawal_shown_until(day_of(now))
    elif is_varied and is_waiting:
        locked.public_text = draft_of(locked)
    if locked.withdraw_on is not None:
        locked.withdraw_on = min(locked.withdraw_on, day_of(now))
    locked.save(update_fields=COLUMNS)
    verb = "annul" if not is_varied else "return_back" if locked.phase == Phase.REVIEW else ""
    if is_waiting and verb:
        advance(locked, verb, actor=actor, now=now, reason=words["reason"])
        locked.refresh_from_db()
    content = {**words, "annulled_on": told.on.isoformat(), "kind": told.kind, **acting.sealed}
    if is_varied:
        content |= {"sanction": locked.varied_sanction, "amount": str(told.amount or "")}
    entry = Entry(case_id=locked.pk, at=now, actor=actor, post_id=locked.supervisor_id, verb=ANNULLED)
    entry.from_phase = entry.to_phase = locked.phase
    entry.content = content
    seal.append(entry)
    return locked


def _require_told(penalty: Penalty, told: Annulment, now: datetime) -> None:
    if not penalty.stands:
        raise CaseError(_("此处罚决定已经撤销。"))
    if told.kind not in Annulled.values:
        raise CaseError(_("请选择撤销、变更、确认违法或者确认无效。"))
    if not told.reason.strip() or not told.document.strip():
        raise CaseError(_("请写明理由和文书（机关、名称、文号）。"))
    if not (penalty.annulled_on or penalty.decided_on) <= told.on <= day_of(now):
        raise CaseError(_("日期应在处罚决定以后、今天以前（含当天）。"))
    if told.kind == Annulled.VARIED and not told.sanction.strip():
        raise CaseError(_("变更的，须写明变更后的处罚内容。"))


def may_annul(penalty: Penalty, person: Person, now: datetime) -> bool:
    """Say whether a person may write that a decision was annulled or varied."""
    try:
        acting = check_role(penalty, Role.SUPERVISOR, actor=person, now=now)
    except NotYourTurn:
        return False
    return acting is not None and penalty.stands


def _annulled(entry: Entry) -> str:
    kind = Annulled(entry.content.get("kind", Annulled.REVOKED)).label
    return str(
        _("处罚决定已于 %(annulled_on)s %(kind)s（%(document)s）：%(reason)s")
        % {**entry.content, "kind": kind}
    )


contribute_event(ANNULLED, _annulled, gettext_lazy("处罚决定已撤销、变更或者确认违法、无效"))
