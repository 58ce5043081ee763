"""The files of the store: where they lie, opened once, decoded once, bounded in number."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.store.files import make_folder
from anwei.monitoring.stream.store.manifest import Head, Part
from anwei.monitoring.stream.store.rollup import Rollup, RollupFile
from anwei.monitoring.stream.store.sample_file import SampleFile

K = TypeVar("K")
T = TypeVar("T")
OPEN_FILES = 128  # of each kind
DECODED_ROLLUPS = 64  # row groups of 24,576 rows, 64 bytes a row


class Recent(Generic[K, T]):
    """Keeps the most recently used values; what falls out is closed when its last reader lets go."""

    def __init__(self, size: int, make: Callable[[K], T]) -> None:
        self._size = size
        self._make = make
        self._kept: OrderedDict[K, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> T:
        """Return the value of `key`, made on first use. Raises what making it raises."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = self._make(key)
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value

    def forget(self, key: K) -> None:
        """Let go of a value."""
        with self._lock:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Let go of all values."""
        with self._lock:
            self._kept.clear()


class Archive:
    """Folders `samples/day=N`, `hourly/day=N` and `snapshot` below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("samples", "hourly", "snapshot"):
            make_folder(root / name)
        self._files: Recent[Path, SampleFile] = Recent(OPEN_FILES, SampleFile)
        self._rollup_files: Recent[Path, RollupFile] = Recent(OPEN_FILES, RollupFile)
        self._rollups: Recent[tuple[Path, int], Rollup] = Recent(DECODED_ROLLUPS, self._read_rollup)

    def close(self) -> None:
        """Let go of the open files."""
        self._files.clear()
        self._rollup_files.clear()
        self._rollups.clear()

    def samples_path(self, part: Part) -> Path:
        """Return where the samples of a part lie."""
        return self.root / "samples" / part.folder / part.name

    def rollup_path(self, part: Part) -> Path:
        """Return where the rollup of a part lies."""
        return self.root / "hourly" / part.folder / part.name

    def snapshot_path(self, name: str) -> Path:
        """Return where a snapshot lies."""
        return self.root / "snapshot" / name

    def file(self, part: Part) -> SampleFile:
        """Return the open sample file of a part."""
        return self._files.get(self.samples_path(part))

    def rollups(self, part: Part, tags: NDArray[np.int32]) -> list[Rollup]:
        """Return the decoded pieces of a part's rollup that may hold any of the sorted `tags`."""
        path = self.rollup_path(part)
        return [self._rollups.get((path, group)) for group in self._rollup_files.get(path).groups(tags)]

    def _read_rollup(self, key: tuple[Path, int]) -> Rollup:
        path, group = key
        return self._rollup_files.get(path).read(group)

    def make_day(self, part: Part) -> None:
        """Create the folders of a part's day."""
        make_folder(self.samples_path(part).parent)
        make_folder(self.rollup_path(part).parent)

    def remove(self, parts: Sequence[Part], *, rollups: bool = True) -> int:
        """Delete the files of parts no longer named; return how many there were."""
        count = 0
        for part in parts:
            gone = [self.samples_path(part)] if part.has_samples else []
            gone += [self.rollup_path(part)] if rollups else []
            for path in gone:
                self._files.forget(path)
                self._rollup_files.forget(path)
                path.unlink(missing_ok=True)
                count += 1
        return count

    def remove_orphans(self, parts: Sequence[Part], head: Head) -> int:
        """Delete files the manifest does not name: what a crash left between writing and commit."""
        named = {self.samples_path(part) for part in parts if part.has_samples}
        named |= {self.rollup_path(part) for part in parts}
        named |= {self.snapshot_path(name) for name in (head.latest, head.alarm_state) if name}
        orphans = [path for path in self.root.glob("*/**/*.parquet") if path not in named]
        for path in orphans:
            path.unlink()
        return len(orphans)
