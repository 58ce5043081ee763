"""A kind's life as a table of transitions. Pure: no Django.

A malformed table does not import: `Lifecycle` checks itself when it is made.
"""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Whose turn it is; five for all kinds (docs/house.md section 2)."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    ACTING = "acting"
    REVIEW = "review"
    CLOSED = "closed"


class Role(StrEnum):
    """Which of a case's three posts may act; SYSTEM is the product itself."""

    RESPONSIBLE = "responsible"
    SUPERVISOR = "supervisor"
    IMPLEMENTER = "implementer"
    SYSTEM = "system"


TURN = {
    Phase.REGISTERED: Role.SUPERVISOR,
    Phase.ASSIGNED: Role.IMPLEMENTER,
    Phase.ACTING: Role.IMPLEMENTER,
    Phase.REVIEW: Role.SUPERVISOR,
}
