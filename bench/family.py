"""A whole running family of processes on a temporary data folder, with `n` tags registered."""

from __future__ import annotations

import csv
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.account import cpu_seconds
from bench.workload import DEADBAND, DELAY_PERIODS, LIMITS, is_delayed, tag_code

PERSON = "bench"


class Family:
    """`anwei run` without the demo; every process it starts is counted."""

    def __init__(self, n_tags: int, per_device: int) -> None:
        self.n_tags, self.per_device = n_tags, per_device
        self.root = Path(tempfile.mkdtemp(prefix="anwei-bench-"))
        self.environment = {
            **os.environ,
            "ANWEI_DATA": str(self.root),
            "ANWEI_DEMO": "0",
            "ANWEI_ROUTINES": "0",
        }
        self.log = (self.root / "family.log").open("wb")
        self.process: subprocess.Popen[bytes] | None = None
        self.keys: dict[str, str] = {}
        self.token = self.session = ""

    def anwei(self, *words: str, text: str | None = None) -> str:
        """Run one `anwei` command and return its output; raises with the output when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "anwei", *words],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"anwei {' '.join(words)}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout

    def start(self) -> None:
        """Migrate, register the tags, start all processes, wait until the register has arrived."""
        self.anwei("migrate", "--no-input")
        self._provision()
        self._officer()
        self.resume()

    def resume(self) -> None:
        """Start all processes on the folder as it is."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "anwei", "run", "--port", "0", "--mqtt-port", "0"],
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait(lambda: self.status()["register_version"] > 0, "the register")
        self._wait(self._is_quiet, "the end of what a first start does once")

    def _wait(self, ready: Any, what: str, timeout: float = 180) -> None:
        end = time.monotonic() + timeout
        while True:
            try:
                if ready():
                    return
            except (OSError, KeyError, TypeError, ValueError, RuntimeError, http.client.HTTPException):
                pass
            if self.process and self.process.poll() is not None:
                raise RuntimeError(f"anwei run ended:\n{self.log_tail()}")
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come in {timeout} s:\n{self.log_tail()}")
            time.sleep(0.25)

    def _is_quiet(self) -> bool:
        """Whether the family used less than a tenth of a processor for two seconds: routines are over."""
        before = sum(cpu_seconds(self.pid).values())
        time.sleep(2)
        return sum(cpu_seconds(self.pid).values()) - before < 0.2

    def log_tail(self) -> str:
        """Return the end of the family's log."""
        return Path(self.log.name).read_text(errors="replace")[-3000:]

    def _provision(self) -> None:
        """Register devices of `per_device` tags each, limits as the workload says (period 1 s)."""
        table, keys = self.root / "tags.csv", self.root / "keys.csv"
        with table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                "企业 统一社会信用代码 行业 属地 设备编码 设备名称 测点编码 测点名称 单位 小数位 周期 量程下限 量程上限 "
                "高高限 高限 低限 低低限 回差 报警延时".split()
            )
            for tag in range(self.n_tags):
                device = f"D{tag // self.per_device:05d}"
                delay = DELAY_PERIODS if is_delayed(tag) else 0
                writer.writerow(
                    ["基准厂", "91110000MA0000000X", "危险化学品", "990101", device, device]
                    + [tag_code(tag), tag_code(tag), "%", 2, 1, 0, 100]
                    + [LIMITS[kind] for kind in ("hh", "h", "l", "ll")]
                    + [DEADBAND, delay]
                )
        self.provision_seconds = -time.monotonic()
        self.anwei("provision", str(table), "--keys", str(keys))
        self.provision_seconds += time.monotonic()
        with keys.open(newline="", encoding="utf-8-sig") as file:
            self.keys = {row[0]: row[1] for row in list(csv.reader(file))[1:]}

    def _officer(self) -> None:
        """Make one person who may see everything, with a bearer token and an open session."""
        script = (
            "import datetime; from django.contrib.auth import *\n"
            "from django.contrib.sessions.backends.db import SessionStore; from anwei.org.models import *\n"
            "unit = Unit.objects.create(name='基准县政府', kind='government', territory='990101')\n"
            "post = Post.objects.create(unit=unit, kind='duty', title='值班岗')\n"
            f"person = Person.objects.create_user('{PERSON}', full_name='基准')\n"
            "Holding.objects.create(person=person, post=post, from_on=datetime.date(2020, 1, 1))\n"
            "session = SessionStore()\n"
            "session[SESSION_KEY] = str(person.pk)\n"
            "from django.conf import settings\n"
            "session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]\n"
            "session[HASH_SESSION_KEY] = person.get_session_auth_hash()\n"
            "session.create(); print('session=' + session.session_key)\n"
        )
        self.session = re.findall(r"session=(\w+)", self.anwei("shell", "-c", script))[-1]
        self.token = self.anwei("token", "create", PERSON).split()[-1]

    def numbers(self) -> dict[int, str]:
        """Return the code of every tag by its number."""
        with sqlite3.connect(f"file:{self.root}/business/anwei.sqlite3?mode=ro", uri=True) as database:
            return dict(database.execute("SELECT number, code FROM monitoring_tag"))

    @property
    def pid(self) -> int:
        """Process id of the supervisor."""
        assert self.process is not None
        return self.process.pid

    @property
    def running(self) -> dict[str, Any]:
        """What the family wrote about itself: ports and process ids."""
        content: dict[str, Any] = json.loads((self.root / "run" / "run.json").read_text())
        return content

    @property
    def mqtt_port(self) -> int:
        """Port of the MQTT listener."""
        return int(json.loads((self.root / "run" / "broker.json").read_text())["mqtt_port"])

    @property
    def web_port(self) -> int:
        """Port of the web process."""
        return int(self.running["web"].rsplit(":", 1)[1].rstrip("/"))

    def get(self, path: str) -> Any:
        """Return the JSON of an API path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=60)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return json.loads(body)

    def status(self) -> dict[str, Any]:
        """Return the stream's own figures through its door."""
        return call_door(self.root, "status")

    def disk_bytes(self) -> int:
        """Return the size of the telemetry store on disk."""
        folder = self.root / "telemetry"
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def pause(self) -> None:
        """Stop all processes and keep the folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        self.pause()
        self.log.close()
        if not os.environ.get("ANWEI_BENCH_KEEP"):
            shutil.rmtree(self.root, ignore_errors=True)


def call_door(root: Path, name: str, *arguments: Any) -> Any:
    """Call one store door from outside the family; opens a connection each time."""
    import asyncio

    from anwei.datafolder import DataFolder
    from anwei.monitoring.stream.bus import connect
    from anwei.monitoring.stream.doors import Doors

    async def once() -> Any:
        nc = await connect(DataFolder(root), name="bench")
        try:
            return await getattr(Doors(nc), name)(*arguments)
        finally:
            await nc.close()

    return asyncio.run(asyncio.wait_for(once(), 30))
