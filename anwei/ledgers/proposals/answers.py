"""What is done with a proposal: sealed in the change log of the proposal, and told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.ledgers.models import Proposal
from anwei.ledgers.services import record_change

REGISTER = "ledgers.proposal"  # under which what was done with proposals is kept
Teller = Callable[[Proposal, datetime], None]  # a proposal that was made, or answered

_tellers: list[Teller] = []


def on_proposal(teller: Teller) -> None:
    """Let a room above tell people of proposals; called once, when its module is imported."""
    _tellers.append(teller)


def answer(
    proposal: Proposal,
    state: Proposal.State,
    verb: str,
    *,
    actor: Any,
    now: datetime,
    note: str = "",
    row: int | None = None,
) -> None:
    """Write the answer to a proposal whose lock the caller holds; no actor means the system."""
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.note = state, actor, now, note
    proposal.row = row if row is not None else proposal.row
    proposal.save()
    remember(proposal, verb, {"row": proposal.row}, actor=actor, now=now, reason=note)


def remember(
    proposal: Proposal, verb: str, content: dict[str, Any], *, actor: Any, now: datetime, reason: str
) -> None:
    """Seal what was done with a proposal, and tell of it."""
    record_change(REGISTER, proposal.pk, actor=actor, now=now, verb=verb, content=content, reason=reason)
    for tell in _tellers:
        tell(proposal, now)


def return_moved(ledger: str, rows: Collection[int], *, now: datetime) -> None:
    """Return what waits for rows, locked by the caller, that pass to another owner: it was the old one's."""
    waiting = Proposal.objects.select_for_update().filter(
        state=Proposal.State.WAITING, ledger=ledger, row__in=rows
    )
    for proposal in waiting:
        note = _("记录已转到另一家单位名下，此变更不再适用。")
        answer(proposal, Proposal.State.RETURNED, "return", actor=None, now=now, note=note)
