"""决定撤销: a penalty whose decision was annulled by review or court stays on record and counts nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.events import contribute_event
from anwei.cases.lifecycle import Phase, Role
from anwei.cases.models import Entry
from anwei.cases.rights import check_role
from anwei.cases.services import advance
from anwei.hazards.models import Penalty
from anwei.ledgers import seal
from anwei.org.holdings import day_of
from anwei.org.models import Person

ANNULLED = "annulled"  # the event, and the outcome of a penalty that was not public yet


@dataclass(frozen=True)
class Annulment:
    """By which document (复议决定书, 判决书: whose, which number) a decision fell, when and why."""

    document: str
    on: date
    reason: str


@transaction.atomic
def annul(penalty: Penalty, told: Annulment, *, actor: Person, now: datetime) -> Penalty:
    """Write that the decision of a penalty was annulled; what was public of it is withdrawn the same day.

    行政处罚法 第48条: what was annulled is withdrawn within three days. A publication that still waits ends.
    Raises NotYourTurn for who may not approve it either, CaseError where something is missing.
    """
    locked = Penalty._base_manager.select_for_update().get(pk=penalty.pk)
    acting = check_role(locked, Role.SUPERVISOR, actor=actor, now=now)
    if acting is None:
        raise NotYourTurn(_("此操作须由岗位上的人员办理。"))
    if locked.annulled_on is not None:
        raise CaseError(_("此处罚决定已经撤销。"))
    if not told.reason.strip() or not told.document.strip():
        raise CaseError(_("请写明撤销的理由和文书（机关、名称、文号）。"))
    if not locked.decided_on <= told.on <= day_of(now):
        raise CaseError(_("撤销日期应在处罚决定以后、今天以前（含当天）。"))
    words = {"reason": told.reason.strip()[:500], "document": told.document.strip()[:120]}
    locked.annulled_on, locked.annulled_by, locked.annul_reason = told.on, words["document"], words["reason"]
    if locked.withdraw_on is not None:
        locked.withdraw_on = min(locked.withdraw_on, day_of(now))
    locked.save(update_fields=["annulled_on", "annulled_by", "annul_reason", "withdraw_on"])
    if locked.phase != Phase.CLOSED:
        advance(locked, "annul", actor=actor, now=now, reason=words["reason"])
        locked.refresh_from_db()
    content = {**words, "annulled_on": told.on.isoformat(), **acting.sealed}
    entry = Entry(case_id=locked.pk, at=now, actor=actor, post_id=locked.supervisor_id, verb=ANNULLED)
    entry.from_phase = entry.to_phase = locked.phase
    entry.content = content
    seal.append(entry)
    return locked


def may_annul(penalty: Penalty, person: Person, now: datetime) -> bool:
    """Say whether a person may write that a decision was annulled."""
    try:
        acting = check_role(penalty, Role.SUPERVISOR, actor=person, now=now)
    except NotYourTurn:
        return False
    return acting is not None and penalty.annulled_on is None


def _annulled(entry: Entry) -> str:
    return str(_("处罚决定已于 %(annulled_on)s 撤销（%(document)s）：%(reason)s") % entry.content)


contribute_event(ANNULLED, _annulled, gettext_lazy("处罚决定已撤销"))
