"""The table of a hazard's life: judged, ordered, signed for, put right, verified on site, closed off (销号).

States of practice on the five phases: 待核实, 待签收, 整改中, 待复查, 已销号; 延期 is a case of its own.
 Law: 安全生产法 第41、65条; 安全生产事故隐患排查治理暂行规定.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import Lifecycle, Need, Phase, Role, Transition
from anwei.hazards.clocks import stops_a_mine
from anwei.hazards.models import Grade, Hazard, Order
from anwei.hazards.services.merging import offered_at_merging
from anwei.hazards.stopping import is_stopped

ON_SITE: dict[str, Any] = {"taken_at": True, "place": True, "at_least_one": "photo"}
OPEN_PHASES = (Phase.REGISTERED, Phase.ASSIGNED, Phase.ACTING, Phase.REVIEW)


def is_major(hazard: Hazard) -> bool:
    """Say whether the five implementations are asked for (五落实)."""
    return hazard.is_major


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
