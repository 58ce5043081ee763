"""The free-space guard: telemetry is refused before the disk is full, so that alarms still fit."""

from __future__ import annotations

import os
from pathlib import Path

from anwei.language import gettext as _
from anwei.monitoring.stream.store.errors import StoreFull

_CEILING = 1 << 30


class SpaceGuard:
    """Telemetry stops when less than min(5 %, 1 GiB) of the disk is free; the rest is the alarms' reserve."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def free(self) -> int:
        """Return the bytes this process may still write."""
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize

    def reserve(self) -> int:
        """Return the bytes kept free of telemetry."""
        disk = os.statvfs(self._folder)
        return min(disk.f_blocks * disk.f_frsize // 20, _CEILING)

    def require(self, n_bytes: int) -> None:
        """Raise StoreFull unless `n_bytes` more of telemetry leave the reserve whole."""
        disk = os.statvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize
        reserve = min(disk.f_blocks * disk.f_frsize // 20, _CEILING)
        if free - n_bytes < reserve:
            raise StoreFull(
                _(
                    "磁盘剩余空间不足：{folder} 仅剩 {free} MiB，低于保留的 {reserve} MiB；"
                    "暂停接收监测数据，报警不受影响，腾出空间后自动恢复。"
                ).format(folder=self._folder, free=free >> 20, reserve=reserve >> 20)
            )
