"""What the log says of requests: a refusal is one line, only a fault of the system has a traceback."""

from __future__ import annotations

import logging


class OneLine(logging.Filter):
    """Take the traceback from everything below an error: 403 and 404 are answers, not faults."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if record.levelno < logging.ERROR:
            record.exc_info = None
        return True
