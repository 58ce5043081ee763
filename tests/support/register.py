"""A register of devices for tests, and its publication without Django."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.register import Devices, Register, publish_register


@dataclass
class TestDevices:
    """Devices by code; `publish` puts the present state where gate and stream find it."""

    __test__ = False
    folder: DataFolder
    keys: dict[str, str] = field(default_factory=dict)
    gateways: dict[str, str] = field(default_factory=dict)  # device -> its gateway
    revoked: set[str] = field(default_factory=set)
    version: int = 0

    def register(self) -> Register:
        codes = list(self.keys)
        rows = {code: row for row, code in enumerate(codes)}
        return Register(
            version=self.version,
            devices=Devices(
                code=codes,
                key=[hashlib.sha256(self.keys[code].encode()).hexdigest() for code in codes],
                gateway=[rows[self.gateways[code]] if code in self.gateways else -1 for code in codes],
                revoked=[code in self.revoked for code in codes],
                registered_at=[0] * len(codes),
            ),
        )

    def publish(self) -> None:
        self.version += 1
        asyncio.run(self._publish())

    async def _publish(self) -> None:
        nc = await connect(self.folder, name="test-register")
        await publish_register(nc, self.register())
        await nc.close()
