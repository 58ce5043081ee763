"""Which food inspection first: nine windows of 60 days, each scored by what lies before it (City of Chicago)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import mean

import numpy as np

from anwei.methods.ranking.backtest import area
from bench.analytics.ranking import SEED, Floats, Rows, Truth, boosted, rank, read

LABEL, DAY = "criticalFound", "Inspection_Date"
WINDOWS, DAYS = 9, 60
NUMBERS = ["Inspection_ID", "Business_ID", "Test", "Train"]
RESULTS = ["criticalCount", "seriousCount", "minorCount", "pass_flag", "fail_flag"]
WEATHER = ["precipIntensity", "temperatureMax", "windSpeed", "humidity"]  # of the day, not of the licence
AS_OF_DAY = ["pastFail", "pastCritical", "pastSerious", "pastMinor", "timeSinceLast", "firstRecord"]
JOINED = ["Risk", "DBA_Name", "Address", "Zip"]  # from the raw inspections, by number
PUBLISHED = "city's pilot 7.5 days, XGBoost 7.79 (AUC 0.679), both with the inspector; logistic without 2.28"
ALWAYS = ["--label", LABEL, "--entity", "License", "--time", DAY]
FROZEN = ["--exclude", *NUMBERS, *WEATHER, *AS_OF_DAY, "pass_flag", "--outcome", *RESULTS[:3], "fail_flag"]
GIVEN = ["--exclude", *NUMBERS, *WEATHER, *RESULTS]
FORMS: dict[str, tuple[Sequence[str], bool]] = {
    "with inspector, given columns": (GIVEN, False),
    "without, given columns": ([*GIVEN, "Inspector_Assigned"], False),
    "without, place and name, frozen": ([*FROZEN, "--exclude", "Inspector_Assigned"], True),
    "nuisance, place and name, frozen": ([*FROZEN, "--nuisance", "Inspector_Assigned"], True),
}


def run(folder: Path, work: Path, say: Callable[[str], None]) -> None:
    """Print how many days earlier critical violations are found, means over the windows."""
    raw = {row["Inspection_ID"]: row for row in read(folder / "food_inspections_before_2014-09-02.csv.gz")}
    plain = read(folder / "chicago_train.csv.gz")
    joined = [{**row, **{name: raw[row["Inspection_ID"]][name] for name in JOINED}} for row in plain]
    say(f"chicago: {WINDOWS} windows of {DAYS} days, {len(plain):,} inspections; {PUBLISHED}")
    for name, (options, is_joined) in FORMS.items():
        found, seconds = [], 0.0
        for train, test in _windows(joined if is_joined else plain):
            ranked = rank(train, test, [*ALWAYS, *options], work)
            seconds += ranked.seconds
            found.append(figures(ranked.scores, test))
        _say(say, name, found, f"  {seconds:.0f} s")
    given = [name for name in plain[0] if name not in {*NUMBERS, *WEATHER, *RESULTS, LABEL, DAY, "License"}]
    for name, columns in (
        ("gradient boosting with, given columns", given),
        ("gradient boosting without", [one for one in given if one != "Inspector_Assigned"]),
    ):
        scored = [(boosted(train, test, LABEL, columns), test) for train, test in _windows(plain)]
        _say(say, name, [figures(scores, test) for scores, test in scored], "")
    rng = np.random.default_rng(SEED)
    draws = [
        mean(figures(rng.random(len(test)), test)[0] for _train, test in _windows(plain)) for _ in range(40)
    ]
    say(f"  random order: mean of windows {np.mean(draws):.1f}, standard deviation {np.std(draws):.1f}")


def _say(say: Callable[[str], None], name: str, found: list[tuple[float, float]], end: str) -> None:
    days = [one[0] for one in found]
    say(
        f"  {name:40} {mean(days):5.2f} days earlier (windows {min(days):.1f} to {max(days):.1f})  "
        f"AUC {mean(one[1] for one in found):.3f}{end}"
    )


def _windows(rows: Rows) -> list[tuple[Rows, Rows]]:
    last = max(_day(row) for row in rows)
    found = []
    for window in range(WINDOWS):
        end = last - DAYS * window
        train = [row for row in rows if _day(row) <= end - DAYS]
        found.append((train, [row for row in rows if end - DAYS < _day(row) <= end]))
    return found


def _day(row: dict[str, str]) -> int:
    return date.fromisoformat(row[DAY]).toordinal()


def figures(scores: Floats, test: Rows) -> tuple[float, float]:
    """Return days earlier (as many inspections on each day as there were) and the area under the curve."""
    day = np.array([_day(row) for row in test])
    truth: Truth = np.array([float(row[LABEL]) > 0 for row in test])
    planned = np.empty(len(day))
    planned[np.argsort(-scores, kind="stable")] = np.sort(day)
    return float((day - planned)[truth].mean()), area(scores, truth)
