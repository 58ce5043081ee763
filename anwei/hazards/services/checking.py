"""What is answered to an item of the checklist at a visit: written, or kept beside for a person to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.hazards.models import Answer, Check, Hazard, State, Visit
from anwei.hazards.models.answers import ActKind
from anwei.hazards.planning.checklists import item_of
from anwei.hazards.services.visits import locked, remember, require_of_bodies
from anwei.org.models import Person

LONGEST_NOTE = 2000
UNTRUE = "false_report"  # the outcome of a hazard that was none
OVER = (State.ENDED, State.CANCELLED, State.MERGED)


@dataclass(frozen=True)
class Recorded:
    """What became of an answer: the change at which the item stands, and the answer that waits, if any.

    `hazard` was filed of the item where the answer that waits would take it back.
    """

    change: int
    waiting: Answer | None = None
    hazard: Hazard | None = None


@transaction.atomic
def record_check(
    visit: Visit,
    *,
    item: str,
    result: str,
    note: str = "",
    actor: Person,
    now: datetime,
    at: datetime,
    based_on: int,
    key: str = "",
    corrects: bool = False,
) -> Recorded:
    """Write how an item stands at a visit; `based_on` is the change that the actor saw, 0 for none.

    Where another answer stands meanwhile, or the visit is over, both are kept until a person decides; so is
    one that takes back what became a hazard, where it `corrects` from afar. The same answer again changes
    nothing. Raises NotYourTurn for who does not take part, CaseError for an item of
    no checklist of the visit, before it began, or against a hazard that was filed of the item.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    note = _checked(visit, item, result, note)
    standing = Check._base_manager.filter(visit=visit, item=item).first()
    change = 0 if standing is None else standing.change
    if standing is not None and (standing.result, standing.note) == (result, note):
        return Recorded(change)
    filed = None if standing is None or result == Check.Result.FAILED else standing.hazard
    is_other = standing is not None and based_on != change
    if (late := visit.state in OVER) or is_other or (corrects and filed is not None):
        waiting = Answer._base_manager.create(
            visit=visit,
            kind=ActKind.CHECK,
            item=item,
            result=result,
            note=note,
            at=at,
            by=actor,
            key=key,
            based_on=based_on,
            late=late,
            received_at=now,
        )
        content = {"item": item, "result": result, "note": note, "late": late, "answer": waiting.pk}
        remember(visit, "differ", content, actor=actor, now=now)
        return Recorded(change, waiting, filed)
    return Recorded(write_check(visit, item, result, note, by=actor, at=at, now=now, key=key))


def write_check(
    visit: Visit, item: str, result: str, note: str, *, by: Person, at: datetime, now: datetime, key: str
) -> int:
    """Let an answer stand, in the sealed change log too; return its change.

    Raises CaseError where the item has become a hazard and would not be failed any more; not where that was
    found untrue (不属实): then it stands without it.
    """
    known = item_of(visit, item)
    check = Check._base_manager.filter(visit=visit, item=item).first()
    content: dict[str, Any] = {"item": item, "result": result, "note": note, "at": at.isoformat()}
    if check is None:
        check = Check(visit=visit, item=item)
        check.item_text = item if known is None else known.item
        check.basis = "" if known is None else known.legal_basis[:300]
    else:
        if check.hazard is not None and result != Check.Result.FAILED:
            if check.hazard.outcome != UNTRUE:
                raise CaseError(
                    _("此项已登记隐患%(number)s，不能改为合格；不属实的，请在隐患中认定。")
                    % {"number": check.hazard.number}
                )
            content["untrue"], check.hazard = check.hazard.number, None
        content["before"] = {"result": check.result, "note": check.note, "change": check.change}
        check.change += 1
    check.result, check.note, check.at, check.by, check.key = result, note, at, by, key
    check.save()
    remember(visit, "check", {**content, "change": check.change}, actor=by, now=now)
    return check.change


def _checked(visit: Visit, item: str, result: str, note: str) -> str:
    """Return the note as it is kept. Raises CaseError for what is no answer to an item of the visit."""
    if visit.state == State.PLANNED:
        raise CaseError(_("检查还没有开始，请先开始检查。"))
    if item_of(visit, item) is None:
        raise CaseError(_("检查项“%(item)s”不在这次检查的检查表中。") % {"item": item})
    if result not in Check.Result.values:
        raise CaseError(_("结果为合格、不合格或者不适用。"))
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise CaseError(_("说明最长 %(n)d 字。") % {"n": LONGEST_NOTE})
    return note
