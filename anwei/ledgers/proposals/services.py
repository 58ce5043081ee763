"""Proposing, confirming, returning and withdrawing; each is sealed in the change log of the proposal.

What is confirmed is written by the register's own save, with both hands in the row's change log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.change_log import version_of
from anwei.ledgers.children import parent_model
from anwei.ledgers.declaration import Ledger, ledger_of, seen
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.answers import answer, remember
from anwei.ledgers.proposals.overtaking import overtaken
from anwei.ledgers.proposals.queries import WAITING, belongs_still, proposals_seen, row_of
from anwei.ledgers.proposals.values import given, kept
from anwei.ledgers.saving import Edit

LONGEST = 200
State = Proposal.State


class NotPossible(ValueError):
    """Nothing was written; the text is a sentence for the user."""


class Overtaken(NotPossible):
    """Somebody else was faster: the row is another, or the proposal was answered."""


@transaction.atomic
def submit(
    ledger: Ledger, edit: Edit, *, actor: Any, now: datetime, reason: str = ""
) -> tuple[Any | None, Proposal | None]:
    """Write what is no key fact, propose the rest; return the written row and what waits, None each without.

    A new row waits as a whole where its register has key facts. Raises PermissionDenied, NotPossible, and
    what the register refuses.
    """
    if not (ledger.may_propose(actor) or ledger.may_write(actor)):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
    if edit.row is not None:  # two hands of one enterprise wait for each other here
        list(ledger.model._base_manager.select_for_update().filter(pk=edit.row.pk))
    _require_own_parent(ledger, edit, actor)
    facts = {column.name for column in ledger.key_facts}
    waits = facts if edit.row is not None or not facts else set(edit.values)
    at_once = {name: value for name, value in edit.values.items() if name not in waits}
    later = {name: value for name, value in edit.values.items() if name in waits}
    row = edit.row
    if at_once or not later:
        row = ledger.write([Edit(row, at_once)], actor=actor, now=now, reason=reason)[0]
    waiting = _propose(ledger, Edit(row, later), actor=actor, now=now, reason=reason) if later else None
    return row, waiting


def _propose(ledger: Ledger, edit: Edit, *, actor: Any, now: datetime, reason: str) -> Proposal:
    row, values = edit.row, edit.values
    if row is not None and not reason.strip():
        raise NotPossible(_("修改关键信息须说明理由。"))
    after = {name: kept(value) for name, value in values.items()}
    waiting = Proposal.objects.filter(WAITING, ledger=ledger.code)
    if row is not None and waiting.filter(row=row.pk).exists():
        raise NotPossible(_("这条记录已有变更待确认，请等候答复，或先撤回再一并提出。"))
    beside = waiting.filter(row=None, parent=values[ledger.parent]) if row is None else ()
    if any(_same_key(ledger, one.after, after) for one in beside):
        raise NotPossible(_("同样的新登记已在等确认，不必再提。"))
    proposal = Proposal.objects.create(
        ledger=ledger.code,
        row=row.pk if row is not None else None,
        parent=values[ledger.parent] if row is None else ledger.parent_of(row),
        version=None if row is None else version_of(ledger, row),
        before={} if row is None else {name: kept(ledger.column(name).of(row)) for name in values},
        after=after,
        reason=reason.strip()[:LONGEST],
        proposed_by=actor,
        proposed_at=now,
    )
    content = {"ledger": ledger.code, "row": proposal.row, "parent": proposal.parent}
    content |= {"version": proposal.version, "before": proposal.before, "after": proposal.after}
    remember(proposal, "propose", content, actor=actor, now=now, reason=proposal.reason)
    return proposal


@transaction.atomic
def confirm(proposal: Proposal, *, actor: Any, now: datetime) -> Any:
    """Write what was proposed; return the row.

    Raises PermissionDenied (no writer, or the own proposal), Overtaken where the row (by the rule of
    `overtaken`) or the proposal is another by now, and what the register refuses.
    """
    _lock_row(proposal)
    proposal, ledger = _to_decide(proposal, actor)
    row = _as_it_stands(ledger, proposal, actor)
    if row is not None and (names := overtaken(ledger, proposal, row)):
        labels = _("、").join(str(ledger.column(name).label) for name in names)
        raise Overtaken(
            _("提出之后他人修改了%(names)s，请核对两个版本，退回或由企业重新提出。") % {"names": labels}
        )
    values = {name: given(ledger.column(name), value) for name, value in proposal.after.items()}
    if row is None and _known(ledger, values):
        raise NotPossible(_("台账里已有编号相同的记录，请退回由企业核对。"))
    whole = {} if row is None else {column.name: column.of(row) for column in ledger.entered}
    if ledger.check is not None and (sentence := ledger.check({**whole, **values})):
        raise NotPossible(sentence)
    edit = Edit(row, values, proposed_by=proposal.proposed_by)
    written = ledger.write([edit], actor=actor, now=now, reason=_both_hands(proposal))[0]
    answer(proposal, State.CONFIRMED, "confirm", actor=actor, now=now, row=written.pk)
    return written


@transaction.atomic
def send_back(proposal: Proposal, *, actor: Any, now: datetime, note: str) -> None:
    """Return a proposal with a reason. Raises PermissionDenied, Overtaken and NotPossible without one."""
    proposal, _ledger = _to_decide(proposal, actor)
    if not note.strip():
        raise NotPossible(_("退回须说明理由。"))
    answer(proposal, State.RETURNED, "return", actor=actor, now=now, note=note.strip()[:LONGEST])


@transaction.atomic
def withdraw(proposal: Proposal, *, actor: Any, now: datetime) -> None:
    """Take a proposal back, as whoever may propose there. Raises PermissionDenied and Overtaken."""
    proposal = _locked(proposal, actor)
    if not may_withdraw(proposal, actor):
        raise PermissionDenied(_("只有提出一方可以撤回。"))
    answer(proposal, State.WITHDRAWN, "withdraw", actor=actor, now=now)


def may_decide(proposal: Proposal, person: Any) -> bool:
    """Say whether a person who sees a proposal may confirm it: who keeps the register, never its own hand."""
    return proposal.proposed_by_id != person.pk and ledger_of(proposal.ledger).may_confirm(person)


def may_withdraw(proposal: Proposal, person: Any) -> bool:
    """Say whether a person who sees a proposal may take it back: its hand, and whoever may propose there."""
    return proposal.proposed_by_id == person.pk or ledger_of(proposal.ledger).may_propose(person)


def _to_decide(proposal: Proposal, actor: Any) -> tuple[Proposal, Ledger]:
    proposal = _locked(proposal, actor)
    if not may_decide(proposal, actor):
        raise PermissionDenied(_("变更由主管部门或乡镇有权登记此台账的人答复，企业和提出人自己不能。"))
    return proposal, ledger_of(proposal.ledger)


def _locked(proposal: Proposal, actor: Any) -> Proposal:
    """Return the proposal as it stands, locked until the end. Raises Overtaken where it was answered."""
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not proposals_seen(actor).filter(pk=found.pk).exists():
        raise PermissionDenied(_("此变更不在您的管辖范围内。"))
    if found.state != State.WAITING:
        raise Overtaken(_("此变更%(state)s，不能再办理。") % {"state": found.get_state_display()})
    return found


def _lock_row(proposal: Proposal) -> None:
    """Lock the row that would change: before the proposal, as whoever writes the row does."""
    if proposal.row is not None:
        rows = ledger_of(proposal.ledger).model._base_manager
        list(rows.select_for_update().filter(pk=proposal.row))


def _as_it_stands(ledger: Ledger, proposal: Proposal, actor: Any) -> Any:
    """Return the row that would change; None for a new one. Raises Overtaken where it is gone or moved."""
    if proposal.row is None:
        return None
    row = row_of(proposal, actor)
    if row is None or not belongs_still(ledger, proposal, row):
        raise Overtaken(_("记录已被他人删除，或已不在您的管辖范围内。"))
    return row


def _require_own_parent(ledger: Ledger, edit: Edit, actor: Any) -> None:
    """Refuse to put a row where the proposer sees nothing."""
    if not ledger.parent:
        if edit.row is None:
            raise NotPossible(_("新的记录由主管部门登记。"))
        return
    named = edit.values.get(ledger.parent, "" if edit.row is not None else None)
    if named != "" and not seen(parent_model(ledger), actor).filter(pk=named).exists():
        label = ledger.column(ledger.parent).label
        raise NotPossible(_("请选择%(label)s。") % {"label": label})


def _known(ledger: Ledger, values: Mapping[str, Any]) -> bool:
    key = {ledger.column(name).path: values.get(name) for name in ledger.key}
    return bool(ledger.model._default_manager.filter(**key).exists())


def _same_key(ledger: Ledger, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ledger.key)


def _both_hands(proposal: Proposal) -> str:
    """Return the reason under which a confirmed change is kept: who proposed it, when, and why."""
    words = _("%(who)s于 %(at)s 提出：%(why)s") % {
        "who": proposal.proposed_by,
        "at": f"{timezone.localtime(proposal.proposed_at):%Y-%m-%d %H:%M}",
        "why": proposal.reason or _("新登记"),
    }
    return words[:LONGEST]
