"""What long checks found last; kept in the data folder, lest a restored database bring an old result back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from anwei.datafolder import DataFolder

GIVEN_UP = 6 * 3600  # s after which a run that never ended no longer counts as running


def keep(folder: DataFolder, name: str, result: dict[str, Any]) -> None:
    """Keep the newest result of a check, whole or not at all."""
    folder.write_private(
        folder.folder("checks") / f"{name}.json", json.dumps(result, ensure_ascii=False).encode()
    )


def last(folder: DataFolder, name: str) -> dict[str, Any] | None:
    """Return what a check found last, with its moment `at` as datetime; None when it never ended."""
    try:
        found: dict[str, Any] = json.loads((folder.folder("checks") / f"{name}.json").read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    found["at"] = datetime.fromisoformat(found["at"])
    return found


@contextmanager
def running(folder: DataFolder, name: str, now: datetime) -> Iterator[None]:
    """Say while the block runs that the check is under way."""
    keep(folder, f"{name}-running", {"at": now.isoformat()})
    try:
        yield
    finally:
        (folder.folder("checks") / f"{name}-running.json").unlink(missing_ok=True)


def running_since(folder: DataFolder, name: str, now: datetime) -> datetime | None:
    """Return when a check that is under way began, None when none is."""
    found = last(folder, f"{name}-running")
    if found is None or (now - found["at"]).total_seconds() > GIVEN_UP:
        return None
    at: datetime = found["at"]
    return at
