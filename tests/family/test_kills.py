"""Twenty random kills of broker, stream, web and worker under 2,000 samples a second: nothing lost, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof import kills


def check(outcome: kills.Outcome) -> None:
    print(outcome)
    assert outcome.acknowledged > 0
    assert outcome.episodes > 0
    assert (outcome.missing, outcome.duplicate, outcome.foreign) == (0, 0, 0), outcome
    assert (outcome.lost_episodes, outcome.extra_episodes) == (0, 0), outcome


def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    check(kills.run(tmp_path, kills=20, seed=20))


@pytest.mark.proof
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    check(kills.run(tmp_path, kills=200, seed=200))
