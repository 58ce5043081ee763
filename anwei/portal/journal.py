"""One readable log of all processes: each line with its time and its process, on screen and in var/log."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

SIZE = 16 * 1024 * 1024  # bytes a file
FILES = 5
WIDTH = 8  # of the longest process name


class Journal:
    """Takes lines of every process of the family."""

    def __init__(self, path: Path) -> None:
        screen = logging.StreamHandler(sys.stdout)
        screen.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        file = RotatingFileHandler(path, maxBytes=SIZE, backupCount=FILES, encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
        self._log = logging.Logger("journal", logging.INFO)
        self._log.addHandler(screen)
        self._log.addHandler(file)

    def write(self, process: str, line: str) -> None:
        """Write one line of `process`."""
        self._log.info("%s | %s", process.ljust(WIDTH), line)
