"""Which stations have sent their history, remembered in the data folder over restarts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from anwei.datafolder import DataFolder


@dataclass
class HistoryLedger:
    """The file `demo/history.json`: station code -> until when its history was sent (seconds since 1970)."""

    folder: DataFolder
    loaded: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.loaded = json.loads(self._path.read_text()) if self._path.exists() else {}

    @property
    def _path(self) -> Path:
        return self.folder.folder("demo") / "history.json"

    def record(self, station: str, until: float) -> None:
        """Remember that a station's history is in."""
        if station not in self.loaded:
            self.loaded[station] = until
            self.folder.write_private(self._path, json.dumps(self.loaded).encode())
