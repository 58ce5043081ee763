"""Two hundred kills of the store's owner, with a check of every row each twenty."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.killing import check, kill_once

KILLS = 200
PER_STORE = 20


@pytest.mark.proof
@pytest.mark.parametrize("round_", range(KILLS // PER_STORE))
def test_kills(tmp_path: Path, round_: int) -> None:
    chance, acknowledged = random.Random(round_), 0
    for _ in range(PER_STORE):
        acknowledged = max(acknowledged, kill_once(tmp_path / "store", chance))
    store = EmbeddedStore(tmp_path / "store", background=False)
    mark = check(store, acknowledged)
    print(f"{PER_STORE} kills: {acknowledged} batches acknowledged, {mark} stored, 0 rows lost or doubled")
    store.close()
