"""Plants that send until every message is acknowledged, and remember what was."""

from __future__ import annotations

import csv
import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.load import Publisher
from tests.support.family import Family, wait_for

DEVICES, TAGS_EACH, MESSAGES_A_SECOND = 4, 50, 10  # 2,000 samples a second
STEP_MS = 1000 // MESSAGES_A_SECOND
LIMITS = {"高高限": 90.0, "高限": 80.0, "低限": 20.0, "低低限": 10.0}
DEADBAND, ON_DELAY_S = 2.0, 0.5
HEADER = [
    "企业名称",
    "统一社会信用代码",
    "行业",
    "属地代码",
    "设备编码",
    "测点编码",
    "小数位",
    "周期",
    "回差",
    "报警延时",
]
ENTERPRISE = ["证明厂", "91000000MA0000000X", "危险化学品", "990101"]


def tag_codes() -> list[str]:
    return [f"T{index:02d}" for index in range(TAGS_EACH)]


def values_of(device: str, number: int) -> list[float]:
    """A slow wave with spikes of one sample and chatter at the limit, different for every tag."""
    index = np.arange(TAGS_EACH)
    noise = np.random.default_rng((int(device[1:]), number)).normal(0, 1.5, TAGS_EACH)
    wave = 50 + 36 * np.sin(number / (20 + index) + index) + noise
    spike = ((number * 31 + index * 17) % 97) == 0
    return [float(value) for value in np.round(np.where(spike, 95.0, wave), 2)]


@dataclass(eq=False)
class Sender(threading.Thread):
    """One device: sends message after message, each again until it is acknowledged."""

    port: int
    device: str
    key: str
    start_ms: int
    acknowledged: int = 0
    tried: int = 0
    stopping: bool = False

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._publisher: Publisher | None = None

    def run(self) -> None:
        while not self.stopping:
            due = (self.start_ms + self.tried * STEP_MS) / 1000
            time.sleep(max(0.0, due - time.time()))
            self.tried += 1
            payload = json.dumps(self.message(self.tried - 1)).encode()
            while not self._delivered(payload):
                if self.stopping:
                    return
                time.sleep(0.1)
            self.acknowledged += 1

    def _delivered(self, payload: bytes) -> bool:
        try:
            if self._publisher is None:
                self._publisher = Publisher(self.port, self.device, self.key)
            publisher = self._publisher
            before = publisher.acknowledged
            publisher.put(payload)
            end = time.monotonic() + 3
            while publisher.acknowledged == before and time.monotonic() < end:
                publisher.write()
                publisher.read()
                time.sleep(0.001)
            if publisher.acknowledged > before:
                return True
        except OSError:
            pass
        if self._publisher is not None:
            self._publisher.socket.close()
            self._publisher = None
        return False

    def message(self, number: int) -> dict[str, object]:
        """Return message `number`: a pure function, so that the oracle knows it."""
        at = self.start_ms + number * STEP_MS
        return {"ts": at, "tags": tag_codes(), "values": values_of(self.device, number)}


def provision(family: Family, folder: Path) -> dict[str, str]:
    """Register the devices before the family starts; return their keys."""
    table, keys = folder / "tags.csv", folder / "keys.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*HEADER, *LIMITS])
        for device in range(DEVICES):
            for index, code in enumerate(tag_codes()):
                delay = ON_DELAY_S if index % 10 == 9 else 0
                row = [*ENTERPRISE, f"d{device}", code, 2, STEP_MS / 1000, DEADBAND, delay]
                writer.writerow([*row, *LIMITS.values()])
    migration = [] if family.folder.database.exists() else [("migrate", "--no-input")]
    for words in (*migration, ("provision", str(table), "--keys", str(keys))):
        done = family.command(*words)
        assert done.returncode == 0, done.stdout + done.stderr
    with keys.open(encoding="utf-8-sig", newline="") as file:
        return {row[0]: row[1] for row in list(csv.reader(file))[1:]}


def start_senders(port: int, keys: dict[str, str]) -> list[Sender]:
    """Start one sender a device as soon as the gate knows them."""
    wait_for(lambda: _admits(port, keys), seconds=30, what="the gate knows the devices")
    start = int(time.time() * 1000)
    senders = [Sender(port, device, key, start) for device, key in sorted(keys.items())]
    for sender in senders:
        sender.start()
    return senders


def finish(senders: list[Sender], *, patience_s: float = 60.0) -> None:
    """Let every sender end after the message it is at is acknowledged."""
    goal = {sender: sender.tried for sender in senders}
    wait_for(
        lambda: all(sender.acknowledged >= goal[sender] for sender in senders),
        seconds=patience_s,
        what="every message is acknowledged",
    )
    for sender in senders:
        sender.stopping = True
    for sender in senders:
        sender.join(10)


def _admits(port: int, codes: dict[str, str]) -> bool:
    try:
        for device, key in codes.items():
            Publisher(port, device, key).socket.close()
    except OSError:
        return False
    return True
