"""A malformed table does not import."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from anwei.cases import kinds
from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Lifecycle, MalformedLifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Case
from tests.kernel.repairs import KIND, LIFE

ROWS = {row.verb: row for row in LIFE.transitions}


def life_with(verb: str, /, **changes: object) -> Lifecycle:
    return Lifecycle(
        LIFE.start, tuple(replace(row, **changes) if row.verb == verb else row for row in LIFE.transitions)
    )


POST = Need("handed_to", "移送给", "post")


@pytest.mark.parametrize(
    ("verb", "changes", "fault"),
    [
        ("sign", {"verb": "Sign it"}, "not an identifier"),
        ("sign", {"source": Phase.CLOSED}, "nothing leaves closed"),
        ("sign", {"outcome": "done"}, "an outcome belongs to closing"),
        ("close", {"outcome": ""}, "an outcome belongs to closing"),
        ("close", {"role": Role.IMPLEMENTER}, "only the supervisor closes"),
        ("close", {"role": Role.SYSTEM}, "only the supervisor closes"),
        ("close", {"after": ()}, "asks for no paper"),
        ("close", {"after": ("close",)}, "waits for close"),
        ("close", {"after": ("sign",)}, "waits for sign"),
        ("return_back", {"needs": ()}, "asks for a reason"),
        ("return_back", {"needs": (Need("reason", "理由", "reason", required=False),)}, "asks for a reason"),
        ("inspect", {"needs": (Need("phase", "阶段"),)}, "column of the engine"),
        ("inspect", {"needs": (Need("a b", "阶段"),)}, "not an identifier"),
        ("inspect", {"needs": (Need("finding", "一"), Need("finding", "二"))}, "two needs of one name"),
        ("inspect", {"needs": (Need("finding", "一", "choice"),)}, "choices belong to a choice"),
        ("inspect", {"needs": (Need("photo", "一", "evidence"),)}, "evidence is named evidence"),
        ("inspect", {"verb": "return_back"}, "stands twice"),
        ("finish", {"target": Phase.ACTING}, "no life from start to closed"),
        ("order", {"role": Role.RESPONSIBLE}, "who has no way on"),
        ("inspect", {"gives": Role.SUPERVISOR}, "the one post that must be named"),
        ("inspect", {"gives": Role.SUPERVISOR, "needs": (POST, replace(POST, name="b"))}, "the one post"),
        ("inspect", {"gives": Role.SYSTEM, "needs": (POST,)}, "nobody becomes the system"),
    ],
)
def test_malformed(verb: str, changes: dict[str, object], fault: str) -> None:
    with pytest.raises(MalformedLifecycle, match=fault):
        life_with(verb, **changes)


def test_every_fault_is_named_at_once() -> None:
    stray = Transition("stray", Phase.REGISTERED, Phase.ASSIGNED, Role.SYSTEM, label="", line="")
    with pytest.raises(MalformedLifecycle, match=r"stray from registered can never be reached"):
        Lifecycle(Phase.ASSIGNED, (*LIFE.transitions[1:], stray))


def test_a_table_answers() -> None:
    assert LIFE.phases == tuple(Phase)
    assert [row.verb for row in LIFE.from_phase(Phase.REVIEW)] == ["inspect", "close", "return_back"]
    assert LIFE.find("sign", Phase.REVIEW) is None
    assert LIFE.label_of("sign") == "签收"
    assert LIFE.label_of("open") == "open"


def test_the_kinds_of_the_rooms_are_found() -> None:
    assert {kind.code for kind in kinds.kinds()} >= {"warning", "repair"}
    assert kinds.kind_for(KIND.model) is KIND
    with pytest.raises(LookupError):
        kinds.kind_for(Case)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, "taken"),
        ({"code": "x"}, "taken"),
        ({"code": "x", "prefix": "XX", "model": Case}, "way, finding"),
        ({"code": "x", "prefix": "XX", "phase_labels": {}}, "registered, assigned, acting, review, closed"),
        ({"code": "x", "prefix": "XX", "outcome_labels": {}}, "repaired"),
        ({"code": "x", "prefix": "XX", "sealed": ("colour",)}, "colour"),
        ({"code": "x", "prefix": "XX", "sealed": ("way", "number")}, "writes the sealed way"),
        ({"code": "x", "prefix": "XX", "checks": {"paint": lambda case, papers, now: None}}, "paint"),
    ],
)
def test_a_kind_that_does_not_fit_its_table_is_refused(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=fault):
        register(replace(KIND, **changes))
    assert [kind for kind in kinds.kinds() if kind.code == "x"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", kinds.kinds(), ids=lambda kind: kind.code)
def test_contract_of_every_kind(kind: Kind) -> None:
    """Every label is a word for people and every clock is met by a verb of the table."""
    verbs = {row.verb for row in kind.lifecycle.transitions}
    for row in kind.lifecycle.transitions:
        assert str(row.label).strip() and str(row.line).strip()
        assert all(str(need.label).strip() for need in row.needs)
    assert all(str(label).strip() for label in kind.phase_labels.values())
    for phase in kind.lifecycle.phases:
        for level in ("red", "orange", "yellow", "blue"):
            for rule in kind.clocks(
                kind.model(phase=phase, level=level) if hasattr(kind.model, "level") else kind.model()
            ):
                assert rule.met_by in verbs
                assert set(rule.starts_on) <= verbs | {"open"}
