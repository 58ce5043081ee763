"""A real nats-server for tests, on free ports in a data folder of its own.

with Broker(tmp_path) as broker:              # no device is admitted: there is no gate
    nc = await connect(broker.folder, name="test")
with Broker(tmp_path, gate=True) as broker:   # devices are admitted from the register snapshot
    ...
    broker.kill(); broker.start()             # same ports, same log
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from anwei.datafolder import DataFolder
from anwei.monitoring.stream import broker as configuration

REPOSITORY = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Run in a child before exec: it must not outlive a killed test run."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def any_free_port() -> int:
    """Return a port nobody listens on now (the kernel's choice)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int, *, seconds: float = 20.0) -> None:
    """Return when something accepts connections on `port` of this machine."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


class Broker:
    """nats-server (and with `gate` the gate) below `path`; killed at the end of the `with` block."""

    def __init__(
        self, path: Path, *, gate: bool = False, certificate: tuple[Path, Path] | None = None
    ) -> None:
        """`certificate` (chain, key) makes MQTT speak TLS only."""
        self.folder = DataFolder(path / "data")
        self.client_port = any_free_port()
        self.mqtt_port = any_free_port()
        self._with_gate = gate
        self._certificate = certificate
        self.process: subprocess.Popen[bytes] | None = None
        self.gate: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Broker:
        self.start()
        if self._with_gate:
            try:
                self.start_gate()
            except BaseException:
                self.kill()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill_gate()
        self.kill()

    @property
    def environment(self) -> dict[str, str]:
        """Environment for processes that shall work on this broker's data folder."""
        kept = {key: value for key, value in os.environ.items() if key != "ANWEI_NATS_URL"}
        return {**kept, "ANWEI_DATA": str(self.folder.root), "ANWEI_ROUTINES": "0"}

    def start(self) -> None:
        """Start the broker and wait until both its ports answer."""
        endpoint = configuration.Endpoint(
            "127.0.0.1", self.client_port, self.mqtt_port, mqtt_tls=self._certificate is not None
        )
        command = configuration.command(self.folder, endpoint, certificate=self._certificate)
        self.process = subprocess.Popen(command, preexec_fn=die_with_parent)  # noqa: PLW1509
        wait_until_open(self.client_port)
        wait_until_open(self.mqtt_port)
        endpoint.publish(self.folder)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the broker at once; `start` brings it back with its log on the same ports."""
        self.process = _end(self.process, number)

    def start_gate(self) -> None:
        """Start `anwei gate` and wait until it admits devices."""
        ready = self.folder.folder("run") / "gate.beat"
        ready.unlink(missing_ok=True)
        self.gate = subprocess.Popen(
            [sys.executable, "-m", "anwei", "gate"],
            env=self.environment,
            cwd=REPOSITORY,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )
        deadline = time.monotonic() + 20
        while not ready.exists():
            if self.gate.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gate did not get ready (exit status {self.gate.poll()})")
            time.sleep(0.02)

    def kill_gate(self, number: int = signal.SIGKILL) -> None:
        """End the gate at once."""
        self.gate = _end(self.gate, number)


def _end(process: subprocess.Popen[bytes] | None, number: int) -> None:
    if process is not None:
        process.send_signal(number)
        process.wait(timeout=20)
