"""Whether what was proposed for a row may still be written, after others wrote the row meanwhile."""

from __future__ import annotations

from typing import Any

from anwei.ledgers.change_log import changed_since
from anwei.ledgers.declaration import Ledger
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.values import kept


def overtaken(ledger: Ledger, proposal: Proposal, row: Any) -> dict[str, Any]:
    """Return the columns whose change since bars a proposal, each with what stood there when it was made.

    The rule: a confirmation must say yes to what the proposer saw. A change bars it, though a later one may
    have turned it back, of a column that is proposed; of one that means something only together with such a
    column (`Ledger.together`: a longitude and its datum); and of one by which the row is known (`Ledger.key`:
    ten tonnes proposed for ammonia are none of chlorine). Changes of other columns bar nothing.

    What does not stand in the row's own change log (the territory of a unit that moved) is told by its value.
    """
    changed = {} if proposal.version is None else changed_since(ledger, row, proposal.version)
    found = {name: before for name, before in changed.items() if name in _rests_on(ledger, proposal)}
    other = {name for name, value in proposal.before.items() if kept(ledger.column(name).of(row)) != value}
    return {**found, **{name: proposal.before[name] for name in other}}


def _rests_on(ledger: Ledger, proposal: Proposal) -> set[str]:
    """Return the columns that must stand as they stood."""
    proposed = {*proposal.after}
    beside = {name for group in ledger.together if proposed & {*group} for name in group}
    return proposed | beside | {*ledger.key}
