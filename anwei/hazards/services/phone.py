"""Doing what telephones send of a visit: each act once, nothing lost, and a receipt for what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.hazards.models import Answer, Check, Hazard, SentAct, State, Visit, VisitFile
from anwei.hazards.models.answers import ActKind
from anwei.hazards.services.checking import record_check
from anwei.hazards.services.device_clock import moment
from anwei.hazards.services.found import Finding, file_at_visit
from anwei.hazards.services.paper_numbers import note_printed, number_of, printed_numbers
from anwei.hazards.services.phone_acts import Act
from anwei.hazards.services.visiting import begin_visit, end_visit
from anwei.hazards.services.visits import locked, remember, require_of_bodies
from anwei.org.models import Person
from anwei.org.responsibility import Vacant

WRITTEN, ALREADY, CONFLICT, REFUSED = "written", "already", "conflict", "refused"


@dataclass(frozen=True)
class Receipt:
    """What became of an act; `change` is that at which its item stands now, `hazard` what was filed."""

    status: str
    message: str
    received_at: datetime
    change: int = 0
    hazard: int | None = None


def perform(act: Act, visit: Visit, *, actor: Person, now: datetime) -> Receipt:
    """Do an act, or say that it was done before, or why it is refused; then nothing of it is kept.

    Raises NotYourTurn for who does not take part in the visit.
    """
    require_of_bodies(visit, actor, now)
    try:
        with transaction.atomic():
            visit = locked(visit)  # acts of one visit come one after the other
            if (sent := SentAct._base_manager.filter(key=act.key).first()) is not None:
                return _done_before(sent, act, actor, now)
            return _received(act, visit, actor, now)
    except (CaseError, Vacant) as fault:
        return Receipt(REFUSED, str(fault), now, _change(visit, act))
    except IntegrityError:  # the same act for another visit at the same moment
        sent = SentAct._base_manager.filter(key=act.key).first()
        if sent is None:
            raise
        return _done_before(sent, act, actor, now)


def _received(act: Act, visit: Visit, actor: Person, now: datetime) -> Receipt:
    at, remark = moment(act.at, visit, now)
    doing = {
        ActKind.BEGIN: _begin,
        ActKind.CHECK: _check,
        ActKind.HAZARD: _hazard,
        ActKind.END: _end,
    }[act.kind]
    receipt = doing(act, visit, actor, now, at)
    SentAct._base_manager.create(
        visit=visit,
        key=act.key,
        kind=act.kind,
        by=actor,
        at=act.at,
        received_at=now,
        sha256=act.sha256,
        status=SentAct.Status.CONFLICT if receipt.status == CONFLICT else SentAct.Status.WRITTEN,
        remark=remark,
    )
    message = f"{receipt.message}{remark}"
    return Receipt(receipt.status, message, now, _change(visit, act), receipt.hazard)


def _begin(act: Act, visit: Visit, actor: Person, now: datetime, at: datetime) -> Receipt:
    if visit.state == State.CANCELLED:
        _wait(act, visit, actor=actor, now=now, at=at)
        words = {"reason": visit.cancel_reason}
        said = _("检查已取消（%(reason)s）；您的到场记录已保存，待参加检查的单位决定是否采用。")
        return Receipt(CONFLICT, said % words, now)
    if visit.begun_at is not None:
        begun = {"at": timezone.localtime(visit.begun_at).strftime("%H:%M")}
        return Receipt(WRITTEN, _("检查已于 %(at)s 开始。") % begun, now)
    begin_visit(visit, actor=actor, now=now, code=act.texts["code"], at=at)
    return Receipt(WRITTEN, _("检查已开始。"), now)


def _check(act: Act, visit: Visit, actor: Person, now: datetime, at: datetime) -> Receipt:
    recorded = record_check(
        visit,
        **act.texts,
        actor=actor,
        now=now,
        at=at,
        based_on=act.based_on,
        key=act.key,
        corrects=True,
    )
    if recorded.waiting is None:
        return Receipt(WRITTEN, "", now)
    if recorded.waiting.late:
        return Receipt(CONFLICT, _("检查已结束或者取消；您的回答已保存，待参加检查的单位决定是否采用。"), now)
    if recorded.hazard is not None:
        said = _("此项已登记隐患%(number)s，隐患没有改动；您的更正已保存，待参加检查的人员决定。")
        return Receipt(CONFLICT, said % {"number": recorded.hazard.number}, now)
    return Receipt(CONFLICT, _("此项已有不同的回答；两种回答都已保存，待参加检查的人员决定。"), now)


def _hazard(act: Act, visit: Visit, actor: Person, now: datetime, at: datetime) -> Receipt:
    found = Finding(
        **act.texts, is_major=act.major, is_proposed=act.proposed, due_on=act.due_on, files=act.files
    )
    hazard, said = file_at_visit(visit, found, actor=actor, now=now, at=at, key=act.key)
    return Receipt(WRITTEN, said, now, hazard=hazard.pk)


def _end(act: Act, visit: Visit, actor: Person, now: datetime, at: datetime) -> Receipt:
    signature = _signature(act, visit)
    numbers = printed_numbers(act.visit, actor, act.papers)
    if visit.state == State.BEGUN:
        told = {name: act.texts[name] for name in ("finding", "head", "refusal")}
        end_visit(
            visit,
            actor=actor,
            now=now,
            **told,
            signature=signature,
            shown=act.texts["shown"],
            at=at,
            printed=act.papers,
            numbers=numbers,
        )
        return Receipt(WRITTEN, _("检查已结束，文书已生成。"), now)
    if visit.state == State.PLANNED:
        raise CaseError(_("检查还没有开始，请先开始检查。"))
    _wait(act, visit, actor=actor, now=now, at=at, signature=signature)
    unknown = [number_of(visit, actor, kind, now) for kind in act.papers if kind not in numbers]
    note_printed([*numbers.values(), *unknown], now)
    return Receipt(CONFLICT, _("检查已由他人结束或者取消；您的记录已保存，待决定是否采用。"), now)


def _wait(
    act: Act,
    visit: Visit,
    *,
    actor: Person,
    now: datetime,
    at: datetime,
    signature: VisitFile | None = None,
) -> None:
    """Keep a beginning or an end that does not stand."""
    waiting = Answer._base_manager.create(
        visit=visit,
        kind=act.kind,
        note=act.texts.get("finding", ""),
        head=act.texts.get("head", ""),
        refusal=act.texts.get("refusal", ""),
        signature=signature,
        at=at,
        by=actor,
        key=act.key,
        late=True,
        received_at=now,
    )
    content = {"kind": act.kind, "answer": waiting.pk, "at": at.isoformat(), "finding": waiting.note}
    remember(visit, "differ", content, actor=actor, now=now)


def _signature(act: Act, visit: Visit) -> VisitFile | None:
    key = act.texts["signature_key"]
    if not key:
        return None
    found = VisitFile._base_manager.filter(visit=visit, key=key, kind="signature").first()
    if found is None:
        raise CaseError(_("签名还没有送达，请先发送签名。"))
    return found


def _done_before(sent: SentAct, act: Act, actor: Person, now: datetime) -> Receipt:
    """Answer an act that came again; another act under the same key is none."""
    if sent.by_id != actor.pk or sent.sha256 != act.sha256:
        return Receipt(REFUSED, _("同一编号提交过别的内容，请重新填写后提交。"), now)
    filed = Hazard._base_manager.filter(key=act.key).values_list("pk", flat=True).first()
    change = _change(sent.visit, act)
    if sent.status == SentAct.Status.CONFLICT:
        said = _("已收到过；与现有的不同或者检查已结束，待参加检查的人员决定。")
        return Receipt(CONFLICT, said, sent.received_at, change)
    return Receipt(ALREADY, _("已收到过，没有重复写入。"), sent.received_at, change, filed)


def _change(visit: Visit, act: Act) -> int:
    if act.kind != ActKind.CHECK:
        return 0
    standing = Check._base_manager.filter(visit=visit, item=act.texts["item"]).first()
    return 0 if standing is None else standing.change
