"""The contract of every kind of case, found by discovery."""

from __future__ import annotations

import pytest

from anwei.cases.diagram import section
from anwei.cases.kinds import Kind, kinds
from anwei.cases.lifecycle import TURN, Phase, Role
from anwei.org.scope import ScopedManager

every = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.code) for kind in kinds()])


@every
def test_every_phase_is_reached_and_left(kind: Kind) -> None:
    rows = kind.lifecycle.transitions
    reached = {kind.lifecycle.start} | {row.target for row in rows}
    assert set(kind.lifecycle.phases) == reached
    assert Phase.CLOSED in reached
    for phase in reached - {Phase.CLOSED}:
        assert any(row.source == phase and row.target != phase for row in rows), phase


@every
def test_closing_takes_a_second_person_and_a_paper(kind: Kind) -> None:
    closing = [row for row in kind.lifecycle.transitions if row.target == Phase.CLOSED]
    assert closing
    for row in closing:
        assert row.outcome in kind.outcome_labels
        assert row.needs or row.after, row.verb
        assert row.role in (Role.SUPERVISOR, Role.SYSTEM) or row.outcome == "withdrawn"


@every
def test_buttons_and_lines_have_words(kind: Kind) -> None:
    for row in kind.lifecycle.transitions:
        assert str(row.label), row.verb
        assert str(row.line), row.verb
    for phase in kind.lifecycle.phases:
        assert str(kind.phase_labels[phase])


@every
def test_its_diagram_names_every_verb(kind: Kind) -> None:
    drawn = "\n".join(section(kind))
    for row in kind.lifecycle.transitions:
        assert str(row.label) in drawn


@every
def test_its_cases_are_scoped_and_somebodys_turn(kind: Kind) -> None:
    assert isinstance(kind.model._default_manager, ScopedManager)
    assert kind.model.scope.territory
    for phase in kind.lifecycle.phases:
        assert phase == Phase.CLOSED or phase in TURN
