"""A hazard's life: judged and ordered, signed for, put right, verified on site, closed off (销号).

States of practice on the five phases: 待核实, 待签收, 整改中, 待复查, 已销号; 延期 is a case of its own.
 Law: 安全生产法 第41、65条; 安全生产事故隐患排查治理暂行规定.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Entry
from anwei.cases.models.notices import Urgency
from anwei.hazards.clocks import clocks, stops_a_mine
from anwei.hazards.listed import lifecycle as listed
from anwei.hazards.models import Grade, Hazard, Order
from anwei.hazards.penalties import lifecycle as penalties
from anwei.hazards.services.finders import beginners, may_know_finder
from anwei.hazards.services.merging import (
    check_false_report,
    check_merge,
    keep_finders,
    offered_at_merging,
)
from anwei.hazards.services.opening import opener
from anwei.hazards.services.passing import check_hand_over, check_reassign
from anwei.hazards.services.verbs import (
    check_accept,
    check_order,
    check_return,
    freeze_criterion,
    left_to_the_regulator,
    not_by_the_plant,
    who_found,
)

ON_SITE: dict[str, Any] = {"taken_at": True, "place": True, "at_least_one": "photo"}
OPEN_PHASES = (Phase.REGISTERED, Phase.ASSIGNED, Phase.ACTING, Phase.REVIEW)


def is_major(hazard: Hazard) -> bool:
    """Say whether the five implementations are asked for (五落实)."""
    return hazard.is_major


def is_stopped(hazard: Hazard) -> bool:
    """Say whether production was ordered to stop: it resumes when that was approved (安全生产法 第65条)."""
    return hazard.order == Order.STOP


def may_close(hazard: Hazard, now: datetime) -> str | None:
    """Refuse the plant its own major hazard, and what stopped before production may run again."""
    return not_by_the_plant(hazard, now) or _may_run_again(hazard)


def _may_run_again(hazard: Hazard) -> str | None:
    """Refuse to close off what stopped before production may resume, and a mine before that is announced."""
    if not is_stopped(hazard):
        return None
    verbs = Entry.objects.filter(case=hazard.pk, verb__in=("fix", "resume", "announce")).order_by("number")
    since = list(verbs.values_list("verb", flat=True))
    since = since[len(since) - since[::-1].index("fix") :]  # after the last rectification
    if "resume" not in since:
        return gettext("停产停业的，须先审查同意恢复生产。")
    if not stops_a_mine(hazard):
        return None
    if "announce" not in since[since.index("resume") :]:
        return gettext("煤矿恢复生产须先公告（煤矿安全生产条例第49条）。")
    return stop_is_announced(hazard)


def stop_is_announced(hazard: Hazard) -> str | None:
    """Refuse where a mine was stopped and only one thing was announced, or nothing: both are (第49条).

    Who resumed without it before this was asked announces twice afterwards: that it stopped, that it runs.
    """
    verbs = Entry.objects.filter(case=hazard.pk, verb__in=("announce", "resume"))
    told = list(verbs.order_by("number").values_list("verb", flat=True))
    n_needed = 2 if "resume" in told else 1
    if told.count("announce") >= n_needed:
        return None
    return gettext("煤矿责令停产整顿须先公告（煤矿安全生产条例第49条），恢复生产另行公告。")


def may_resume(hazard: Hazard, now: datetime) -> str | None:
    """Refuse the plant to let itself run again, and a mine whose stop was never announced."""
    refused = not_by_the_plant(hazard, now)
    return refused or (stop_is_announced(hazard) if stops_a_mine(hazard) else None)


def urgency(hazard: Hazard) -> Urgency:
    """Return how urgently its turns are told: a major hazard by SMS too."""
    return "urgent" if hazard.is_major else "info"


ORDER = Transition(
    "order",
    Phase.REGISTERED,
    Phase.ASSIGNED,
    Role.SUPERVISOR,
    label=_("定级并责令整改"),
    line=_("已定级并责令整改"),
    needs=(
        Need("grade", _("等级"), "choice", choices=tuple(Grade.choices)),
        Need("criterion", _("判定条款编号（重大隐患）"), required=False, kept=True),
        Need("grade_reason", _("定级说明（与条款建议不同或者没有条款时必填）"), required=False),
        Need("order", _("整改方式"), "choice", choices=tuple(Order.choices)),
        Need("due_on", _("整改期限（立查立改不填）"), "date", required=False),
        Need("requirement", _("整改要求"), kept=True),
    ),
)

FIVE = (
    Need(
        "responsible_name",
        _("整改责任人"),
        required=False,
        required_where=is_major,
        only_where=is_major,
        kept=True,
    ),
    Need("measures", _("整改措施"), required=False, required_where=is_major, only_where=is_major, kept=True),
    Need(
        "funds",
        _("整改资金（万元）"),
        "number",
        required=False,
        required_where=is_major,
        only_where=is_major,
        kept=True,
    ),
    Need(
        "emergency_plan",
        _("整改期间应急预案"),
        required=False,
        required_where=is_major,
        only_where=is_major,
        kept=True,
    ),
    Need(
        "congress_on",
        _("向职工大会或者职代会报告日期"),
        "date",
        required=False,
        required_where=is_major,
        only_where=is_major,
        kept=True,
    ),
    Need(
        "evidence",
        _("治理方案、报告材料"),
        "evidence",
        required=False,
        required_where=is_major,
        only_where=is_major,
        at_least_one="document",
    ),
)

LIFECYCLE = Lifecycle(
    Phase.REGISTERED,
    (
        ORDER,
        Transition(
            "accept",
            Phase.ASSIGNED,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("签收并落实"),
            line=_("已签收，开始整改"),
            needs=FIVE,
        ),
        Transition(
            "report",
            Phase.ACTING,
            Phase.ACTING,
            Role.IMPLEMENTER,
            label=_("报告进度"),
            line=_("已报告整改进度"),
            needs=(
                Need("progress", _("整改进度")),
                Need("evidence", _("现场照片"), "evidence", required=False),
            ),
        ),
        Transition(
            "fix",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label=_("提交整改"),
            line=_("已提交整改，申请复查"),
            needs=(
                Need("rectification", _("整改情况")),
                Need("evidence", _("整改后照片"), "evidence", **ON_SITE),
            ),
            second_person=True,
        ),
        *(
            Transition(
                "report_quarter",
                phase,
                phase,
                Role.RESPONSIBLE,
                label=_("报告治理进展（主要负责人，每季度）"),
                line=_("主要负责人已报告治理进展"),
                needs=(
                    Need("progress", _("治理进展")),
                    Need("evidence", _("书面报告"), "evidence", required=False),
                ),
                only_where=is_major,
            )
            for phase in (Phase.ACTING, Phase.REVIEW)
        ),
        *(
            Transition(
                "reassign",
                phase,
                phase,
                Role.SUPERVISOR,
                label=_("改派整改岗位"),
                line=_("已改派整改岗位，期限不变"),
                needs=(
                    Need("assigned_to", _("改派给（岗位）"), "post"),
                    Need("reason", _("改派理由"), "reason"),
                ),
                gives=Role.IMPLEMENTER,
            )
            for phase in (Phase.ASSIGNED, Phase.ACTING)
        ),
        Transition(
            "verify",
            Phase.REVIEW,
            Phase.REVIEW,
            Role.SUPERVISOR,
            label=_("现场复查"),
            line=_("已现场复查"),
            needs=(
                Need("finding", _("复查情况")),
                Need("evidence", _("复查照片"), "evidence", **ON_SITE),
            ),
            second_person=True,
        ),
        Transition(
            "resume",
            Phase.REVIEW,
            Phase.REVIEW,
            Role.SUPERVISOR,
            label=_("同意恢复生产"),
            line=_("已审查，同意恢复生产"),
            needs=(
                Need("opinion", _("审查（验收）意见"), "reason"),
                Need(
                    "evidence",
                    _("审查（验收）意见书，部门主要负责人签字"),
                    "evidence",
                    at_least_one="document",
                ),
                Need(
                    "mine_approval",
                    _("矿山安全监察机构审核同意、本级政府主要负责人批准（文号、日期）"),
                    "reason",
                    only_where=stops_a_mine,
                ),
            ),
            after=("verify",),
            second_person=True,
            only_where=is_stopped,
        ),
        *(
            Transition(
                "announce",
                phase,
                phase,
                Role.SUPERVISOR,
                label=_("公告停产整顿、恢复生产"),
                line=_("已公告"),
                needs=(
                    Need("announced", _("公告内容和刊登处（报刊、网站）"), "reason"),
                    Need("evidence", _("公告截图或文件"), "evidence", required=False),
                ),
                only_where=stops_a_mine,
            )
            for phase in (Phase.ASSIGNED, Phase.ACTING, Phase.REVIEW)
        ),
        Transition(
            "close",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("销号"),
            line=_("复查合格，已销号"),
            outcome="rectified",
            after=("verify",),
            children_closed=True,
            second_person=True,
        ),
        Transition(
            "return_back",
            Phase.REVIEW,
            Phase.ACTING,
            Role.SUPERVISOR,
            label=_("复查不合格，退回"),
            line=_("复查不合格，退回整改"),
            needs=(
                Need("reason", _("不合格情况"), "reason"),
                Need("due_on", _("重新整改期限"), "date", kept=True),
            ),
            dangerous=True,
        ),
        *(
            Transition(
                "hand_over",
                phase,
                phase,
                Role.SUPERVISOR,
                label=_("移送其他部门"),
                line=_("已移送其他部门，期限不变"),
                needs=(
                    Need("handed_to", _("移送给（岗位）"), "post"),
                    Need("reason", _("移送理由（职责分工、条款）"), "reason"),
                ),
                dangerous=True,
                gives=Role.SUPERVISOR,
            )
            for phase in OPEN_PHASES
        ),
        *(
            Transition(
                "false_report",
                phase,
                Phase.CLOSED,
                Role.SUPERVISOR,
                label=_("认定不属实"),
                line=line,
                needs=(
                    Need("reason", _("核实情况"), "reason"),
                    Need("evidence", _("核实照片或文件"), "evidence", at_least_one="document"),
                ),
                outcome="false_report",
                children_closed=True,
                dangerous=True,
                second_person=True,
            )
            for phase, line in (
                (Phase.REGISTERED, _("经核实不属实")),
                (Phase.ASSIGNED, _("经核实不属实，不再整改")),  # ordered on the spot, looked at again later
                (Phase.ACTING, _("经核实不属实，不再整改")),
            )
        ),
        *(
            Transition(
                "merge",
                phase,
                Phase.CLOSED,
                Role.SUPERVISOR,
                label=_("并入同一隐患"),
                line=_("与另一件是同一隐患，已并入"),
                needs=(
                    Need("merged_into", _("并入的隐患编号"), offers=offered_at_merging),
                    Need("reason", _("理由"), "reason"),
                ),
                outcome="merged",
                dangerous=True,
                second_person=True,
            )
            for phase in (Phase.REGISTERED, Phase.ASSIGNED)
        ),
    ),
)

KIND = register(
    Kind(
        code="hazard",
        model=Hazard,
        lifecycle=LIFECYCLE,
        label=_("隐患"),
        prefix="YH",
        phase_labels={
            Phase.REGISTERED: _("待核实"),
            Phase.ASSIGNED: _("待签收"),
            Phase.ACTING: _("整改中"),
            Phase.REVIEW: _("待复查"),
            Phase.CLOSED: _("已销号"),
        },
        outcome_labels={
            "rectified": _("已销号"),
            "false_report": _("不属实"),
            "merged": _("已并入"),
        },
        opener=opener,
        beginners=beginners,
        sealed=(
            *("origin", "found_at", "found_by", "finder", "place", "description", "checklist_item"),
            *("proposed", "proposed_reason"),
        ),
        tells_beginning=may_know_finder,
        clocks=clocks,
        ladder="hazard",
        guards={
            "order": left_to_the_regulator,
            "false_report": left_to_the_regulator,
            "merge": left_to_the_regulator,
            "verify": not_by_the_plant,
            "resume": may_resume,
            "close": may_close,
        },
        checks={
            "order": check_order,
            "accept": check_accept,
            "return_back": check_return,
            "merge": check_merge,
            "false_report": check_false_report,
            "hand_over": check_hand_over,
            "reassign": check_reassign,
        },
        effects={"order": freeze_criterion, "fix": who_found, "merge": keep_finders},
        urgency=urgency,
    )
)

KINDS = (KIND, listed.KIND, penalties.KIND)  # every kind of this room is entered when this module is read
