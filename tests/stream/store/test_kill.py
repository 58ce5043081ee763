"""kill -9 at random moments, in the midst of commits, flushes and merges: nothing lost, torn or doubled."""

from __future__ import annotations

import random
from pathlib import Path

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.killing import check, kill_once
from tests.stream.store.workload import same


def test_five_kills(tmp_path: Path) -> None:
    chance, acknowledged = random.Random(5), 0
    for _ in range(5):
        acknowledged = max(acknowledged, kill_once(tmp_path / "store", chance))
    store = EmbeddedStore(tmp_path / "store", background=False)
    assert store.figures()["parts"] > 0, "no kill can have hit a flush"
    assert check(store, acknowledged) > 50
    before = store.dump()
    store.flush()
    store.merge(everything=True)
    assert same(store.dump(), before)
    store.close()
