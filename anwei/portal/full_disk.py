"""Whether something failed because the disk is full."""

from __future__ import annotations

import errno

from django.db import OperationalError

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.disk import Disk

LAST = 1 << 20  # bytes free below which a failed write of the database is put down to the disk


def is_full(error: BaseException | None, folder: DataFolder) -> bool:
    """Whether a failed write says that the disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return True
        if isinstance(error, OperationalError):  # SQLite calls it an I/O error where its index cannot grow
            told = any(words in str(error) for words in ("is full", "No space left"))
            return told or Disk.of(folder.root).free < LAST
        error = error.__cause__ or error.__context__
    return False
