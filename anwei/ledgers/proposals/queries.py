"""Which proposals a person may see, and which ones wait for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import BooleanField, Case, Model, Q, QuerySet, When
from django.utils.translation import gettext as _

from anwei.ledgers.children import parent_model
from anwei.ledgers.declaration import Ledger, ledger_of, ledgers, seen
from anwei.ledgers.models import Proposal

WAITING = Q(state=Proposal.State.WAITING)


def proposals_seen(person: Any) -> QuerySet[Proposal]:
    """Return the proposals about rows that `person` may see, or about what belongs, or belonged, to such."""
    return _about(_with_proposals(Proposal.objects.all()), person)


def waiting_for(person: Any) -> QuerySet[Proposal]:
    """Return the proposals that `person` may confirm: of registers they keep, not their own."""
    waiting = Proposal.objects.filter(WAITING)
    kept = [ledger for ledger in _with_proposals(waiting) if ledger.may_confirm(person)]
    if not kept:
        return Proposal.objects.none()
    return _about(kept, person).filter(WAITING).exclude(proposed_by=person)


def mine_first(rows: QuerySet[Proposal], mine: QuerySet[Proposal]) -> QuerySet[Any]:
    """Return proposals with `is_mine`, whether they are among `mine`: those first, then the newest."""
    is_mine = Case(When(pk__in=mine.values("pk"), then=True), default=False, output_field=BooleanField())
    return rows.annotate(is_mine=is_mine).order_by("-is_mine", "-pk")


def row_of(proposal: Proposal, person: Any) -> Model | None:
    """Return the row as `person` (None: the system) may see it; None where it is gone or would be new."""
    if proposal.row is None:
        return None
    found: Model | None = ledger_of(proposal.ledger).visible(person).filter(pk=proposal.row).first()
    return found


def thing_of(proposal: Proposal) -> Model | None:
    """Return what a proposal is about: its row, or what that belonged to, where it is new, gone or moved."""
    ledger, row = ledger_of(proposal.ledger), row_of(proposal, None)
    if row is not None and belongs_still(ledger, proposal, row):
        return row
    if proposal.parent is None:
        return None
    return seen(parent_model(ledger), None).filter(pk=proposal.parent).first()


def belongs_still(ledger: Ledger, proposal: Proposal, row: Any) -> bool:
    """Say whether a row belongs to what it belonged to when a change of it was proposed."""
    return proposal.parent is None or proposal.parent == ledger.parent_of(row)


def titles_of(proposals: Sequence[Proposal]) -> dict[int, str]:
    """Return what each proposal is about, in words; two queries a register at most."""
    titles = {}
    for code in {one.ledger for one in proposals}:
        ledger, of_it = ledger_of(code), [one for one in proposals if one.ledger == code]
        rows = ledger.visible(None).in_bulk([one.row for one in of_it if one.row is not None])
        above = [one.parent for one in of_it if one.parent is not None]
        parents = seen(parent_model(ledger), None).in_bulk(above) if above else {}
        for one in of_it:
            titles[one.pk] = _title(ledger, one, rows.get(one.row or 0), parents.get(one.parent or 0))
    return titles


def _title(ledger: Ledger, proposal: Proposal, row: Any, parent: Any) -> str:
    if proposal.row is None:
        return _("%(thing)s：新登记（%(register)s）") % {"thing": parent or "—", "register": ledger.label}
    if row is not None and not belongs_still(ledger, proposal, row):
        row = ledger.label  # what it is called by now is its new owner's
    return _("%(above)s：%(thing)s") % {"above": parent, "thing": row} if parent else str(row or "—")


def of_row(ledger: Ledger, row: Any) -> QuerySet[Proposal]:
    """Return the proposals about a row of those to whom it belongs today, the newest first."""
    about = Proposal.objects.filter(ledger=ledger.code, row=row.pk)
    if ledger.parent:
        about = about.filter(Q(parent=None) | Q(parent=ledger.parent_of(row)))
    return about.select_related("proposed_by", "decided_by")


def beneath(row: Model, codes: Iterable[str]) -> QuerySet[Proposal]:
    """Return the waiting proposals of new rows beneath a row, in the registers `codes`."""
    return Proposal.objects.filter(WAITING, ledger__in=list(codes), row__isnull=True, parent=row.pk)


def _with_proposals(proposals: QuerySet[Proposal]) -> list[Ledger]:
    codes = set(proposals.order_by().values_list("ledger", flat=True).distinct())
    return [ledger for ledger in ledgers() if ledger.code in codes]


def _about(registers: Iterable[Ledger], person: Any) -> QuerySet[Proposal]:
    query = Q(pk__in=())
    for ledger in registers:
        rows = ledger.visible(person).order_by().values("pk")
        query |= Q(ledger=ledger.code, parent__isnull=True, row__in=rows)
        if ledger.parent:  # a row that moves on takes no proposal along
            parents = seen(parent_model(ledger), person).order_by().values("pk")
            query |= Q(ledger=ledger.code, parent__in=parents)
    return Proposal.objects.filter(query).select_related("proposed_by", "decided_by")
