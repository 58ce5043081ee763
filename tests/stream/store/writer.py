"""A child process to be killed: appends batches from the mark on, and says each number once it is durable.

python -m tests.stream.store.writer FOLDER SEED LAST [without-log-sync | without-file-sync]

The last word makes a control: a store that lies about durability, which the power-cut test must catch.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from anwei.monitoring.stream.store import files
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import batch

RESTLESS = StoreOptions(flush_rows=15_000, flush_age_s=0.15, merge_fan_in=3, settle_ms=0, chunk_rows=4_096)


def main() -> None:
    folder, seed, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if "without-log-sync" in sys.argv:
        os.fdatasync = lambda _: None
    if "without-file-sync" in sys.argv:
        synced = files.sync
        files.sync = lambda path: None if path.is_file() else synced(path)
    store = EmbeddedStore(folder, options=RESTLESS)
    mark = store.mark("log")
    os.write(1, b"open\n%d\n" % mark)
    for number in range(mark + 1, last + 1):
        store.append(batch(seed, number))
        os.write(1, b"%d\n" % number)
    store.close()


if __name__ == "__main__":
    main()
