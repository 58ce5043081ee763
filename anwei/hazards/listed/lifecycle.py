"""The life of a listing: proposed, noticed, reported on monthly, evaluated, reviewed on site, lifted (摘牌).

待下达, 督办中, 待摘牌, 已摘牌. Steps and days: standards.hazards.rules.listed_supervision; 安全生产法 第41条.
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
from anwei.cases.models import Entry
from anwei.cases.models.notices import Urgency
from anwei.cases.templatetags.cases import phase_label
from anwei.hazards.listed.proposing import end_listing, list_now, opener
from anwei.hazards.models import Listing
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.standards.clocks import ClockRule
from anwei.standards.deadlines import DEADLINES, deadlines

REVIEWED = ("pass_review", "fail_review")


def is_applied_for(listing: Listing) -> bool:
    """Say whether somebody applied and nobody judged it since."""
    verbs = Entry.objects.filter(case=listing.pk, verb__in=("apply", *REVIEWED, "return_back"))
    return verbs.order_by("-number").values_list("verb", flat=True).first() == "apply"


LIFECYCLE = Lifecycle(
    Phase.REGISTERED,
    (
        Transition(
            "notice",
            Phase.REGISTERED,
            Phase.ACTING,
            Role.SUPERVISOR,
            label=_("下达挂牌督办通知书"),
            line=_("已挂牌督办"),
            needs=(
                Need("requirement", _("治理内容和要求"), kept=True),
                Need("due_on", _("治理期限"), "date", kept=True),
                Need("evidence", _("通知书（签发盖章件）"), "evidence", required=False),
            ),
            second_person=True,
        ),
        Transition(
            "decline",
            Phase.REGISTERED,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("不予挂牌"),
            line=_("不予挂牌"),
            needs=(Need("reason_declined", _("不予挂牌的理由"), "reason"),),
            outcome="declined",
            dangerous=True,
            second_person=True,
        ),
        Transition(
            "progress",
            Phase.ACTING,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("报告督办进度"),
            line=_("已报告督办进度"),
            needs=(
                Need("progress", _("治理进度和督办情况")),
                Need("evidence", _("现场照片或文件"), "evidence", required=False),
            ),
        ),
        Transition(
            "evaluate",
            Phase.ACTING,
            Phase.ACTING,
            Role.RESPONSIBLE,
            label=_("提交治理评估"),
            line=_("已提交治理评估"),
            needs=(
                Need("evaluator", _("评估单位（自行组织的写专家组）")),
                Need("evaluation", _("评估结论")),
                Need("evidence", _("评估报告"), "evidence", at_least_one="document"),
            ),
        ),
        Transition(
            "apply",
            Phase.ACTING,
            Phase.ACTING,
            Role.RESPONSIBLE,
            label=_("申请解除挂牌督办"),
            line=_("已申请解除挂牌督办"),
            needs=(
                Need("application", _("治理方案内容、项目和完成情况")),
                Need("evidence", _("书面申请"), "evidence", at_least_one="document"),
            ),
            after=("evaluate",),
        ),
        Transition(
            "pass_review",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label=_("现场审查合格"),
            line=_("现场审查合格，报请摘牌"),
            needs=(
                Need("finding", _("现场审查情况")),
                Need(
                    "evidence",
                    _("现场照片、验收意见"),
                    "evidence",
                    taken_at=True,
                    place=True,
                    at_least_one="photo",
                ),
            ),
            after=("apply",),
        ),
        Transition(
            "fail_review",
            Phase.ACTING,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("现场审查不合格"),
            line=_("现场审查不合格，继续治理"),
            needs=(
                Need("reason_failed", _("不合格情况和处理（责令改正、停产整改、提请关闭）"), "reason"),
                Need("evidence", _("现场照片"), "evidence", required=False),
            ),
            dangerous=True,
            only_where=is_applied_for,
        ),
        Transition(
            "lift",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("解除挂牌督办（摘牌）"),
            line=_("已解除挂牌督办并公告"),
            needs=(
                Need("announcement", _("公告刊登处（报刊、网站）")),
                Need("evidence", _("验收审批表（签字盖章件）"), "evidence", at_least_one="document"),
            ),
            outcome="lifted",
        ),
        Transition(
            "return_back",
            Phase.REVIEW,
            Phase.ACTING,
            Role.SUPERVISOR,
            label=_("抽查不合格，退回"),
            line=_("抽查不合格，退回继续督办"),
            needs=(Need("reason_returned", _("不合格情况"), "reason"),),
            dangerous=True,
        ),
        *(
            Transition(
                "revoke",
                phase,
                Phase.CLOSED,
                Role.SUPERVISOR,
                label=_("撤销挂牌督办"),
                line=_("已撤销挂牌督办"),
                needs=(Need("reason_revoked", _("撤销理由（隐患并案、改由上级挂牌）"), "reason"),),
                outcome=WITHDRAWN,
                dangerous=True,
            )
            for phase in (Phase.ACTING, Phase.REVIEW)
        ),
    ),
)


def clocks(listing: Listing) -> Iterator[ClockRule]:
    """Yield the clocks that may run on a listing, as the county set them."""
    rows = deadlines(county_setting(DEADLINES, {}))
    yield rows["listed.notice"].clock(starts_on=(OPENED,), met_by="notice")
    progress = rows["listed.progress"].clock(starts_on=("notice", "return_back"), met_by="progress")
    yield replace(progress, ended_by=("pass_review",))
    if listing.due_on is not None:
        yield rows["hazard.plan"].clock(starts_on=("notice",), met_by="apply", until=listing.due_on)
    review = rows["listed.site_review"].clock(starts_on=("apply",), met_by="pass_review")
    yield replace(review, ended_by=("fail_review",))
    unlisting = rows["listed.unlist"].clock(starts_on=("pass_review",), met_by="lift")
    yield replace(unlisting, ended_by=("return_back",))


def hazard_is_put_right(listing: Listing, now: datetime) -> str | None:
    """Refuse to evaluate and to apply while the hazard is still to be put right: both follow the treatment.

    Steps 4 to 6 of standards.hazards.rules.listed_supervision (总局令16号 第18、21条): 治理结束, then
    evaluated, applied for, reviewed on site.
    """
    hazard = listing.on_hazard
    if hazard.phase == Phase.REVIEW or hazard.outcome == "rectified":
        return None
    return gettext(
        "隐患%(number)s尚未提交整改（现为%(phase)s）：请先在隐患页面提交整改，再评估、申请解除、现场审查。"
    ) % {"number": hazard.number, "phase": phase_label(hazard)}


def may_pass(listing: Listing, now: datetime) -> str | None:
    """Refuse to pass what nobody applied for since the last review, and what is not put right.

    After a failed review somebody applies again; a hazard sent back since the application is put right again.
    """
    if not is_applied_for(listing):
        return gettext("须先由治理责任单位申请解除挂牌督办。")
    return hazard_is_put_right(listing, now)


def hazard_is_closed_off(listing: Listing, now: datetime) -> str | None:
    """Refuse to lift while the hazard itself is not closed off (销号)."""
    hazard = listing.on_hazard
    if hazard.phase == Phase.CLOSED and hazard.outcome == "rectified":
        return None
    return gettext("隐患%(number)s尚未销号，不能摘牌。") % {"number": hazard.number}


def check_notice(listing: Listing, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why the day does not fit, None where it does."""
    return gettext("治理期限不能早于今天。") if papers["due_on"] < day_of(now) else None


def urgency(listing: Listing) -> Urgency:
    """Return how urgently its turns are told: by SMS too."""
    return "urgent"


KIND = register(
    Kind(
        code="listed",
        model=Listing,
        lifecycle=LIFECYCLE,
        label=_("挂牌督办"),
        prefix="GP",
        phase_labels={
            Phase.REGISTERED: _("待下达"),
            Phase.ACTING: _("督办中"),
            Phase.REVIEW: _("待摘牌"),
            Phase.CLOSED: _("已摘牌"),
        },
        outcome_labels={"lifted": _("已摘牌"), "declined": _("不予挂牌"), WITHDRAWN: _("已撤销")},
        opener=opener,
        sealed=("on_hazard", "level", "authority", "reason"),
        clocks=clocks,
        ladder="hazard",
        guards={
            "evaluate": hazard_is_put_right,
            "apply": hazard_is_put_right,
            "pass_review": may_pass,
            "lift": hazard_is_closed_off,
        },
        checks={"notice": check_notice},
        effects={
            "notice": list_now,
            "decline": end_listing,
            "lift": end_listing,
            "revoke": end_listing,
        },
        urgency=urgency,
    )
)
