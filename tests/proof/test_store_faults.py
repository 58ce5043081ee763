"""Failing disks: no failed write or sync is ever acknowledged, and the store opens afterwards with all that was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.killing import SEED, check, last_acknowledged
from tests.support.broker import REPOSITORY

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]
BATCHES = 150


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
@pytest.mark.parametrize("when", [1, 4, 9, 16, 25, 36, 49, 64, 81])
def test_one_failing_sync(tmp_path: Path, call: str, when: int, error: str) -> None:
    command = ["strace", "-f", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]
    writer = [
        sys.executable,
        "-m",
        "tests.stream.store.writer",
        str(tmp_path / "store"),
        str(SEED),
        str(BATCHES),
    ]
    ended = subprocess.run([*command, *writer], cwd=REPOSITORY, check=False, capture_output=True)
    acknowledged = last_acknowledged(ended.stdout)
    assert ended.returncode != 0 or acknowledged == BATCHES
    store = EmbeddedStore(tmp_path / "store", background=False)
    check(store, acknowledged)
    store.close()
