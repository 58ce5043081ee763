"""Which backups there are and how old the last proof of one is; opens no store, so pages may ask."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from anwei.datafolder import DataFolder
from anwei.portal.system import results

CONTENTS = "backup.json"  # the list of contents, written last: without it a folder is no backup
DRILL = "drill"  # name of the drill among the kept results
NIGHTLY = "-night"  # how the names of nightly backups end
OLDEST = timedelta(days=7)  # a drill older than this proves nothing any more


class Backup(msgspec.Struct, frozen=True):
    """One backup below the folder of backups, as its list of contents describes it."""

    path: Path
    made_at: datetime
    version: str
    n_rows: int
    n_samples: int
    n_files: int


def backups_folder(folder: DataFolder) -> Path:
    """Return where backups lie: ANWEI_BACKUPS (best another disk), else `backups` in the data folder."""
    chosen = os.environ.get("ANWEI_BACKUPS")
    return Path(chosen).resolve() if chosen else folder.folder("backups")


def backups(folder: DataFolder) -> list[Backup]:
    """Return all backups, newest first; a folder without a list of contents is none."""
    found = []
    for contents in backups_folder(folder).glob(f"*/{CONTENTS}"):
        try:
            noted = msgspec.json.decode(contents.read_bytes())
            found.append(_backup(contents.parent, noted))
        except (OSError, msgspec.DecodeError, KeyError, ValueError):
            continue  # no backup of ours
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def new_backup_path(folder: DataFolder, now: datetime, *, nightly: bool = False) -> Path:
    """Return where a backup made now goes; one of the night's is named so, and may be removed in time."""
    return backups_folder(folder) / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{NIGHTLY if nightly else ''}"


def remove_old_nights(folder: DataFolder, *, kept: int) -> None:
    """Remove the nightly backups but the newest `kept`; those that somebody asked for stay."""
    nights = [backup.path for backup in backups(folder) if backup.path.name.endswith(NIGHTLY)]
    for path in nights[kept:]:
        (path / CONTENTS).unlink()  # no backup any more from here on, even when removing is cut short
        shutil.rmtree(path)


@contextmanager
def only_one(folder: DataFolder) -> Iterator[bool]:
    """Yield whether no other process backs up or holds a drill; the lock ends with the process."""
    with (folder.folder("run") / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_due(folder: DataFolder, now: datetime) -> bool:
    """Say whether no drill has succeeded in the last seven days."""
    found = results.last(folder, DRILL)
    return found is None or not found["ok"] or now - found["at"] > OLDEST


def _backup(path: Path, noted: dict[str, Any]) -> Backup:
    return Backup(
        path,
        datetime.fromisoformat(noted["made_at"]),
        noted["version"],
        sum(noted["tables"].values()),
        noted["telemetry"]["rows"],
        len(noted["files"]),
    )
