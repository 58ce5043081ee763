"""New files, whole and durable or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def unique_name(level: int, number: int) -> str:
    """Return a file name never used before: no file is ever changed or replaced."""
    return f"{level}-{number}-{secrets.token_hex(4)}.parquet"


def sync(path: Path) -> None:
    """Make the content of a finished file durable, or of a folder the names of new files in it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Create a folder durably."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        sync(path.parent)


class NewFiles:
    """Paths being written by one flush or merge; removed again when it fails."""

    def __init__(self) -> None:
        self.paths: list[Path] = []

    def add(self, path: Path) -> Path:
        """Announce a path before it is written."""
        self.paths.append(path)
        return path

    def sync(self) -> None:
        """Make every file and its name durable."""
        for path in self.paths:
            sync(path)
        for folder in {path.parent for path in self.paths}:
            sync(folder)


@contextlib.contextmanager
def new_files() -> Iterator[NewFiles]:
    """Give a NewFiles whose files vanish if the block raises: a full disk must not stay full of halves."""
    files = NewFiles()
    try:
        yield files
    except BaseException:
        for path in files.paths:
            path.unlink(missing_ok=True)
        raise
