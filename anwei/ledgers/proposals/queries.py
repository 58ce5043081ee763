"""Which proposals a person may see, and which ones wait for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from anwei.ledgers.children import parent_model
from anwei.ledgers.declaration import Ledger, ledger_of, ledgers, seen
from anwei.ledgers.models import Proposal

WAITING = Q(state=Proposal.State.WAITING)


def proposals_seen(person: Any) -> QuerySet[Proposal]:
    """Return the proposals about rows, or new rows beneath rows, that `person` may see."""
    return _about(_with_proposals(Proposal.objects.all()), person)


def waiting_for(person: Any) -> QuerySet[Proposal]:
    """Return the proposals that `person` may confirm: of registers they keep, not their own."""
    waiting = Proposal.objects.filter(WAITING)
    kept = [ledger for ledger in _with_proposals(waiting) if ledger.may_confirm(person)]
    if not kept:
        return Proposal.objects.none()
    return _about(kept, person).filter(WAITING).exclude(proposed_by=person)


def row_of(proposal: Proposal, person: Any) -> Model | None:
    """Return the row as `person` (None: the system) may see it; None where it is gone or would be new."""
    if proposal.row is None:
        return None
    found: Model | None = ledger_of(proposal.ledger).visible(person).filter(pk=proposal.row).first()
    return found


def thing_of(proposal: Proposal) -> Model | None:
    """Return what a proposal is about: its row, or what its new row would belong to."""
    if proposal.row is not None:
        return row_of(proposal, None)
    return seen(parent_model(ledger_of(proposal.ledger)), None).filter(pk=proposal.parent).first()


def titles_of(proposals: Sequence[Proposal]) -> dict[int, str]:
    """Return what each proposal is about, in words; two queries a register at most."""
    titles = {}
    for code in {one.ledger for one in proposals}:
        ledger, of_it = ledger_of(code), [one for one in proposals if one.ledger == code]
        rows = ledger.visible(None).in_bulk([one.row for one in of_it if one.row is not None])
        above = [one.parent for one in of_it if one.row is None]
        parents = seen(parent_model(ledger), None).in_bulk(above) if above else {}
        for one in of_it:
            about = rows.get(one.row) if one.row is not None else parents.get(one.parent)
            titles[one.pk] = _title(ledger, one, about)
    return titles


def _title(ledger: Ledger, proposal: Proposal, about: Any) -> str:
    if proposal.row is None:
        return _("%(thing)s：新登记（%(register)s）") % {"thing": about or "—", "register": ledger.label}
    parent = getattr(about, ledger.parent, None) if ledger.parent else None
    return _("%(above)s：%(thing)s") % {"above": parent, "thing": about} if parent else str(about or "—")


def of_row(ledger: Ledger, row: Any) -> QuerySet[Proposal]:
    """Return the proposals about a row, the newest first."""
    about = Proposal.objects.filter(ledger=ledger.code, row=row.pk)
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
        query |= Q(ledger=ledger.code, row__in=rows)
        if ledger.parent:
            parents = seen(parent_model(ledger), person).order_by().values("pk")
            query |= Q(ledger=ledger.code, row__isnull=True, parent__in=parents)
    return Proposal.objects.filter(query).select_related("proposed_by", "decided_by")
