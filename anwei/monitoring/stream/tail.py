"""Reads a growing log file line by line, across its rotation and across restarts of the reader."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1024 * 1024  # bytes read at once


@dataclass(frozen=True)
class Position:
    """A place in a log: the file's inode, which survives its renaming, and the byte offset."""

    inode: int
    offset: int

    @classmethod
    def load(cls, path: Path) -> Position | None:
        """Return the position saved in `path`, or None."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def text(self) -> str:
        """Return the position as it is saved."""
        return json.dumps(asdict(self))


class Tail:
    """The lines of `path` and of its rotated predecessors `path.*` from a position on."""

    def __init__(self, path: Path, position: Position | None) -> None:
        """Start at `position`, or at the beginning of the present file when it is None or gone."""
        self._path = path
        self._file: BinaryIO | None = None
        self._inode = 0
        if position:
            found = [part for part in self._parts() if part.stat().st_ino == position.inode]
            if found and found[0].stat().st_size >= position.offset:
                self._open(found[0], position.offset)

    @property
    def position(self) -> Position | None:
        """Where the next line begins; None before there is a file."""
        return Position(self._inode, self._file.tell()) if self._file else None

    def read(self) -> list[str]:
        """Return the complete lines written since the last call (at most about 1 MiB of them)."""
        if self._file is None:
            if not self._path.exists():
                return []
            self._open(self._path, 0)
        lines = self._complete_lines()
        if not lines and (following := self._following()):
            self._open(following, 0)
            lines = self._complete_lines()
        return lines

    def _complete_lines(self) -> list[str]:
        assert self._file is not None  # noqa: S101  (opened by read)
        start = self._file.tell()
        data = self._file.read(CHUNK)
        end = data.rfind(b"\n") + 1
        self._file.seek(start + end)
        return data[:end].decode(errors="replace").splitlines()

    def _open(self, path: Path, offset: int) -> None:
        if self._file:
            self._file.close()
        self._file = path.open("rb")
        self._file.seek(offset)
        self._inode = path.stat().st_ino

    def _parts(self) -> list[Path]:
        """Return the rotated files, oldest first, then the present one."""
        rotated = sorted(
            self._path.parent.glob(self._path.name + ".*"), key=lambda part: part.stat().st_mtime
        )
        return [*rotated, self._path] if self._path.exists() else rotated

    def _following(self) -> Path | None:
        """Return the file that continues the one being read, or None when that is the present one."""
        parts = self._parts()
        inodes = [part.stat().st_ino for part in parts]
        if self._inode not in inodes:
            return parts[0] if parts else None
        after = inodes.index(self._inode) + 1
        return parts[after] if after < len(parts) else None
