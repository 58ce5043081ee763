"""A backup of what an installation owns, copied while it runs and proved by restoring it; its restoration."""

from __future__ import annotations

from anwei.portal.backup.failed import BackupFailed
from anwei.portal.backup.procedure import Say, back_up, restore

__all__ = ["BackupFailed", "Say", "back_up", "restore"]
