"""Which mine loses days next quarter: 2010-2012 scored by what 2000-2009 taught (MSHA, Columbia-CRIS)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from anwei.methods.ranking.backtest import area, recall_at
from bench.analytics.ranking import Floats, Truth, boosted, rank, read

LABEL = "num.days.lost"
GIVEN = [f"last.{span}.{what}" for span in ("quarter", "year", "three.years") for what in ("x", "y")]
PUBLISHED = {"violations of the last year": (59.4, None), "logistic": (66.3, None), "boosting": (68.2, 0.891)}
FIRST_TEST = 2010
GROUPS = 8


def run(folder: Path, work: Path, say: Callable[[str], None]) -> None:
    """Print recall in the top tenth and area of mine-quarters with history, and calibration."""
    rows = read(folder / "mine_quarters_2000_2012.csv.gz")
    train = [row for row in rows if int(row["year"]) < FIRST_TEST]
    test = [row for row in rows if int(row["year"]) >= FIRST_TEST]
    options = [
        "--label",
        LABEL,
        "--entity",
        "mine_id",
        "--time",
        "year,quarter",
        "--exclude",
        "viol.quantity",
    ]
    ranked = rank(train, test, options, work)
    seen = {row["mine_id"] for row in train}
    had = np.zeros(len(test), bool)  # what the published figures are of: mines with an earlier quarter
    when = np.array([int(row["year"]) * 4 + int(row["quarter"]) for row in test])
    for i in np.argsort(when, kind="stable"):
        had[i] = test[i]["mine_id"] in seen
        seen.add(test[i]["mine_id"])
    truth = np.array([float(row[LABEL]) > 0 for row in test])
    say(
        f"mines {FIRST_TEST}-2012: {had.sum():,} mine-quarters with history, {truth[had].mean():.2%} with days lost; "
        f"{ranked.seconds:.0f} s of processor time, {len(train):,} rows learned"
    )
    quarters = when[had]
    for name, scores in (
        ("anwei analyse rank", ranked.scores),
        ("gradient boosting, the six given columns", boosted(train, test, LABEL, GIVEN)),
        ("violations of the last year", np.array([float(row["last.year.y"]) for row in test])),
    ):
        say(f"  {name:42} {_figures(scores[had], truth[had], quarters)}")
    for name, (recall, auc) in PUBLISHED.items():
        say(
            f"  published, 2013-2015: {name:20} recall@10% {recall:.1f} %"
            + (f"  AUC {auc:.3f}" if auc else "")
        )
    groups = np.array_split(np.argsort(ranked.scores[had], kind="stable"), GROUPS)
    told = [(ranked.scores[had][one].mean(), truth[had][one].mean()) for one in groups]
    say("  predicted/observed by eighths: " + "  ".join(f"{a:.4f}/{b:.4f}" for a, b in told))


def _figures(scores: Floats, truth: Truth, quarters: np.ndarray) -> str:
    each = [recall_at(scores[quarters == one], truth[quarters == one]) for one in np.unique(quarters)]
    return (
        f"recall@10% {recall_at(scores, truth):.1%} (mean of quarters {np.mean(each):.1%})  "
        f"AUC {area(scores, truth):.4f}"
    )
