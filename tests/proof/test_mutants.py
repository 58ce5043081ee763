"""At least nine in ten mutants of the alarm engine are killed by its tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ENOUGH = 0.9


@pytest.mark.proof
def test_nine_in_ten_mutants_of_the_alarm_engine_die(tmp_path: Path) -> None:
    for name in ("anwei", "tests"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)

    def mutmut(*words: str) -> None:
        subprocess.run([sys.executable, "-m", "mutmut", *words], cwd=tmp_path, check=True)

    mutmut("run", "--max-children", "2")
    mutmut("export-cicd-stats")
    counts = json.loads((tmp_path / "mutants" / "mutmut-cicd-stats.json").read_text())
    print(counts)
    killed = counts["killed"] + counts["timeout"] + counts.get("segfault", 0)
    assert killed >= ENOUGH * counts["total"], counts
