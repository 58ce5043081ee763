"""Run the sets that are there; `python -m bench.analytics [FOLDER [SET ...]]`, default ../shared/data."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.analytics import chicago, mines, nab, ramps, seismic, tep

SETS = {
    "NAB": (nab, ramps),
    "TEP": (tep,),
    "mines": (mines,),
    "chicago": (chicago,),
    "seismic-bumps": (seismic,),
}


def main(words: list[str]) -> int:
    """Print the figures of each set found."""
    folder = Path(words[0] if words else "../shared/data")
    if not folder.is_dir():
        print(f"There is no folder {folder}; give the folder of the data sets as argument.", file=sys.stderr)
        return 2
    wanted = words[1:] or list(SETS)
    found = [name for name in wanted if name in SETS and (folder / name).is_dir()]
    for name in wanted:
        if name not in found:
            print(f"{name}: not in {folder}, left out.", file=sys.stderr)
    if not found:
        return 2
    with TemporaryDirectory() as work:
        for name in found:
            for module in SETS[name]:
                began = _seconds()
                module.run(folder / name, Path(work), partial(print, flush=True))
                print(f"  {_seconds() - began:.1f} s of processor time\n", flush=True)
    return 0


def _seconds() -> float:
    """Return the processor time of this process and of those it ran."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
