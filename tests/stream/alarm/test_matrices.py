"""A register as matrices: which cell holds what."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from anwei.monitoring.stream.alarm.rules import KINDS, RuleSet, compile_rules
from anwei.monitoring.stream.alarm.state import State
from anwei.monitoring.stream.register import BrokenRegister
from tests.oracle import Rule
from tests.stream.plant import Plant

REGISTERED = 1_764_000_000_000
INFINITE = float("inf")


def small() -> RuleSet:
    """Return three devices of two tags each; d0 speaks through the gateway d1."""
    rules = [
        Rule(1, 1, "hh", 90.0, 2.0, 1_000, 2_000),
        Rule(2, 1, "h", 80.0),
        Rule(3, 2, "l", 20.0, 5.0),
        Rule(4, 2, "ll", 10.0, 20.0),
        Rule(5, 3, "rate", 60.0, -3.0),
        Rule(6, 3, "hh", 95.0),
        Rule(7, 4, "bad", off_delay_ms=1),
        Rule(8, 4, "ll", 5.0),
        Rule(9, 5, "no_data", on_delay_ms=20_000),
    ]
    register = Plant(3, 2, rules, silence=True, gateways={0: 1}, registered_at=REGISTERED).register()
    register.tags.period_ms[:] = [1_000, 2_000, 5_000, 3_000, 9_000, 9_500]
    return compile_rules(register)


def filled(matrix: np.ndarray, empty: float) -> dict[tuple[str, int], float]:
    """Return the cells that are not empty, by kind of rule and column."""
    used = ~np.isnan(matrix) if np.isnan(empty) else matrix != empty
    return {(KINDS[kind], int(column)): matrix[kind, column].item() for kind, column in np.argwhere(used)}


def test_columns_are_the_tags_then_the_devices() -> None:
    rules = small()
    assert rules.codes == ["d0", "d0", "d1", "d1", "d2", "d2", "d0", "d1", "d2"]
    assert rules.tag.tolist() == [1, 2, 3, 4, 5, 6, 0, 0, 0]
    assert rules.column_of.tolist() == [-1, 0, 1, 2, 3, 4, 5]
    assert rules.parent.tolist() == [6, 6, 7, 7, 8, 8, 7, -1, -1]
    assert rules.level.tolist() == [2, 2, 1, 1, 1, 1, 1, 0, 0]
    assert rules.registered.tolist() == [REGISTERED] * 9


def test_a_device_is_as_quick_as_the_quickest_tag_below_it() -> None:
    assert small().period.tolist() == [1_000, 2_000, 5_000, 3_000, 9_000, 9_500, 1_000, 1_000, 9_000]


def test_each_rule_stands_in_the_row_of_its_kind() -> None:
    rules = small()
    assert filled(rules.rule, 0) == {
        ("hh", 0): 1,
        ("h", 0): 2,
        ("l", 1): 3,
        ("ll", 1): 4,
        ("rate", 2): 5,
        ("hh", 2): 6,
        ("bad", 3): 7,
        ("ll", 3): 8,
        ("no_data", 4): 9,
        ("no_data", 6): 1_000_001,
        ("no_data", 7): 1_000_002,
        ("no_data", 8): 1_000_003,
    }
    assert filled(rules.limit, np.nan) == {
        ("hh", 0): 90.0,
        ("h", 0): 80.0,
        ("l", 1): 20.0,
        ("ll", 1): 10.0,
        ("rate", 2): 60.0,
        ("hh", 2): 95.0,
        ("ll", 3): 5.0,
    }
    assert filled(rules.on_delay, 0) == {("hh", 0): 1_000, ("no_data", 4): 20_000}
    assert filled(rules.off_delay, 0) == {("hh", 0): 2_000, ("bad", 3): 1}
    flags = {("bad", 3), ("no_data", 4), ("no_data", 6), ("no_data", 7), ("no_data", 8)}
    assert filled(rules.enter, INFINITE) == {
        ("hh", 0): 90.0,
        ("h", 0): 80.0,
        ("l", 1): -20.0,
        ("ll", 1): -10.0,
        ("rate", 2): 60.0,
        ("hh", 2): 95.0,
        ("ll", 3): -5.0,
        **dict.fromkeys(flags, 0.5),
    }
    assert filled(rules.leave, INFINITE) == {
        ("hh", 0): 88.0,
        ("h", 0): 80.0,
        ("l", 1): -25.0,
        ("ll", 1): -30.0,
        ("rate", 2): 60.0,  # a deadband below nothing is none
        ("hh", 2): 95.0,
        ("ll", 3): -5.0,
        **dict.fromkeys(flags, 0.5),
    }


def test_a_tag_is_calm_inside_all_its_deadbands() -> None:
    rules = small()
    assert rules.calm_high.tolist() == [80.0, INFINITE, 95.0, *[INFINITE] * 6]
    assert rules.calm_low.tolist() == [-INFINITE, 30.0, -INFINITE, 5.0, *[-INFINITE] * 5]
    assert np.flatnonzero(rules.watches_rate).tolist() == [2]
    assert np.flatnonzero(rules.delayed).tolist() == [0, 3]  # silence is not judged by samples


def empty() -> RuleSet:
    return compile_rules(Plant(0, 1).register())


@pytest.mark.parametrize("compiled", [small, empty])
def test_numbers_and_times_are_whole(compiled: Callable[[], RuleSet]) -> None:
    rules = compiled()
    state = State.new(rules)
    times = [rules.period, rules.registered, rules.on_delay, rules.off_delay]
    times += [state.last, state.good_ts, state.arrived, state.start, state.turn]
    assert {one.dtype for one in [*times, rules.rule]} == {np.dtype(np.int64)}
    numbers = [rules.tag, rules.column_of, rules.parent, rules.level, rules.columns(rules.tag)]
    assert {one.dtype for one in numbers} == {np.dtype(np.int32)}
    assert state.phase.dtype == np.int8


def test_a_tag_number_outside_the_register_has_no_column() -> None:
    asked = np.array([-7, -1, 0, 1, 6, 7, 2_000_000], np.int32)
    assert small().columns(asked).tolist() == [-1, -1, -1, 0, 5, -1, -1]


def test_a_register_may_be_empty() -> None:
    rules = empty()
    assert rules.rule.shape == (len(KINDS), 0)
    assert rules.column_of.tolist() == [-1]
    assert rules.columns(np.array([0, 1, 5], np.int32)).tolist() == [-1, -1, -1]


def test_a_gateway_stands_above_its_members_even_where_there_is_no_tag() -> None:
    rules = compile_rules(Plant(3, 0, silence=True, gateways={1: 0}).register())
    assert rules.level.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (Rule(1, 1, "hhh", 1.0), "^unknown kind of rule: .*"),
        (Rule(1, 1, "h", None), "^a limit rule without a limit$"),
        (Rule(1, 1, "rate", None), "^a limit rule without a limit$"),
        (Rule(1, 2, "h", 1.0), "^a rule for a tag that is not in the register$"),  # there are 1 and 3
        (Rule(1, 4, "h", 1.0), "^a rule for a tag that is not in the register$"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: Rule, complaint: str) -> None:
    register = Plant(1, 2, [rule]).register()
    register.tags.number[:] = [1, 3]
    with pytest.raises(BrokenRegister, match=complaint):
        compile_rules(register)


def test_a_gateway_under_itself_is_refused() -> None:
    with pytest.raises(BrokenRegister, match=r"^a gateway under a gateway$"):
        compile_rules(Plant(2, 1, gateways={0: 1, 1: 0}).register())
