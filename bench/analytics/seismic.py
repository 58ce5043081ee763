"""Whether the next shift of a coal mine is dangerous: in random folds, and in the order of time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import mean

import numpy as np

from anwei.methods.ranking.backtest import area
from bench.analytics.ranking import Floats, Rows, Truth, boosted, rank, read

LABEL, SHIFT = "class", "row"
FOLDS, SEEDS = 10, (0, 1, 2)
FLAGGED = 0.28  # of the shifts
LEARNED = 0.7  # of the shifts, the first, in the order of time


def run(folder: Path, work: Path, say: Callable[[str], None]) -> None:
    """Print area and balanced accuracy of random folds, and of the last shifts scored by the first."""
    rows = [{**row, SHIFT: str(n)} for n, row in enumerate(read(folder / "seismic-bumps.csv"))]
    options = ["--label", LABEL, "--time", SHIFT]
    columns = [name for name in rows[0] if name not in (LABEL, SHIFT)]
    folds, plain, seconds = [], [], 0.0
    for seed in SEEDS:
        fold = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
        for one in range(FOLDS):
            train, test = _parted(rows, fold == one)
            ranked = rank(train, test, options, work)
            seconds += ranked.seconds
            folds.append(_figures(ranked.scores, test))
            plain.append(_figures(boosted(train, test, LABEL, columns), test))
    say(f"seismic-bumps: {len(rows):,} shifts; goals in random folds: AUC 0.80, balanced accuracy 0.725")
    _say(say, f"{len(SEEDS)} x {FOLDS} random folds", folds)
    _say(say, "gradient boosting, the same folds", plain)
    train, test = _parted(rows, np.arange(len(rows)) >= LEARNED * len(rows))
    _say(say, "in order: the last 30 %", [_figures(rank(train, test, options, work).scores, test)])
    _say(say, "gradient boosting, in order", [_figures(boosted(train, test, LABEL, columns), test)])
    say(f"  {seconds / len(folds):.1f} s of processor time a fold")


def _parted(rows: Rows, is_test: Truth) -> tuple[Rows, Rows]:
    return (
        [row for row, out in zip(rows, is_test, strict=True) if not out],
        [row for row, out in zip(rows, is_test, strict=True) if out],
    )


def _figures(scores: Floats, test: Rows) -> tuple[float, float]:
    truth = np.array([row[LABEL] == "1" for row in test])
    flagged = scores >= np.quantile(scores, 1 - FLAGGED)
    return area(scores, truth), float((flagged[truth].mean() + (~flagged[~truth]).mean()) / 2)


def _say(say: Callable[[str], None], name: str, found: list[tuple[float, float]]) -> None:
    say(
        f"  {name:36} AUC {mean(one[0] for one in found):.3f}  balanced accuracy {mean(one[1] for one in found):.3f}"
    )
