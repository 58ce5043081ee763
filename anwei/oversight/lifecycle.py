"""The life of a supervision order: decided, issued by the office, signed for, carried out, closed off.

待下达, 待签收, 办理中, 待审核, 已销号. No law; cadence and fields: `safety_committee.toml`
[supervision_order].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anwei.cases.clocks import OPENED
from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import WITHDRAWN, Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models.notices import Urgency
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.org.models import PUBLIC_BODIES, Post
from anwei.oversight.models import SupervisionOrder
from anwei.oversight.services.instructing import GOVERNING, head_of, opener
from anwei.standards.clocks import ClockRule
from anwei.standards.deadlines import DEADLINES, deadlines

DOCUMENT = Need("evidence", _("办结材料"), "evidence", at_least_one="document")


def is_about_something_open(order: SupervisionOrder) -> bool:
    """Say whether the case that the order is about still runs: who closes the order earlier says why."""
    return order.about is not None and order.about.closed_at is None


LIFECYCLE = Lifecycle(
    Phase.REGISTERED,
    (
        Transition(
            "issue",
            Phase.REGISTERED,
            Phase.ASSIGNED,
            Role.SUPERVISOR,
            label=_("下达督办单"),
            line=_("已下达督办单"),
            needs=(
                Need("charged", _("承办岗位"), "post", kept=True),
                Need("requirement", _("督办要求"), kept=True),
                Need("due_on", _("完成时限"), "date", kept=True),
                Need("cooperating", _("配合单位"), required=False, kept=True),
                Need("evidence", _("督办单（签发盖章件）"), "evidence", required=False),
            ),
            gives=Role.IMPLEMENTER,
        ),
        Transition(
            "decline",
            Phase.REGISTERED,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("不立督办"),
            line=_("不立督办"),
            needs=(Need("reason", _("理由（已另行办理、重复、批示人撤回）"), "reason"),),
            outcome="declined",
            dangerous=True,
            second_person=True,
        ),
        Transition(
            "accept",
            Phase.ASSIGNED,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("签收"),
            line=_("已签收督办单"),
        ),
        Transition(
            "report",
            Phase.ACTING,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("反馈进展"),
            line=_("已反馈进展"),
            needs=(
                Need("progress", _("进展")),
                Need("evidence", _("现场照片或文件"), "evidence", required=False),
            ),
        ),
        Transition(
            "submit",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label=_("报送办结"),
            line=_("已报送办结材料"),
            needs=(Need("result", _("办结情况")), DOCUMENT),
        ),
        Transition(
            "close",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("审核通过，销号"),
            line=_("审核通过，已销号"),
            needs=(
                Need("finding", _("审核意见")),
                Need(
                    "why_before",
                    _("督办的事项还没有办结，先销号的理由"),
                    "reason",
                    only_where=is_about_something_open,
                ),
            ),
            outcome="done",
        ),
        Transition(
            "return_back",
            Phase.REVIEW,
            Phase.ACTING,
            Role.SUPERVISOR,
            label=_("退回"),
            line=_("审核不通过，退回继续办理"),
            needs=(Need("reason", _("退回理由"), "reason"),),
            dangerous=True,
        ),
        *(
            Transition(
                "revoke",
                phase,
                Phase.CLOSED,
                Role.SUPERVISOR,
                label=_("撤销督办"),
                line=_("已撤销督办"),
                needs=(Need("reason", _("撤销理由"), "reason"),),
                outcome=WITHDRAWN,
                dangerous=True,
            )
            for phase in (Phase.ASSIGNED, Phase.ACTING)
        ),
    ),
)


def clocks(order: SupervisionOrder) -> Iterator[ClockRule]:
    """Yield the clocks that may run on an order, as the county set them."""
    rows = deadlines(county_setting(DEADLINES, {}))
    yield rows["order.issue"].clock(starts_on=(OPENED,), met_by="issue")
    yield rows["order.accept"].clock(starts_on=("issue",), met_by="accept")
    first = rows["order.first_feedback"].clock(starts_on=("accept",), met_by="report")
    yield replace(first, ended_by=("submit",))
    progress = rows["order.progress"].clock(starts_on=("report", "return_back"), met_by="report")
    yield replace(progress, ended_by=("submit",))
    if order.due_on is not None:
        yield rows["order.done"].clock(
            starts_on=("issue", "return_back"), met_by="submit", until=order.due_on
        )
    review = rows["order.review"].clock(starts_on=("submit",), met_by="close")
    yield replace(review, ended_by=("return_back",))


def check_issue(order: SupervisionOrder, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why post or day do not fit, None where they do: a body carries it out, not the office itself."""
    charged = papers["charged"]
    if charged.unit.kind not in PUBLIC_BODIES or charged.unit.kind in GOVERNING:
        return gettext("督办单由部门、乡镇（街道）承办；要企业办理的，请用隐患或者预警。")
    if charged.unit.whole == order.supervisor.unit.whole:
        return gettext("安委办审核办结，不能同时承办。")
    return gettext("完成时限不能早于今天。") if papers["due_on"] < day_of(now) else None


def head_of_the_charged(order: SupervisionOrder, now: datetime) -> Mapping[Role, Post]:
    """Return who answers from the issue on: the head of the body that carries it out."""
    return {Role.RESPONSIBLE: head_of(order.implementer.unit, now) or order.implementer}


def urgency(order: SupervisionOrder) -> Urgency:
    """Return how urgently its turns are told: by SMS too."""
    return "urgent"


KIND = register(
    Kind(
        code="order",
        model=SupervisionOrder,
        lifecycle=LIFECYCLE,
        label=_("督办"),
        prefix="DB",
        phase_labels={
            Phase.REGISTERED: _("待下达"),
            Phase.ASSIGNED: _("待签收"),
            Phase.ACTING: _("办理中"),
            Phase.REVIEW: _("待审核"),
            Phase.CLOSED: _("已销号"),
        },
        outcome_labels={"done": _("已销号"), "declined": _("不立督办"), WITHDRAWN: _("已撤销")},
        opener=opener,
        begun_by="words",
        sealed=(
            "origin",
            "words",
            "instructed_by",
            "document",
            "about",
            "about_enterprise",
            "morning",
            "line",
        ),
        clocks=clocks,
        ladder="order",
        checks={"issue": check_issue},
        follows={"issue": head_of_the_charged},
        urgency=urgency,
    )
)
