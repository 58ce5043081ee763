"""The list of contents of a backup: written last, read first, compared file by file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anwei.language import gettext as _
from anwei.portal.backup.failed import BackupFailed
from anwei.portal.system.backups import CONTENTS

NOTED = ("files", "tables", "telemetry", "chain")  # what it says, besides whence and when
N_NAMED = 5  # damaged files that are named; the rest is counted


def contents_of(source: Path) -> dict[str, Any]:
    """Return what was noted of a backup; raises BackupFailed where that is missing or damaged."""
    path = source / CONTENTS
    try:
        contents = json.loads(path.read_text())
    except OSError as error:
        raise BackupFailed(_("{folder} 不是备份目录：{error}").format(folder=source, error=error)) from error
    except ValueError as error:  # no JSON, or no UTF-8
        raise BackupFailed(_("备份清单损坏：{path}").format(path=path)) from error
    if not isinstance(contents, dict) or not {*NOTED} <= contents.keys():
        raise BackupFailed(_("备份清单损坏：{path}").format(path=path))
    return contents


def digests(root: Path) -> Iterator[tuple[str, str]]:
    """Yield relative path and SHA-256 of every file of a backup."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != CONTENTS:
            with path.open("rb") as file:
                yield str(path.relative_to(root)), hashlib.file_digest(file, "sha256").hexdigest()


def require_same(name: str, noted: object, found: object) -> None:
    """Raise BackupFailed where something is found other than it was noted."""
    if noted != found:
        raise BackupFailed(_("{name} 与备份时记录的不一致").format(name=name))


def compare_files(noted: dict[str, str], found: dict[str, str]) -> None:
    """Raise BackupFailed, naming the files that are missing, changed or were not there before."""
    damaged = [
        _("{path}（缺少）").format(path=path)
        if path not in found
        else (_("{path}（多出）") if path not in noted else _("{path}（内容已变）")).format(path=path)
        for path in sorted(noted.keys() | found.keys())
        if noted.get(path) != found.get(path)
    ]
    if damaged:
        sentence = _("{n} 个文件与备份时记录的不一致：{files}").format(
            n=len(damaged), files=_("、").join(damaged[:N_NAMED])
        )
        raise BackupFailed(sentence + ("……" if len(damaged) > N_NAMED else ""))


def summary(contents: dict[str, Any]) -> str:
    """Return how much a backup holds, in words."""
    return _("{tables} 张表 {rows} 行，采样 {samples} 条，文件 {files} 个").format(
        tables=len(contents["tables"]),
        rows=sum(contents["tables"].values()),
        samples=contents["telemetry"]["rows"],
        files=len(contents["files"]),
    )


def write_durably(path: Path, content: bytes) -> None:
    """Write the list of contents, last and after all else is on disk: without it, the folder is no backup."""
    os.sync()
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
