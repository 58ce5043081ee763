"""A second kind of case for tests alone: needs of every kind, children, guards, withdrawal, extension, ladder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import models

from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import WITHDRAWN, Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Case
from anwei.cases.verbs import withdrawals
from anwei.org.models import Person, Post
from anwei.standards.clocks import ClockRule, ExtensionRule
from anwei.standards.deadlines import deadline


class Overhaul(Case):
    until = models.DateField(null=True, blank=True)
    budget = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    promised = models.BooleanField(default=False)
    engineer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    helper = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_major = models.BooleanField(default=False)  # then the quarterly report runs on it
    under_pressure = models.BooleanField(default=False)  # what the guard looks at

    class Meta:
        app_label = "cases"


LIFE = Lifecycle(
    Phase.REGISTERED,
    (
        Transition(
            "order",
            Phase.REGISTERED,
            Phase.ACTING,
            Role.SUPERVISOR,
            label="下达",
            line="已下达",
            needs=(
                Need("until", "完成期限", "date"),
                Need("budget", "经费", "number"),
                Need("promised", "已书面告知", "boolean"),
                Need("engineer", "技术负责人", "person"),
                Need("helper", "配合岗位", "post", required=False),
            ),
        ),
        Transition(
            "finish",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label="报完成",
            line="已报完成",
            children_closed=True,
        ),
        Transition(
            "report", Phase.ACTING, Phase.ACTING, Role.IMPLEMENTER, label="季度报告", line="已报季度分析表"
        ),
        Transition(
            "close",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label="销号",
            line="已销号",
            needs=(Need("finding", "验收意见", "reason"),),
            outcome="done",
        ),
        *withdrawals(Phase.REGISTERED, Phase.ACTING, second_person=True),
    ),
)


def clocks(case: Overhaul) -> Iterable[ClockRule]:
    rule = ExtensionRule(times=1, citation="测试依据", confidence="TEST", limit=5)
    if case.until is not None:
        yield ClockRule(
            "大修", ("order",), "finish", 0, "natural", "测试依据", "TEST", until=case.until, extension=rule
        )
    if case.is_major:
        yield deadline("hazard.quarterly_statistics").clock(starts_on=("order",), met_by="report")
    yield ClockRule("验收", ("finish",), "close", 3, "working", "测试依据", "TEST")


def pressure_is_off(case: Overhaul, now: datetime) -> str | None:
    return "罐内仍有压力。" if case.under_pressure else None


KIND = register(
    Kind(
        code="overhaul",
        model=Overhaul,
        lifecycle=LIFE,
        label="大修",
        prefix="DX",
        phase_labels={
            Phase.REGISTERED: "待下达",
            Phase.ACTING: "大修中",
            Phase.REVIEW: "待验收",
            Phase.CLOSED: "已办结",
        },
        outcome_labels={"done": "已完成", WITHDRAWN: "已撤回"},
        opened_by=Role.SUPERVISOR,
        clocks=clocks,
        ladder="hazard",
        guards={"close": pressure_is_off},
    )
)

UNTIL = date(2026, 12, 10)


def order_papers(engineer: Person) -> dict[str, object]:
    return {"until": UNTIL, "budget": 12.5, "promised": True, "engineer": engineer}
