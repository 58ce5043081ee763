"""What the log says of requests: a refusal is one line, only a fault of the system has a traceback."""

from __future__ import annotations

import logging

FOREIGN_HOST = "django.security.DisallowedHost"  # logged as an error; whoever scans the network causes it


class OneLine(logging.Filter):
    """Take the traceback from answers that are no faults: all below an error, and a foreign host name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if record.levelno < logging.ERROR or record.name == FOREIGN_HOST:
            record.exc_info = None
        return True
