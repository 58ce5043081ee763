"""`anwei attend`: play the county's duty officer, so that imported history does not wait for a visitor."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.demo.duty import look_through

PAUSE_S = 5.0
STOP = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    """Knows the accounts of the demo and the services; the devices are played by `anwei simulate`."""

    help = _("扮演演示县的值班员：确认一天前已恢复的报警")
    requires_system_checks: list[str] = []  # has no pages

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGINT or SIGTERM."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        pause = PAUSE_S
        while signal.sigtimedwait(STOP, pause) is None:
            pause = 0.0 if look_through(now=timezone.now()) else PAUSE_S
