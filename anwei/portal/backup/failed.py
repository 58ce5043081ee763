"""What a backup and a restoration raise."""

from __future__ import annotations


class BackupFailed(RuntimeError):
    """The copy does not hold what it must; the message says what is wrong."""
