"""A copy of the whole store as it is at one moment, made by its owner while samples keep coming in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from anwei.monitoring.stream.store.archive import Archive
from anwei.monitoring.stream.store.files import make_folder, sync
from anwei.monitoring.stream.store.maintenance import Maintenance


def copy_store(maintenance: Maintenance, archive: Archive, target: Path) -> None:
    """Write the store to the new folder `target`, durably; sample files are linked, the rest is copied.

    `target` must lie on the file system of the store. Flushes and merges wait meanwhile, appends hardly: what
    is appended later is simply not in the copy, because replay stops at the first record that is not whole.
    """
    with maintenance.at_rest():
        target.mkdir(parents=True)
        maintenance.manifest.copy(target / "manifest.duckdb")
        head = maintenance.manifest.head()
        paths = [archive.snapshot_path(name) for name in (head.latest, head.alarm_state) if name]
        for part in maintenance.manifest.parts():
            paths += [archive.rollup_path(part)] + ([archive.samples_path(part)] if part.has_samples else [])
        for path in paths:
            linked = target / path.relative_to(archive.root)
            make_folder(linked.parent.parent)
            make_folder(linked.parent)
            os.link(path, linked)
        (target / "log").mkdir()
        with maintenance.append_lock:
            segments = [(path, path.stat().st_size) for path in (archive.root / "log").glob("*.log")]
        for path, size in segments:
            _copy_start(path, target / "log" / path.name, size)
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir())]:
        sync(folder)


def _copy_start(source: Path, target: Path, size: int) -> None:
    """Copy the first `size` bytes of a file that may be growing."""
    shutil.copyfile(source, target)
    os.truncate(target, size)
    sync(target)
