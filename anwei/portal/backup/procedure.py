"""`anwei backup DIR` and `anwei restore DIR`: a copy of all an installation owns, proved by restoring it.

The business database comes first and the telemetry store second: read again from the store, alarms that are
in the database already change nothing, whereas the other way round some would be missing. The broker's log is
not copied; a restored installation starts a new one, and the store's marks tell it from the old.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import anwei
from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.portal.backup.contents import (
    compare_files,
    contents_of,
    digests,
    require_same,
    summary,
    write_durably,
)
from anwei.portal.backup.copies import copy_business, copy_telemetry, copy_tree
from anwei.portal.backup.failed import BackupFailed
from anwei.portal.backup.figures import figures
from anwei.portal.system.backups import CONTENTS, only_one

FOLDERS = ("keys", "evidence", "papers", "demo", "register")  # as they are; the databases by their owners
Say = Callable[[str], None]


def back_up(folder: DataFolder, target: Path, *, now: datetime, say: Say) -> None:
    """Copy the installation into the new folder `target`, then restore it beside and compare.

    Works while the installation runs. Raises BackupFailed, also while another backup or drill is under way;
    a copy that could not be proved is removed.
    """
    with only_one(folder) as alone:
        if not alone:
            raise BackupFailed(_("另一个备份或恢复演练正在进行"))
        _back_up(folder, target, now=now, say=say)


def _back_up(folder: DataFolder, target: Path, *, now: datetime, say: Say) -> None:
    _require_empty(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    drill = target.with_name(f".{target.name}.drill")
    try:
        say(_("复制业务数据库……"))
        copy_business(folder, target / "business")
        say(_("复制监测数据……"))
        copy_telemetry(folder, target / "telemetry")
        say(_("复制密钥和佐证材料……"))
        for name in FOLDERS:
            if (folder.root / name).exists():
                shutil.copytree(folder.root / name, target / name)
        say(_("试恢复并核对……"))
        copy_tree(target, drill)
        contents = {"version": anwei.__version__, "made_at": now.isoformat(), **figures(drill, drill=True)}
        contents["files"] = dict(digests(target))
        write_durably(target / CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1).encode())
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(drill, ignore_errors=True)
    say(_("备份完成：{summary}").format(summary=summary(contents)))


def restore(source: Path, folder: DataFolder, *, say: Say, drill: bool = False) -> None:
    """Copy a backup into the empty data folder and compare every count and digest with what was noted.

    A dump of PostgreSQL goes into the empty database of ANWEI_DATABASE, in a `drill` into one made for it.
    Raises BackupFailed; what was restored into the folder and does not agree is removed again.
    """
    contents = contents_of(source)
    _require_empty(folder.root)
    say(_("核对文件……"))
    compare_files(contents["files"], dict(digests(source)))
    try:
        say(_("复制……"))
        copy_tree(source, folder.root)
        say(_("核对数据库、监测数据和哈希链……"))
        for name, found in figures(folder.root, drill=drill).items():
            require_same(name, contents[name], found)
    except BaseException:
        for entry in folder.root.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise
    say(_("恢复完成，与备份一致：{summary}").format(summary=summary(contents)))


def _require_empty(path: Path) -> None:
    if path.exists() and any(path.iterdir()):
        raise BackupFailed(_("目录 {path} 不是空的").format(path=path))
