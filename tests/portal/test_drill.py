"""A restore drill proves the newest backup by restoring it, and says what does not hold when it does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.portal.system import results
from anwei.portal.system.backups import backups, is_due

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def anwei(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `anwei` on a data folder, as an administrator would."""
    environment = {**os.environ, "ANWEI_DATA": str(folder), "ANWEI_DATABASE": "", "ANWEI_LANGUAGE": "zh"}
    return subprocess.run(
        [sys.executable, "-m", "anwei", *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[Path], None]) -> Iterator[DataFolder]:
    """An installation that is not running, with samples and one backup."""
    folder = DataFolder(tmp_path_factory.mktemp("installation"))
    migrate(folder.root)
    folder.secret("django")
    with closing(EmbeddedStore(folder.telemetry, background=False)) as store:
        store.append(_batch(3))
    done = anwei(folder.root, "backup")
    assert done.returncode == 0, done.stderr
    yield folder


def _batch(n_tags: int) -> Batch:
    tags = np.arange(1, n_tags + 1, dtype=np.int32)
    ts = np.full(n_tags, int(NOW.timestamp() * 1000), np.int64)
    return Batch("log", 1, Samples(tags, ts, tags * 1.5, np.zeros(n_tags, np.uint8)))


def test_the_newest_backup_proves_itself_and_the_result_stays(saved: DataFolder) -> None:
    done = anwei(saved.root, "backup", "drill", "--json")
    result = json.loads(done.stdout)
    assert done.returncode == 0 and result["ok"], done.stderr
    restored, migrated, sampled = (step["detail"] for step in result["steps"])
    assert "采样 3 条" in restored and "一致" in migrated and "3 个测点" in sampled
    kept = results.last(saved, "drill")
    assert kept is not None and kept["backup"] == backups(saved)[0].path.name
    assert not [path for path in (saved.root / "backups").iterdir() if path.name.startswith(".")]
    assert not is_due(saved, kept["at"] + timedelta(days=7))
    assert is_due(saved, kept["at"] + timedelta(days=7, seconds=1))


@pytest.mark.parametrize("victim", ["business", "keys", "telemetry"])
def test_a_backup_that_was_damaged_fails_and_says_what(saved: DataFolder, victim: str) -> None:
    below = sorted((backups(saved)[0].path / victim).rglob("*"))
    file = next(path for path in below if path.is_file() and path.stat().st_size)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        done = anwei(saved.root, "backup", "drill")
    finally:
        file.write_bytes(whole)
    assert done.returncode == 1 and "演练失败" in done.stderr and "不一致" in done.stderr
    assert is_due(saved, datetime.now(UTC))
    failed = results.last(saved, "drill")
    assert failed is not None and not failed["ok"]


def test_without_a_backup_there_is_nothing_to_prove(tmp_path: Path) -> None:
    done = anwei(tmp_path, "backup", "drill")
    assert done.returncode == 1 and "还没有备份" in done.stderr
    assert is_due(DataFolder(tmp_path), NOW)


def test_the_night_s_backup_and_its_drill_are_made_by_the_background(saved: DataFolder) -> None:
    n_before = len(backups(saved))
    (saved.root / "checks" / "backup.json").unlink(missing_ok=True)
    (saved.root / "checks" / "drill.json").unlink(missing_ok=True)
    ask = (
        "from anwei.ledgers.schedule import enqueue_due; from django.utils.timezone import now;"
        "print(enqueue_due(now()))"
    )
    asked = anwei(saved.root, "shell", "--no-imports", "-c", ask)
    # a backup, a drill of the newest, the tidying, what to look at again; from the 5th on the month that waits
    assert int(asked.stdout) in (4, 5), asked.stderr
    assert anwei(saved.root, "tasks").returncode == 0
    made, drilled = results.last(saved, "backup"), results.last(saved, "drill")
    assert made is not None and made["ok"] and drilled is not None and drilled["ok"]
    assert len(backups(saved)) == n_before + 1 and backups(saved)[0].path.name.endswith("-night")
    assert anwei(saved.root, "shell", "--no-imports", "-c", ask).stdout.strip() == "0"
