"""`anwei worker`: the background process."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from anwei.ledgers.append_only import require
from anwei.monitoring.worker import Worker


class Command(BaseCommand):
    """Run the worker until it is stopped."""

    help = "发布登记快照，把报警写入业务库并发出预警，检查时限；直到停止。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until Ctrl-C, on a database whose sealed rows are protected."""
        require(connection)
        with suppress(KeyboardInterrupt):
            uvloop.run(Worker(settings.DATA).run())
