"""The stream may start before anything is registered, and must take the first register that comes."""

from __future__ import annotations

from anwei.monitoring.stream.alarm.rules import compile_rules
from anwei.monitoring.stream.alarm.state import State, carry
from anwei.monitoring.stream.register import Register
from tests.stream.plant import Plant


def test_an_empty_register_gives_way_to_the_first_one() -> None:
    empty, first = compile_rules(Register()), compile_rules(Plant(2, 3).register())
    state, events = carry(empty, State.new(empty), first, 1_000)
    assert events == []
    assert state.phase.shape[1] == len(first.codes) == 8
