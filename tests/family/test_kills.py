"""Twenty random kills of broker, stream, web and worker under 2,000 samples a second: nothing lost or twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof import kills


def test_twenty_kills_lose_nothing(tmp_path: Path, migrate: Callable[[Path], None]) -> None:
    migrate(tmp_path / "data")
    kills.run(tmp_path, kills=20, seed=20).check()


@pytest.mark.proof
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kills.run(tmp_path, kills=200, seed=200).check()
