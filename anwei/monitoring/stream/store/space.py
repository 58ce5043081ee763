"""The free-space guard: telemetry is refused before the disk is full, so that alarms still fit."""

from __future__ import annotations

from pathlib import Path

from anwei.language import gettext as _
from anwei.monitoring.stream.disk import Disk
from anwei.monitoring.stream.store.errors import StoreFull


class SpaceGuard:
    """Telemetry stops when less than the reserve of the disk is free; that is the alarms'."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def free(self) -> int:
        """Return the bytes this process may still write."""
        return Disk.of(self._folder).free

    def reserve(self) -> int:
        """Return the bytes kept free of telemetry."""
        return Disk.of(self._folder).reserve

    def require(self, n_bytes: int) -> None:
        """Raise StoreFull unless `n_bytes` more of telemetry leave the reserve whole."""
        disk = Disk.of(self._folder)
        if disk.free - n_bytes < disk.reserve:
            raise StoreFull(
                _(
                    "磁盘剩余空间不足：{folder} 仅剩 {free} MiB，低于保留的 {reserve} MiB；"
                    "暂停接收监测数据，报警不受影响，腾出空间后自动恢复。"
                ).format(folder=self._folder, free=disk.free >> 20, reserve=disk.reserve >> 20)
            )
