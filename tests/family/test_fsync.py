"""Every PUBACK is preceded by an fsync (reliability.md R8), shown by strace on the real broker."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.register import Devices, Register, publish_register
from bench.load import Fleet
from tests.support.broker import Broker

MESSAGES = 200
PUBACK = re.compile(r'(write|writev|sendto)\(\d+, .{0,20}"@\\2')
SYNC_DONE = re.compile(r"(fsync|fdatasync)(\(\d+\)| resumed>\)).*= 0")


@pytest.fixture
def strace() -> str:
    """Path of strace, or a skip that says why."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed")
    tried = subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace may not trace here: {tried.stderr.strip()}")
    return found


def test_no_acknowledgement_without_fsync(tmp_path: Path, strace: str) -> None:
    key = "k" * 32
    with Broker(tmp_path, gate=True) as broker:
        asyncio.run(_register(broker, key))
        fleet = _admitted(broker.mqtt_port, {"D1": key})
        trace = tmp_path / "trace"
        assert broker.process is not None
        watcher = subprocess.Popen(
            [
                strace,
                "-f",
                "-e",
                "trace=write,writev,sendto,fsync,fdatasync",
                "-s",
                "8",
                "-o",
                trace,
                "-p",
                str(broker.process.pid),
            ]
        )
        _until(trace.exists)
        time.sleep(0.5)
        fleet.push((("D1", b'{"T1": 1}') for _ in range(MESSAGES)), window=1)
        fleet.close()
        watcher.terminate()
        watcher.wait(10)
    acknowledged = synced = 0
    for line in trace.read_text(errors="replace").splitlines():
        if SYNC_DONE.search(line):
            synced += 1
        elif PUBACK.search(line):
            acknowledged += 1
            assert synced >= 1, f"acknowledgement {acknowledged} was sent without an fsync before it"
            synced = 0
    assert acknowledged == MESSAGES


async def _register(broker: Broker, key: str) -> None:
    nc = await connect(broker.folder, name="test")
    devices = Devices(["D1"], [hashlib.sha256(key.encode()).hexdigest()], [-1], [False], [0])
    await publish_register(nc, Register(1, devices))
    await nc.close()


def _admitted(port: int, keys: dict[str, str]) -> Fleet:
    """Connect once the gate has read the register."""
    end = time.monotonic() + 15
    while True:
        try:
            return Fleet(port, keys)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _until(ready: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)
