"""What waits to be done in the background, and who does it: one process at a time, started by the worker."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from anwei.datafolder import DataFolder
from anwei.ledgers.models import SheetImport

MAX_STARTS = 3  # a task that ends its process each time is given up
SHEETS_KEPT = timedelta(days=30)  # what was handed in holds personal data; the rows and their log stay


def something_waits(folder: DataFolder) -> bool:
    """Say whether a task waits, or was left by a process that is gone."""
    unfinished = DBTaskResult.objects.ready() | DBTaskResult.objects.running()
    if not unfinished.exists():
        return False
    with only_one(folder) as alone:
        return alone


@contextmanager
def only_one(folder: DataFolder) -> Iterator[bool]:
    """Yield whether this process is the only one that does tasks; the lock ends with it, however it ends."""
    with (folder.folder("run") / "tasks.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def take_up_again() -> None:
    """Let tasks run again that a process left unfinished; only who holds the lock may call this."""
    for left in DBTaskResult.objects.running():
        if len(left.worker_ids) < MAX_STARTS:
            left.status, left.started_at = TaskResultStatus.READY, None
            left.save(update_fields=["status", "started_at"])
        else:
            left.set_failed(RuntimeError("its process ended each time"))


def forget_old_sheets(now: datetime) -> None:
    """Delete sheets that were handed in long ago."""
    SheetImport.objects.filter(created_at__lt=now - SHEETS_KEPT).delete()
