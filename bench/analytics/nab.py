"""Numenta Anomaly Benchmark: the score of one sensor's detector, and of random numbers with the same pause.

The scoring rule is that of Lavin and Ahmad, Evaluating real-time anomaly detection algorithms (2015), with
the standard profile: weight 1 of a window, 0.11 of a false alarm, 1 of a missed window.
"""

from __future__ import annotations

import csv
import json
import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anwei.methods.sensor import ALARM, HELD, PAUSE
from anwei.portal.analyse import main

FALSE = 0.11
PROBATION, MOST_PROBATION = 0.15, 750
PUBLISHED = {
    "windowed Gaussian": 39.6,
    "Twitter": 47.1,
    "Random Cut Forest": 51.7,
    "KNN-CAD": 58.0,
    "HTM": 70.1,
    "ARTime": 74.9,
}
SHIPPED = 1 - 10**-ALARM  # threshold of the written score
DAY = 86_400.0


@dataclass
class Series:
    """One labelled file: times, windows as pairs of rows, and the scores given."""

    times: list[datetime]
    windows: list[tuple[int, int]]
    scores: list[float]


def sigmoid(x: float) -> float:
    """Return the weight of a detection at a relative position; -1 far behind the last window."""
    return -1.0 if x > 3 else 2 / (1 + math.exp(5 * x)) - 1


def points(series: Series) -> Iterable[tuple[float, float, int | None]]:
    """Yield score, worth and window of each row after probation."""
    n = len(series.times)
    probation = min(math.floor(PROBATION * n), MOST_PROBATION)
    for i in range(probation, n):
        within = next((w for w, (left, right) in enumerate(series.windows) if left <= i <= right), None)
        if within is not None:
            left, right = series.windows[within]
            yield series.scores[i], sigmoid(-(right - i + 1) / (right - left + 1)) / sigmoid(-1.0), within
            continue
        before = [(left, right) for left, right in series.windows if right < i]
        if not before:
            yield series.scores[i], -FALSE, None
        else:
            left, right = before[-1]
            yield series.scores[i], FALSE * sigmoid((i - right) / max(1, right - left)), None


@dataclass(frozen=True)
class Result:
    """Score of 100 at a threshold, windows detected of all, false alarms in all."""

    score: float
    threshold: float
    detected: int
    false: int


def at(all_points: Mapping[str, list[tuple[float, float, int | None]]], n: int, threshold: float) -> Result:
    """Return the result at one threshold for all files."""
    best: dict[tuple[str, int], float] = {}
    false, n_false = 0.0, 0
    for name, rows in all_points.items():
        for score, worth, window in rows:
            if score < threshold:
                continue
            if window is None:
                false, n_false = false + worth, n_false + 1
            else:
                best[name, window] = max(worth, best.get((name, window), -1.0))
    raw = sum(best.values()) - (n - len(best)) + false
    return Result(100 * (raw + n) / (2 * n), threshold, len(best), n_false)


def swept(all_points: Mapping[str, list[tuple[float, float, int | None]]], n: int) -> Result:
    """Return the best result over the thresholds that the written scores offer."""
    seen = sorted({row[0] for rows in all_points.values() for row in rows if row[0] > 0.5}, reverse=True)
    return max((at(all_points, n, threshold) for threshold in seen[:400]), key=lambda one: one.score)


def scored(file: Path, out: Path) -> list[float]:
    """Return the scores that the command writes for a file."""
    if main(["detect", str(file), "--time", "timestamp", "--values", "value", "-o", str(out)]):
        raise SystemExit(f"anwei analyse detect failed on {file}")
    with out.open(encoding="utf-8") as rows:
        return [float(row["score"]) for row in csv.DictReader(rows)]


def random_scores(n: int, seed: int) -> list[float]:
    """Return random scores with the pause of the product, at its threshold one row in 300."""
    rng, found, until = random.Random(seed), [], 0
    for row in range(n):
        score = rng.random()
        is_alarm = score > 1 - 1 / 300 and row >= until
        found.append(SHIPPED + (1 - SHIPPED) * rng.random() if is_alarm else score * SHIPPED * HELD)
        until = row + PAUSE + 1 if is_alarm else until
    return found


def read(folder: Path) -> dict[str, Series]:
    """Return the labelled series without scores."""
    labels = json.loads((folder / "labels" / "combined_windows.json").read_text())
    found = {}
    for name, windows in sorted(labels.items()):
        with (folder / "data" / name).open(encoding="utf-8") as rows:
            times = [datetime.fromisoformat(row["timestamp"]) for row in csv.DictReader(rows)]
        first = {at: i for i, at in reversed(list(enumerate(times)))}
        pairs = [(first[datetime.fromisoformat(a)], first[datetime.fromisoformat(b)]) for a, b in windows]
        found[name] = Series(times, pairs, [])
    return found


def run(folder: Path, work: Path, say: Callable[[str], None]) -> dict[str, float]:
    """Score every series and say the figures; return those that are written down."""
    series = read(folder)
    n = sum(len(one.windows) for one in series.values())
    days = sum((one.times[-1] - one.times[0]).total_seconds() for one in series.values()) / DAY
    for name, one in series.items():
        one.scores = scored(folder / "data" / name, work / "scores.csv")
    ours = {name: list(points(one)) for name, one in series.items()}
    best, shipped = swept(ours, n), at(ours, n, SHIPPED)
    chance = []
    for seed in range(20):
        for k, one in enumerate(series.values()):
            one.scores = random_scores(len(one.times), 1000 * seed + k)
        chance.append(at({name: list(points(one)) for name, one in series.items()}, n, SHIPPED).score)
    say(f"one sensor (NAB, {len(series)} series, {n} windows)")
    say(
        f"  best threshold {best.score:.1f}, shipped threshold {shipped.score:.1f}"
        f" ({100 * shipped.score / best.score:.0f} % of it)"
    )
    say(
        f"  windows found {shipped.detected} of {n}, false alarms {shipped.false}"
        f" = {shipped.false / days:.3f} a sensor-day"
    )
    say(
        f"  random numbers with the same pause, 20 seeds: mean {sum(chance) / len(chance):.1f},"
        f" highest {max(chance):.1f}"
    )
    say("  published, whole corpus: " + ", ".join(f"{name} {score}" for name, score in PUBLISHED.items()))
    return {"best": best.score, "shipped": shipped.score, "false_per_day": shipped.false / days}
