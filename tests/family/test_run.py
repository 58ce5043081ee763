"""`anwei run`: one command starts everything, keeps it running, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.family import Family, wait_for

MEMBERS = ["broker", "gate", "stream", "detect", "worker", "web"]


@pytest.fixture(scope="module")
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory, taken_port: int) -> Iterator[Family]:
    """One family for this module; it was asked for ports that are taken."""
    path = tmp_path_factory.mktemp("family") / "data"
    with Family(path, "--port", str(taken_port), "--mqtt-port", str(taken_port)) as running:
        yield running


def test_everything_starts_and_is_healthy(family: Family) -> None:
    family.wait_until_healthy()
    body = json.loads(family.get("/healthz")[1])
    assert {"database", "log", "telemetry"} <= {check["name"] for check in body["checks"]}
    assert family.get("/accounts/login/")[0] == 200


def test_status_says_what_runs(family: Family) -> None:
    wait_for(lambda: family.status()["healthy"], seconds=30, what="anwei status says healthy")
    status = family.status()
    assert [process["name"] for process in status["processes"]] == MEMBERS
    assert {process["state"] for process in status["processes"]} == {"working"}
    assert status["stream"]["lag"] <= 0  # -1: nothing to read before the first register
    assert status["log"]["last_seq"] >= 0
    assert status["versions"]["nats-server"].startswith("2.")
    text = family.command("status").stdout
    assert status["web"] in text
    assert all(name in text for name in MEMBERS)


def test_a_taken_port_gives_way_to_the_next(family: Family, taken_port: int) -> None:
    assert f"端口 {taken_port} 已被占用" in family.text
    assert family.folder.running()["web_port"] > taken_port


def test_a_second_start_on_the_same_folder_is_refused(family: Family) -> None:
    second = family.command("run")
    assert second.returncode == 1
    assert "已有一个安危系统在运行" in second.stderr
    assert family.folder.running()["web"] in second.stderr
    assert "Traceback" not in second.stderr


def test_secrets_and_runtime_files_are_nobody_elses(family: Family) -> None:
    kept = [
        path for name in ("keys", "run", "business", "log") for path in (family.folder.root / name).rglob("*")
    ]
    assert len(kept) > 8
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_dead_process_comes_back(family: Family) -> None:
    """The gate; the random kills of test_kills show it of the others."""
    before = family.pid("gate")
    assert before
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: family.pid("gate") not in (None, before), seconds=15, what="the gate is back")
    family.wait_until_healthy()


def test_a_frozen_process_is_seen_within_thirty_seconds(family: Family) -> None:
    """As if it had been frozen ten seconds ago; the proofs wait for the thirty, with every process."""
    family.wait_until_healthy()
    pid = family.pid("stream")
    assert pid
    os.kill(pid, signal.SIGSTOP)
    last_beat = time.time() - 10
    os.utime(family.folder.root / "run" / "stream.beat", (last_beat, last_beat))
    try:

        def named_as_stuck() -> bool:
            status, body = family.get("/healthz")
            checks = {check["name"]: check for check in json.loads(body)["checks"]}
            return status == 503 and not checks["stream"]["ok"]

        wait_for(named_as_stuck, seconds=20, what="/healthz names the frozen process")
        wait_for(lambda: "进程无响应" in family.text, seconds=10, what="the log names it")
        states = {process["name"]: process["state"] for process in family.status()["processes"]}
        assert states["stream"] == "stuck"
    finally:
        os.kill(pid, signal.SIGCONT)
    family.wait_until_healthy()


def test_ctrl_c_ends_everything_within_five_seconds(family: Family) -> None:
    """Near the end of this module, for it ends the family. A frozen process must not delay the end."""
    wait_for(lambda: all(family.pid(name) for name in MEMBERS), what="all run")
    processes = family.processes()
    assert len(processes) >= len(MEMBERS)
    frozen = family.pid("stream")
    assert frozen
    os.kill(frozen, signal.SIGSTOP)
    assert family.stop() < 5
    _gone, alive = psutil.wait_procs(processes, timeout=0.5)
    assert alive == []


def test_a_killed_supervisor_takes_its_children_along(family: Family) -> None:
    """Starts the ended family again on the same folder, which also shows that nothing was left locked."""
    if family.process and family.process.poll() is None:
        family.stop()
    family.start()
    processes = family.processes()
    assert family.process
    family.process.kill()
    family.process.wait()
    _gone, alive = psutil.wait_procs(processes, timeout=5)
    assert alive == []


def test_a_key_others_can_read_stops_the_start(tmp_path: Path) -> None:
    family = Family(tmp_path / "data")
    family.folder.secret("nats-app")
    (family.folder.root / "keys" / "nats-app").chmod(0o644)
    refused = family.command("run")
    assert refused.returncode == 1
    assert "chmod 600" in refused.stderr
