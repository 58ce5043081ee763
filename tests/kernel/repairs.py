"""A kind of case for tests alone: it uses all five phases, every kind of need, and clocks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Case
from anwei.standards.clocks import ClockRule

WAYS = (("repair", "维修"), ("replace", "更换"))


class Repair(Case):
    way = models.CharField(max_length=10, choices=WAYS, blank=True)
    finding = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "cases"


LIFE = Lifecycle(
    Phase.REGISTERED,
    (
        Transition("order", Phase.REGISTERED, Phase.ASSIGNED, Role.SUPERVISOR, label="下达", line="已下达"),
        Transition("sign", Phase.ASSIGNED, Phase.ACTING, Role.IMPLEMENTER, label="签收", line="已签收"),
        Transition(
            "finish",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label="报完成",
            line="已报完成",
            needs=(Need("way", "办法", "choice", choices=WAYS), Need("evidence", "照片", "evidence")),
        ),
        Transition(
            "inspect",
            Phase.REVIEW,
            Phase.REVIEW,
            Role.SUPERVISOR,
            label="现场核查",
            line="已现场核查",
            needs=(Need("finding", "核查情况"),),
        ),
        Transition(
            "close",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label="销号",
            line="已销号",
            outcome="repaired",
            after=("inspect",),
        ),
        Transition(
            "return_back",
            Phase.REVIEW,
            Phase.ACTING,
            Role.SUPERVISOR,
            label="退回",
            line="已退回",
            needs=(Need("reason", "退回理由", "reason"),),
            dangerous=True,
        ),
        Transition(
            "remark",
            Phase.ACTING,
            Phase.ACTING,
            Role.SYSTEM,
            label="备注",
            line="系统备注",
        ),
    ),
)


def clocks(case: Repair) -> Iterable[ClockRule]:
    yield ClockRule("签收", ("order",), "sign", 30, "minute", "测试依据", "TEST")
    yield ClockRule("完成", ("order", "return_back"), "finish", 4, "hour", "测试依据", "TEST")
    yield ClockRule("完成", ("remark",), "finish", 2, "hour", "加急依据", "TEST")


KIND = register(
    Kind(
        code="repair",
        model=Repair,
        lifecycle=LIFE,
        label="维修",
        prefix="WX",
        phase_labels={
            Phase.REGISTERED: "待下达",
            Phase.ASSIGNED: "待签收",
            Phase.ACTING: "维修中",
            Phase.REVIEW: "待验收",
            Phase.CLOSED: "已办结",
        },
        outcome_labels={"repaired": "已修好"},
        opened_by=Role.SUPERVISOR,
        clocks=clocks,
    )
)
