"""The hourly heads, written down once more in a file outside the database.

Whoever cuts the newest heads off the table, with everything they sealed, is betrayed by this file; whoever
can also write the file, by the head printed on paper.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from anwei.ledgers.models import GlobalHead


def write(head: GlobalHead) -> None:
    """Append a head to the file, durably."""
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{head.number} {head.at.isoformat()} {head.n_rows} {head.digest}\n")
        file.flush()
        os.fsync(file.fileno())


def anchored() -> dict[int, str]:
    """Return the digests of the heads that the file holds, by number; a line cut by a crash is left out."""
    if not _file().exists():
        return {}
    lines = [line.split() for line in _file().read_text("utf-8").splitlines()]
    return {int(fields[0]): fields[3] for fields in lines if len(fields) == 4}


def _file() -> Path:
    folder: Path = settings.DATA.folder("anchor")
    return folder / "heads.txt"
