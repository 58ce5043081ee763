"""Rows that many tables share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import WITHDRAWN, Need, Phase, Role, Transition

WITHDRAW = "withdraw"
LAPSE = "lapse"


def withdrawals(
    *sources: Phase, role: Role = Role.SUPERVISOR, second_person: bool = False
) -> tuple[Transition, ...]:
    """Return the rows by which a case is taken back instead of deleted: with a reason, and kept for good.

    `second_person` where whoever opened the case may not take it back alone. The implementer may only take
    back what it asked for itself (an extension), never an order it was given.
    """
    return tuple(
        Transition(
            WITHDRAW,
            source,
            Phase.CLOSED,
            role,
            label=_("撤回"),
            line=_("已撤回"),
            needs=(Need("reason", _("撤回理由"), "reason"),),
            outcome=WITHDRAWN,
            second_person=second_person,
            dangerous=True,
        )
        for source in sources
    )


def lapse(*sources: Phase) -> tuple[Transition, ...]:
    """Return the rows by which the system ends a request that nobody needs any more."""
    return tuple(
        Transition(
            LAPSE,
            source,
            Phase.CLOSED,
            Role.SYSTEM,
            label=_("自动终止"),
            line=_("原事项已办结，本件自动终止"),
            needs=(Need("reason", _("原因"), "reason"),),
            outcome=WITHDRAWN,
            dangerous=True,
        )
        for source in sources
    )
