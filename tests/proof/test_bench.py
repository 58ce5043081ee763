"""`make bench` runs: a bench that nobody runs for a month no longer does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broker import REPOSITORY
from tests.support.family import INHERITED

pytestmark = pytest.mark.proof


def test_a_short_run_finds_every_planted_event(tmp_path: Path) -> None:
    words = ["--live", "200", "--ticks", "8", "--burst", "", "--no-history", "--out", str(tmp_path)]
    kept = {key: value for key, value in os.environ.items() if key not in INHERITED}
    subprocess.run([sys.executable, "-m", "bench", *words], cwd=REPOSITORY, env=kept, check=True)
    (written,) = tmp_path.glob("*.json")
    (live,) = json.loads(written.read_text())["live"]
    assert live["expected"] > 0
    assert (live["missed"], live["false"], live["repeated"]) == (0, 0, 0)
