"""A warning's life: signed for, disposed of, confirmed on site, lifted.

What an alarm opens the system issues, so it starts with the enterprise's turn, and its level may rise while
it is open. What an official drafts because of an enterprise's records waits until the supervisor issues it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anwei.cases.errors import NotYourTurn
from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import WITHDRAWN, Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Entry
from anwei.cases.models.notices import Urgency
from anwei.cases.notices.services import tell
from anwei.cases.verbs import withdrawals
from anwei.hazards.planning.bodies import INSPECTING
from anwei.hazards.services.opening import NO_FINDER
from anwei.ledgers.services import county_setting
from anwei.monitoring.models import Severity, Warning
from anwei.monitoring.words import still_active
from anwei.org.holdings import Acting, actings_of
from anwei.org.models import Person
from anwei.org.scope import grants, standing
from anwei.standards.clocks import ISSUED, WARNING_CLOCKS, ClockRule, warning_clocks

RISE, ISSUE = "rise", "issue"
OPEN_PHASES = (Phase.ASSIGNED, Phase.ACTING, Phase.REVIEW)
ON_SITE: dict[str, Any] = {"taken_at": True, "place": True, "at_least_one": "photo"}


def is_grave(warning: Warning) -> bool:
    """Say whether a warning is red or orange."""
    return warning.level in (Severity.RED, Severity.ORANGE)


def is_grave_or_active(warning: Warning) -> bool:
    """Say whether it is grave, or one of its alarms still stands: then a reason alone explains no signal."""
    return is_grave(warning) or warning.alarms.filter(cleared_at=None).exists()


def is_issued(warning: Warning) -> bool:
    """Say whether a person issues it: then whoever lifts it says what it was worth."""
    return warning.is_issued


LIFECYCLE = Lifecycle(
    Phase.REGISTERED,
    (
        Transition(
            ISSUE,
            Phase.REGISTERED,
            Phase.ASSIGNED,
            Role.SUPERVISOR,
            label=_("发布预警"),
            line=_("已发布预警"),
            needs=(Need("requirement", _("要求"), kept=True),),
        ),
        *withdrawals(Phase.REGISTERED),
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
            needs=(
                Need(
                    "verdict",
                    _("核实结论（不属实的请认定误报）"),
                    "choice",
                    required=False,
                    required_where=is_issued,
                    choices=tuple(Warning.Verdict.choices),
                ),
            ),
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
    level = ISSUED if warning.is_issued else warning.level
    for rule in warning_clocks(level, county_setting(WARNING_CLOCKS, {})):
        yield replace(rule, tightened_by=(RISE,))


def alarm_is_over(warning: Warning, now: datetime) -> str | None:
    """Refuse to lift a warning while one of its alarms is still active: the danger is measured, not over.

    A false alarm may be judged so whatever the sensor says, with a paper that explains the signal.
    """
    active = warning.alarms.filter(cleared_at=None).select_related("tag", "device").order_by("started_at")
    if not (standing := [still_active(alarm) for alarm in active]):
        return None
    return gettext("报警尚未恢复，不能解除预警：%(alarms)s。") % {"alarms": gettext("；").join(standing)}


def opened_by_an_alarm(warning: Warning) -> bool:
    """Say whether an alarm opened it: then it begins with the enterprise's turn."""
    return not warning.is_issued


def opener(warning: Warning, actor: Person, now: datetime) -> Acting:
    """Return how somebody drafts a warning to an enterprise: by a post of a public body that sees it.

    Raises NotYourTurn for everybody else, and for a warning of an alarm, which the system opens.
    """
    acting = actings_of(actor, now)
    posts = [
        post
        for post in standing(actor).posts
        if post.unit.kind in INSPECTING and post.kind not in NO_FINDER and post.pk in acting
    ]
    place = (warning.territory, warning.sector, warning.enterprise_id)
    sees = any(grant.enterprise is None and grant.covers(*place) for grant in grants(actor))
    if not warning.is_issued or not posts or not sees:
        raise NotYourTurn(gettext("企业预警由管辖这家企业的政府、部门、乡镇拟定。"))
    return acting[posts[0].pk]


def tell_head(warning: Warning, entry: Entry, now: datetime) -> None:
    """Tell the head of the enterprise too of a warning just issued; whose turn it is was told anyway."""
    words = {
        "level": Severity(warning.level).label,
        "number": warning.number,
        "enterprise": warning.enterprise,
        "requirement": warning.requirement,
    }
    tell(
        to=[warning.responsible],
        text=gettext("%(level)s预警 %(number)s（%(enterprise)s）：%(requirement)s") % words,
        url=reverse("case", args=[warning.pk]),
        level=urgency(warning),
        key=f"issued-{warning.pk}",
        now=now,
        case=warning,
    )


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
            Phase.REGISTERED: _("待发布"),
            Phase.ASSIGNED: _("待签收"),
            Phase.ACTING: _("处置中"),
            Phase.REVIEW: _("待确认"),
            Phase.CLOSED: _("已解除"),
        },
        outcome_labels={"lifted": _("已解除"), "false_alarm": _("误报"), WITHDRAWN: _("已撤回")},
        opener=opener,
        drafted=True,
        begins_elsewhere=(Phase.ASSIGNED, opened_by_an_alarm),
        clocks=clocks,
        ladder="warning",
        guards={"lift": alarm_is_over},
        effects={ISSUE: tell_head},
        urgency=urgency,
    )
)
