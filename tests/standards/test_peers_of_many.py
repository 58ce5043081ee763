"""Comparing with peers does not drown in large counts."""

from __future__ import annotations

import pytest

from anwei.standards.formalism.peers import at_most


@pytest.mark.parametrize(("count", "mean"), [(800, 800.0), (5000, 5000.0)])
@pytest.mark.parametrize("dispersion", [0.0, 0.001])
def test_the_middle_of_a_large_count_is_about_one_half(count: int, mean: float, dispersion: float) -> None:
    assert at_most(count, mean, dispersion) == pytest.approx(0.5, abs=0.03)


def test_small_counts_are_those_of_the_tables() -> None:
    assert at_most(0, 3.0) == pytest.approx(0.0498, abs=1e-4)
    assert at_most(2, 3.0) == pytest.approx(0.4232, abs=1e-4)
