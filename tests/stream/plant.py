"""A plant for tests of the stream: devices with tags and rules, the process that follows them, a full store."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from dataclasses import dataclass, field

from anwei.monitoring.stream.register import Devices, Register, Rules, Tags
from anwei.monitoring.stream.samples import Batch
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreFull
from tests.oracle import Rule
from tests.support.broker import REPOSITORY, Broker, die_with_parent


@dataclass
class Plant:
    """Devices `d0`, `d1`, ... with `tags_each` tags `T0`, `T1`, ...; tag numbers count from 1."""

    devices: int
    tags_each: int
    rules: list[Rule] = field(default_factory=list)
    silence: bool = False  # one no_data rule a device, ids from 1,000,001
    period_ms: int = 1_000
    decimals: int = 2
    low: float | None = None
    high: float | None = None
    gateways: dict[int, int] = field(default_factory=dict)  # device -> its gateway
    revoked: set[int] = field(default_factory=set)
    registered_at: int = 0  # ms
    version: int = 1

    def key(self, device: int) -> str:
        return f"key-of-{device}"

    def number(self, device: int, tag: int) -> int:
        return device * self.tags_each + tag + 1

    @property
    def n_tags(self) -> int:
        return self.devices * self.tags_each

    def register(self) -> Register:
        n, of_device = self.n_tags, range(self.devices) if self.silence else range(0)
        rules = self.rules
        return Register(
            version=self.version,
            devices=Devices(
                code=[f"d{device}" for device in range(self.devices)],
                key=[hashlib.sha256(self.key(device).encode()).hexdigest() for device in range(self.devices)],
                gateway=[self.gateways.get(device, -1) for device in range(self.devices)],
                revoked=[device in self.revoked for device in range(self.devices)],
                registered_at=[self.registered_at] * self.devices,
            ),
            tags=Tags(
                number=list(range(1, n + 1)),
                device=[index // self.tags_each for index in range(n)],
                code=[f"T{index % self.tags_each}" for index in range(n)],
                decimals=[self.decimals] * n,
                period_ms=[self.period_ms] * n,
                low=[self.low] * n,
                high=[self.high] * n,
            ),
            rules=Rules(
                id=[rule.id for rule in rules] + [1_000_001 + device for device in of_device],
                tag=[rule.tag for rule in rules] + [0 for _ in of_device],
                device=[-1] * len(rules) + list(of_device),
                kind=[rule.kind for rule in rules] + ["no_data" for _ in of_device],
                limit=[rule.limit for rule in rules] + [None for _ in of_device],
                deadband=[rule.deadband for rule in rules] + [0.0 for _ in of_device],
                on_delay_ms=[rule.on_delay_ms for rule in rules] + [0 for _ in of_device],
                off_delay_ms=[rule.off_delay_ms for rule in rules] + [0 for _ in of_device],
            ),
        )


class StreamProcess:
    """`anwei stream` on a test broker's data folder."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "anwei", "stream"],
            env=self._broker.environment,
            cwd=REPOSITORY,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(timeout=20)

    def stop(self) -> None:
        """End it in good order, as the supervisor does."""
        assert self.process
        self.process.terminate()
        assert self.process.wait(timeout=20) == 0

    def __enter__(self) -> StreamProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.kill()


class FullStore(EmbeddedStore):
    """Refuses samples while `full`, as the real one does when the disk has too little room."""

    full = True

    def append(self, batch: Batch) -> list[int]:
        if self.full and len(batch.samples):
            raise StoreFull("full")
        return super().append(batch)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
