"""What the three sets of `anwei analyse rank` share: the command as a process, a baseline, figures."""

from __future__ import annotations

import csv
import gzip
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Rows = list[dict[str, str]]
SEED = 0


@dataclass(frozen=True)
class Ranked:
    """The scores of the test rows, and processor seconds."""

    scores: Floats
    seconds: float


def read(file: Path) -> Rows:
    """Return the rows of a CSV file, packed or not."""
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
        return list(csv.DictReader(lines))


def rank(train: Rows, test: Rows, options: Sequence[str], work: Path) -> Ranked:
    """Run `anwei analyse rank` as a process of its own; the label goes into the training file alone."""
    label = options[options.index("--label") + 1]
    files = work / "train.csv", work / "test.csv"
    for file, rows, columns in (
        (files[0], train, list(train[0])),
        (files[1], test, [name for name in test[0] if name != label]),
    ):
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    before = _seconds()
    words = ["--train", str(files[0]), "--test", str(files[1]), *options, "-o", str(work / "scores.csv")]
    subprocess.run(
        [sys.executable, "-m", "anwei", "analyse", "rank", *words], check=True, stderr=subprocess.DEVNULL
    )
    found = read(work / "scores.csv")
    return Ranked(
        np.array([float(row["score"]) for row in found]),
        _seconds() - before,
    )


def boosted(train: Rows, test: Rows, label: str, columns: Sequence[str]) -> Floats:
    """Return the scores of plain gradient boosting on columns as they are given (words by their numbers)."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    def matrix(rows: Rows) -> Floats:
        return np.array([[codes[name].get(row[name], np.nan) for name in columns] for row in rows])

    codes = {name: _codes([row[name] for row in (*train, *test)]) for name in columns}
    event = np.array([float(row[label]) > 0 for row in train])
    with threadpool_limits(limits=1):
        model = HistGradientBoostingClassifier(random_state=SEED, early_stopping=False)
        scores: Floats = model.fit(matrix(train), event).predict_proba(matrix(test))[:, 1]
    return scores


def _codes(cells: Sequence[str]) -> dict[str, float]:
    different = sorted(set(cells))
    try:
        return {cell: float(cell) for cell in different if cell not in ("", "NA")}
    except ValueError:
        return {cell: float(n) for n, cell in enumerate(different)}


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
