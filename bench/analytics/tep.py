"""Tennessee Eastman process (Downs and Vogel 1993; runs of Chiang, Russell and Braatz): 52 tags, 21 faults.

Only the training runs are read here: a faulty run is faulty from its first row, so that detection rate and
delay count from there.
"""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray

from anwei.methods.plant import LAGS
from anwei.portal.analyse import main

TAGS = [f"XMEAS{i}" for i in range(1, 42)] + [f"XMV{i}" for i in range(1, 12)]
UNSEEN = (3, 9, 15)  # faults that no published method finds
MINUTES = 3  # a row
IN_A_ROW = 6  # alarms that make a detection
PUBLISHED = {
    "PCA T2": 61.8,
    "SPE": 74.7,
    "DPCA": 72.4,
    "ICA I2": 87.3,
    "ICA AO": 91.7,
    "supervised LSTM": 93.1,
}
CAUSES = {  # tags that the description of a fault names (Downs and Vogel 1993, table 8), and their controllers
    1: {"XMEAS1", "XMEAS4", "XMV3", "XMV4", "XMEAS23", "XMEAS25"},
    2: {"XMEAS10", "XMV6", "XMEAS24", "XMEAS30", "XMEAS34", "XMEAS39"},
    4: {"XMV10", "XMEAS9", "XMEAS21"},
    5: {"XMV11", "XMEAS22", "XMEAS17"},
    6: {"XMEAS1", "XMV3"},
    7: {"XMEAS4", "XMV4"},
    8: {"XMEAS4", "XMEAS23", "XMEAS24", "XMEAS25", "XMEAS29", "XMEAS30", "XMEAS31"},
    10: {"XMEAS18", "XMEAS19", "XMV9"},
    11: {"XMV10", "XMEAS9", "XMEAS21"},
    12: {"XMV11", "XMEAS22", "XMEAS11"},
    13: {"XMEAS7", "XMEAS8", "XMEAS9", "XMEAS21", "XMEAS13", "XMEAS11"},
    14: {"XMV10", "XMEAS9", "XMEAS21"},
    15: {"XMV11", "XMEAS22"},
    21: {"XMV4", "XMEAS4"},
}


def read(archive: Path) -> dict[str, NDArray[np.float64]]:
    """Return each run as (rows, 52); d00 lies on its side in the archive."""
    found = {}
    with tarfile.open(archive) as members:
        for member in members.getmembers():
            if member.name.endswith(".dat") and (content := members.extractfile(member)) is not None:
                run = np.loadtxt(io.BytesIO(content.read()))
                found[Path(member.name).stem] = run.T if run.shape[0] == len(TAGS) else run
    return found


def write(run: NDArray[np.float64], file: Path) -> Path:
    """Write a run as the command reads it."""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([TAGS, *run.tolist()])
    return file


def run(folder: Path, work: Path, say: Callable[[str], None]) -> dict[str, float]:
    """Score every faulty run and say the figures; return those that are written down."""
    runs = read(folder / "tep_train.tar.gz")
    normal = [str(write(runs[name], work / f"{name}.csv")) for name in ("d00", "d00_te")]
    rate, delay, named = {}, {}, {}
    for fault in range(1, 22):
        file = write(runs[f"d{fault:02d}"], work / "fault.csv")
        options = ["--values", ",".join(TAGS), "--calibrate", *normal, "-o", str(work / "out.csv")]
        if main(["detect", str(file), *options]):
            raise SystemExit(f"anwei analyse detect failed on fault {fault}")
        with (work / "out.csv").open(encoding="utf-8") as rows:
            written = list(csv.DictReader(rows))
        alarms = [row["alarm"] == "1" for row in written]
        rate[fault] = mean(alarms[LAGS:])
        first = next((i for i in range(len(alarms)) if alarms[i : i + IN_A_ROW] == [True] * IN_A_ROW), None)
        delay[fault] = MINUTES * (len(alarms) if first is None else first)
        if fault in CAUSES and first is not None:
            told = {tag for row in written[first : first + 10] for tag in row["columns"].split("|")[:3]}
            named[fault] = bool(told & CAUSES[fault])
    counted = [fault for fault in range(1, 21) if fault not in UNSEEN]
    say("many sensors (TEP, training runs, faulty from row 0)")
    say(
        f"  detection rate of 17 faults {100 * mean(rate[f] for f in counted):.1f} %, of 18 "
        f"{100 * mean(rate[f] for f in (*counted, 21)):.1f} %"
    )
    say(
        f"  delay of 18 faults: mean {mean(delay[f] for f in (*counted, 21)):.0f} min, median "
        f"{median(delay[f] for f in (*counted, 21)):.0f} min"
    )
    say(f"  faults 3, 9 and 15 cannot be seen: {', '.join(f'{100 * rate[f]:.1f} %' for f in UNSEEN)}")
    say(
        f"  a documented tag among the first three: {sum(named.values())} of {len(named)}"
        f" (not: {[f for f, ok in named.items() if not ok]})"
    )
    say("  published, test runs: " + ", ".join(f"{name} {score}" for name, score in PUBLISHED.items()))
    return {"rate": mean(rate[f] for f in counted), "delay": mean(delay[f] for f in (*counted, 21))}
