"""`anwei tasks`: does what waits in the background, then ends. The worker starts it when something waits."""

from __future__ import annotations

import fcntl
import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from anwei.ledgers.append_only import require

MAX_STARTS = 3  # a task that ends its process each time is given up


class Command(BaseCommand):
    """Do the waiting tasks, one process at a time."""

    help = "执行排队的后台任务（导入等），做完即退出。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lock, take up what a killed process left, work until nothing waits."""
        require(connection)
        with (settings.DATA.folder("run") / "tasks.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            os.nice(5)  # alarms come first
            take_up_again()
            call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False)


def take_up_again() -> None:
    """Let tasks run again that a process left unfinished; only who holds the lock may call this."""
    for left in DBTaskResult.objects.running():
        if len(left.worker_ids) < MAX_STARTS:
            left.status, left.started_at = TaskResultStatus.READY, None
            left.save(update_fields=["status", "started_at"])
        else:
            left.set_failed(RuntimeError("its process ended each time"))
