"""`anwei tasks`: does what waits in the background, then ends. The worker starts it when something waits."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from anwei.ledgers.append_only import require
from anwei.ledgers.background import only_one, take_up_again


class Command(BaseCommand):
    """Do the waiting tasks, one process at a time."""

    help = "执行排队的后台任务（导入等），做完即退出。"

    def run_from_argv(self, argv: list[str]) -> None:
        """Stand back, as a process of its own (a test that calls the command stays as quick as it was)."""
        os.nice(5)  # alarms come first
        super().run_from_argv(argv)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lock, take up what a killed process left, work until nothing waits."""
        require(connection)
        with only_one(settings.DATA) as alone:
            if alone:
                take_up_again()
                call_command(
                    "db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0
                )
