"""Run the sets that are there; `python -m bench.analytics [FOLDER]`, default ../shared/data."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.analytics import nab, ramps, tep

SETS = {"NAB": (nab, ramps), "TEP": (tep,)}


def main(words: list[str]) -> int:
    """Print the figures of each set found."""
    folder = Path(words[0] if words else "../shared/data")
    found = [name for name in SETS if (folder / name).is_dir()]
    if not found:
        print(f"No data set in {folder}: expected {', '.join(SETS)}", file=sys.stderr)
        return 2
    with TemporaryDirectory() as work:
        for name in found:
            for module in SETS[name]:
                began = time.process_time()
                module.run(folder / name, Path(work), print)
                print(f"  {time.process_time() - began:.1f} s of processor time\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
