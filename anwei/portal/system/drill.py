"""The restore drill (R17): the newest backup is restored into a scratch folder and must prove itself there.

Restoring compares every file's digest, the rows of every table and the figures of the telemetry store, and
verifies all chains; then this version's migrations run on the copy and telemetry is read out of it. The
scratch folder is removed; only the result stays.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.portal.backup import BackupFailed, Say, restore
from anwei.portal.family import anwei_command
from anwei.portal.system import results
from anwei.portal.system.backups import DRILL, backups_folder, only_one

SAMPLED_TAGS = 20  # tags whose newest sample is read back from the disk


def drill(folder: DataFolder, source: Path, *, now: datetime, say: Say) -> dict[str, Any]:
    """Restore `source` into a scratch folder, let it prove itself, keep the result and return it.

    The result has `at`, `backup`, `ok`, `seconds` and `steps` (title, detail); the first step that failed is
    the last one.
    """
    scratch = backups_folder(folder) / f".drill-{os.getpid()}"
    started, steps, copy = time.monotonic(), [], DataFolder(scratch)
    with results.running(folder, DRILL, now), only_one(folder) as alone:
        title = _("等待其他备份结束")
        try:
            if not alone:
                raise BackupFailed(_("另一个备份或恢复演练正在进行"))
            for title, step in _steps(source, copy, say):
                say(title)
                steps.append({"title": title, "detail": step(), "ok": True})
        except Exception as error:  # whatever stops it: the backup is not proved
            steps.append({"title": title, "detail": str(error), "ok": False})
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    result = {
        "at": now.isoformat(),
        "backup": source.name,
        "ok": all(step["ok"] for step in steps),
        "seconds": round(time.monotonic() - started, 1),
        "steps": steps,
    }
    results.keep(folder, DRILL, result)
    return result


def _steps(source: Path, copy: DataFolder, say: Say) -> list[tuple[str, Callable[[], str]]]:
    return [
        (_("恢复到临时目录，核对文件、行数、监测数据和哈希链"), lambda: _restored(source, copy)),
        (_("在副本上执行本版本的数据库迁移"), lambda: _migrated(copy)),
        (_("打开监测数据并读取采样"), lambda: _sampled(copy)),
    ]


def _restored(source: Path, copy: DataFolder) -> str:
    said: list[str] = []
    restore(source, copy, say=said.append, drill=True)
    return said[-1]


def _migrated(copy: DataFolder) -> str:
    for words in (("migrate", "--no-input"), ("migrate", "--check")):
        done = subprocess.run(
            anwei_command(*words),
            env={**os.environ, "ANWEI_DATA": str(copy.root), "ANWEI_DATABASE": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BackupFailed((done.stderr or done.stdout).strip()[-500:])
    return _("数据库结构与本版本一致")


def _sampled(copy: DataFolder) -> str:
    """Read the newest samples of some tags out of the copied store, each once more from its history."""
    with closing(EmbeddedStore(copy.telemetry, background=False)) as store:
        newest = store.last(None)
        rows = list(zip(newest["tag"], newest["ts"], newest["value"], strict=True))[:SAMPLED_TAGS]
        for tag, ts, value in rows:
            found = store.history(int(tag), int(ts), int(ts) + 1)["value"]
            if len(found) != 1 or found[0] != value:
                raise BackupFailed(_("监测数据的副本读不出测点 {tag} 的最新采样").format(tag=tag))
    return _("读出 {tags} 个测点的采样").format(tags=len(rows))
