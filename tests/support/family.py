"""`anwei run` for tests: the whole family of real processes on free ports and a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from anwei.datafolder import DataFolder
from tests.support.broker import REPOSITORY, die_with_parent

INHERITED = ("ANWEI_NATS_URL", "ANWEI_BIND", "ANWEI_DEMO", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")


def wait_for(condition: Callable[[], Any], *, seconds: float = 30.0, what: str = "") -> float:
    """Return after how many seconds the condition held; fail when it did not in time."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"not within {seconds} s: {what or condition}"
        time.sleep(0.1)
    return time.monotonic() - started


class Family:
    """A running `anwei run`; `stop` ends it like Ctrl-C."""

    python = sys.executable
    place = REPOSITORY

    def __init__(self, path: Path, *options: str, **environment: str) -> None:
        self.folder = DataFolder(path)
        kept = {key: value for key, value in os.environ.items() if key not in INHERITED}
        self.environment = {**kept, "ANWEI_DATA": str(path), "ANWEI_ROUTINES": "0", **environment}
        self.options = options or ("--port", "0", "--mqtt-port", "0")
        self.output = path.parent / "console.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self._seen = 0  # characters printed by earlier starts

    def __enter__(self) -> Family:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.stop()

    def start(self) -> None:
        """Start and wait until the web process listens."""
        self._seen = len(self.text) if self.output.exists() else 0
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [self.python, "-m", "anwei", "run", *self.options],
                env=self.environment,
                cwd=self.place,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,  # noqa: PLW1509
            )
        wait_for(self._is_ready, seconds=180, what="anwei run is ready")

    def _is_ready(self) -> bool:
        assert self.process and self.process.poll() is None, f"anwei run ended:\n{self.text[-3000:]}"
        return "已就绪" in self.text[self._seen :]

    def is_healthy(self) -> bool:
        """Whether /healthz says that every store and every process works."""
        return self.get("/healthz")[0] == 200

    def wait_until_healthy(self, *, seconds: float = 60.0) -> None:
        """Wait for /healthz; fail with what it says and the end of the log."""
        try:
            wait_for(self.is_healthy, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"{self.get('/healthz')}\n{self.text[-3000:]}") from None

    def stop(self) -> float:
        """Send what Ctrl-C sends; return how many seconds the end took."""
        assert self.process
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - started

    @property
    def text(self) -> str:
        """What was printed so far."""
        return self.output.read_text()

    def pid(self, name: str) -> int | None:
        """Process id of a member; None while it is down."""
        member = self.folder.running().get("processes", {}).get(name, {})
        pid = member.get("pid")
        return int(pid) if pid else None

    def processes(self) -> list[psutil.Process]:
        """Every process below the supervisor."""
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another `anwei` command on the same data folder."""
        return subprocess.run(
            [self.python, "-m", "anwei", *words],
            env=self.environment,
            cwd=self.place,
            capture_output=True,
            text=True,
            check=False,
        )

    def status(self) -> dict[str, Any]:
        """What `anwei status --json` says."""
        found: dict[str, Any] = json.loads(self.command("status", "--json").stdout)
        return found

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of a page; status 0 when nobody listens."""
        try:
            with urllib.request.urlopen(self.folder.running()["web"] + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError):
            return 0, ""
