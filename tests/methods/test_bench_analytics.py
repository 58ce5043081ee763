"""The bench of early warning says what data it lacks, and counts days as its set defines them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.analytics.__main__ import main
from bench.analytics.chicago import figures


def test_a_folder_or_set_that_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert f"There is no folder {tmp_path / 'none'}" in capsys.readouterr().err
    assert main([str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert all(f"{name}: not in {tmp_path}, left out." in told for name in ("NAB", "mines", "chicago"))


def test_days_earlier_keep_the_number_of_inspections_of_each_day() -> None:
    days = ["2014-01-01", "2014-01-01", "2014-01-11", "2014-01-21"]
    rows = [
        {"Inspection_Date": day, "criticalFound": critical}
        for day, critical in zip(days, ("0", "0", "1", "1"), strict=True)
    ]
    assert figures(np.array([0.1, 0.2, 0.8, 0.9]), rows) == (15.0, 1.0)  # both on the first day
    assert figures(np.array([0.9, 0.8, 0.7, 0.6]), rows) == (0.0, 0.0)
