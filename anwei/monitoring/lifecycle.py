"""A warning's life: signed for, disposed of, confirmed on site, lifted.

The system issues it, so it starts with the enterprise's turn. Its level may rise while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models.notices import Urgency
from anwei.ledgers.services import county_setting
from anwei.monitoring.models import Severity, Warning
from anwei.monitoring.words import still_active
from anwei.standards.clocks import WARNING_CLOCKS, ClockRule, warning_clocks

RISE = "rise"
OPEN_PHASES = (Phase.ASSIGNED, Phase.ACTING, Phase.REVIEW)
ON_SITE: dict[str, Any] = {"taken_at": True, "place": True, "at_least_one": "photo"}


def is_grave(warning: Warning) -> bool:
    """Say whether a warning is red or orange."""
    return warning.level in (Severity.RED, Severity.ORANGE)


def is_grave_or_active(warning: Warning) -> bool:
    """Say whether it is grave, or one of its alarms still stands: then a reason alone explains no signal."""
    return is_grave(warning) or warning.alarms.filter(cleared_at=None).exists()


LIFECYCLE = Lifecycle(
    Phase.ASSIGNED,
    (
        Transition(
            "sign",
            Phase.ASSIGNED,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("签收"),
            line=_("已签收预警"),
        ),
        Transition(
            "dispose",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label=_("提交处置"),
            line=_("已提交处置情况"),
            needs=(
                Need("cause", _("原因")),
                Need("measure", _("处置措施")),
                Need("evidence", _("现场照片"), "evidence", **ON_SITE),
            ),
        ),
        Transition(
            "confirm",
            Phase.REVIEW,
            Phase.REVIEW,
            Role.SUPERVISOR,
            label=_("现场核查"),
            line=_("已现场核查"),
            needs=(
                Need("finding", _("现场核查情况")),
                Need("evidence", _("核查照片"), "evidence", False, required_where=is_grave, **ON_SITE),
            ),
        ),
        Transition(
            "lift",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("解除预警"),
            line=_("已解除预警"),
            outcome="lifted",
            after=("confirm",),
        ),
        Transition(
            "return_back",
            Phase.REVIEW,
            Phase.ACTING,
            Role.SUPERVISOR,
            label=_("退回"),
            line=_("退回重新处置"),
            needs=(Need("reason", _("退回理由"), "reason"),),
            dangerous=True,
        ),
        Transition(  # after what the enterprise handed in: whoever did that may not judge it
            "false_alarm",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("认定误报"),
            line=_("认定为误报"),
            needs=(
                Need("reason", _("误报依据"), "reason"),
                Need(
                    "evidence",
                    _("标校记录或现场照片"),
                    "evidence",
                    required=False,
                    required_where=is_grave_or_active,
                    at_least_one="document",
                ),
            ),
            outcome="false_alarm",
            dangerous=True,
        ),
        *(
            Transition(
                RISE,
                phase,
                phase,
                Role.SYSTEM,
                label=_("升级"),
                line=_("预警升级"),
                needs=(Need("level", _("等级"), "choice", choices=tuple(Severity.choices)),),
            )
            for phase in OPEN_PHASES
        ),
    ),
)


def clocks(warning: Warning) -> Iterable[ClockRule]:
    """Return the clocks of the warning's level, as the county set them.

    A rise counts those that run by the limits of the new level: nobody signs twice.
    """
    for rule in warning_clocks(warning.level, county_setting(WARNING_CLOCKS, {})):
        yield replace(rule, tightened_by=(RISE,))


def alarm_is_over(warning: Warning, now: datetime) -> str | None:
    """Refuse to lift a warning while one of its alarms is still active: the danger is measured, not over.

    A false alarm may be judged so whatever the sensor says, with a paper that explains the signal.
    """
    active = warning.alarms.filter(cleared_at=None).select_related("tag", "device").order_by("started_at")
    if not (standing := [still_active(alarm) for alarm in active]):
        return None
    return gettext("报警尚未恢复，不能解除预警：%(alarms)s。") % {"alarms": gettext("；").join(standing)}


def urgency(warning: Warning) -> Urgency:
    """Return how urgently a warning's turns are told: red at any hour, orange and yellow by SMS too."""
    if warning.level == Severity.RED:
        return "red"
    return "info" if warning.level == Severity.BLUE else "urgent"


KIND = register(
    Kind(
        code="warning",
        model=Warning,
        lifecycle=LIFECYCLE,
        label=_("预警"),
        prefix="YJ",
        phase_labels={
            Phase.ASSIGNED: _("待签收"),
            Phase.ACTING: _("处置中"),
            Phase.REVIEW: _("待确认"),
            Phase.CLOSED: _("已解除"),
        },
        outcome_labels={"lifted": _("已解除"), "false_alarm": _("误报")},
        opened_by=Role.SYSTEM,
        clocks=clocks,
        ladder="warning",
        guards={"lift": alarm_is_over},
        urgency=urgency,
    )
)
