"""What a killed backup leaves behind goes with the next one; who only looks at a lock keeps nobody out."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.portal import family
from anwei.portal.backup.copies import copy_telemetry
from anwei.portal.family import AlreadyRunning


def test_a_backup_clears_the_copies_of_a_killed_one(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    EmbeddedStore(folder.telemetry, background=False).close()
    left = folder.folder("copies") / "4711"
    (left / "samples").mkdir(parents=True)
    (left / "samples" / "1.parquet").write_bytes(b"linked")
    copy_telemetry(folder, tmp_path / "telemetry")
    assert list(folder.folder("copies").iterdir()) == []
    assert (tmp_path / "telemetry" / "manifest.duckdb").exists()


def test_a_start_waits_for_whoever_only_looks(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with (folder.folder("run") / "lock").open("w") as looked:
        fcntl.flock(looked, fcntl.LOCK_SH)
        assert not family.is_running(folder), "two that look are no family"
        threading.Timer(0.1, lambda: fcntl.flock(looked, fcntl.LOCK_UN)).start()
        with family._locked(folder):
            assert family.is_running(folder)
            with pytest.raises(AlreadyRunning):
                family._locked(folder)
    assert not family.is_running(folder)
