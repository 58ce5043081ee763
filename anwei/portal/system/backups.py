"""Which backups there are and how old the last proof of one is; opens no store, so pages may ask."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from anwei.datafolder import DataFolder
from anwei.portal.system import results

CONTENTS = "backup.json"  # the list of contents, written last: without it a folder is no backup
DRILL = "drill"  # name of the drill among the kept results
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


def new_backup_path(folder: DataFolder, now: datetime) -> Path:
    """Return where a backup made now goes."""
    return backups_folder(folder) / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


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
