"""The process at its doors: rows through MQTT score as the command does on a table, whatever is stopped or killed."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from anwei.monitoring.detect.doors import DetectDoors
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.log import ensure_log
from anwei.monitoring.stream.register import Register, publish_register
from anwei.portal.analyse import main
from tests.oracle import Rule
from tests.stream.county import until
from tests.stream.plant import Plant
from tests.support.broker import REPOSITORY, Broker, die_with_parent
from tests.support.mqtt import ACCEPTED, Device

START = datetime(2026, 11, 20, tzinfo=UTC)
N, CUT = 700, 400
TIMES = [
    START + timedelta(minutes=5 * min(i, 120) + max(0, i - 120)) for i in range(N)
]  # of five, then of one
ROW = {int(at.timestamp() * 1000): i for i, at in enumerate(TIMES)}
IMPORTANT, USUAL = 1, 2
MODEST_ROWS = 300  # before them the usual windows have seen as much as the large ones


def values() -> list[float]:
    rng = np.random.default_rng(5)
    found = 50 + 2 * np.sin(np.arange(N) / 40) + rng.normal(scale=0.3, size=N)
    found[350:355] += 9
    found[600:640] += np.linspace(0, 8, 40)
    return np.round(found, 3).tolist()


def by_command(path: Path, rows: list[float]) -> list[float]:
    """Return the scores that `anwei analyse detect` writes for rows a minute."""
    table, out = path / "rows.csv", path / "scores.csv"
    with table.open("w") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "value"])
        writer.writerows((at.isoformat(), value) for at, value in zip(TIMES, rows, strict=False))
    assert main(["detect", str(table), "--time", "time", "--values", "value", "-o", str(out)]) == 0
    with out.open() as file:
        return [float(row["score"]) for row in csv.DictReader(file)]


def register(version: int = 1, limit: float = 57.0) -> Register:
    rules = [Rule(1, IMPORTANT, "h", limit), Rule(2, USUAL, "hh", 57.0)]
    found = Plant(1, 2, rules, decimals=3, period_ms=60_000, version=version).register()
    return msgspec.structs.replace(found, tags=msgspec.structs.replace(found.tags, important=[True, False]))


class Process:
    """`anwei detect` on a test broker's data folder."""

    def __init__(self, broker: Broker) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "anwei", "detect"],
            env=broker.environment,
            cwd=REPOSITORY,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=20) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)


def test_rows_through_mqtt_score_as_the_command_and_a_stop_or_a_kill_changes_nothing(tmp_path: Path) -> None:
    asyncio.run(_rows(tmp_path))


async def _rows(path: Path) -> None:
    rows = values()
    expected = await asyncio.to_thread(by_command, path, rows)
    cut = await asyncio.to_thread(by_command, path, rows[:CUT])
    assert cut == expected[:CUT]  # nothing behind a row changes its score
    scores: dict[int, dict[int, float]] = {IMPORTANT: {}, USUAL: {}}
    with Broker(path, gate=True) as broker:
        nc = await connect(broker.folder, name="test")
        await ensure_log(nc)
        await publish_register(nc, register())
        doors = DetectDoors(nc)
        device = await until(lambda: asyncio.to_thread(_admitted, broker))
        detect = Process(broker)
        try:
            for i, value in enumerate(rows):
                at = int(TIMES[i].timestamp() * 1000)
                body = msgspec.json.encode({"ts": at, "values": {"T0": value, "T1": value}})
                await asyncio.to_thread(device.publish, "telemetry/d0", body)
                if i % 100 == 99:
                    await _gather(doors, int(TIMES[i - 1].timestamp() * 1000), scores)
                if i == 299:
                    detect.stop()
                    detect = Process(broker)
                if i == 499:
                    detect.kill()
                    detect = Process(broker)
            findings = [one for _, one in await doors.findings(0)]
        finally:
            detect.kill()
            device.close()
        await nc.close()
    assert sorted(scores[IMPORTANT]) == list(range(N - 1))  # the last minute is still open
    assert [scores[IMPORTANT][i] for i in range(N - 1)] == pytest.approx(expected[: N - 1], abs=2e-6)
    assert [scores[USUAL][i] for i in range(MODEST_ROWS)] == pytest.approx(expected[:MODEST_ROWS], abs=2e-6)
    keys = [(one["kind"], one["tag"], one["at"], one["key"]) for one in findings]
    assert len(set(keys)) == len(keys)  # what was read twice was found once
    drift = next(one for one in findings if one["kind"] == "drift" and one["tag"] == IMPORTANT)
    assert drift["limit"] == 57.0 and drift["key"] == "h"
    assert not any(one["kind"] == "anomaly" for one in findings)  # no day of rows of a minute is known
    assert max(expected[120:150]) > 0 and expected[150:250] == [0.0] * 100  # learned anew


def _admitted(broker: Broker) -> Device | None:
    """Return the device once the gate knows it."""
    device = Device(broker.mqtt_port, "d0", "key-of-0")
    return device if device.connect() == ACCEPTED else device.close()


async def _gather(doors: DetectDoors, newest: int, scores: dict[int, dict[int, float]]) -> None:
    """Wait until the process has all closed rows, and note what it says of the last ones."""
    for tag, found in scores.items():

        async def has_come(tag: int = tag) -> dict[str, Any] | None:
            state = await doors.sensor(tag)
            return state if state and state["newest"] == newest else None

        state = await until(has_come)
        for at, score in zip(state["at"], state["score"], strict=True):
            assert found.setdefault(ROW[at], score) == pytest.approx(score, abs=2e-6)


def test_a_changed_register_is_taken_without_a_stop(tmp_path: Path) -> None:
    asyncio.run(_changed(tmp_path))


async def _changed(path: Path) -> None:
    with Broker(path) as broker:
        nc = await connect(broker.folder, name="test")
        await ensure_log(nc)
        await publish_register(nc, register())
        doors = DetectDoors(nc)
        detect = Process(broker)
        try:
            for i, value in enumerate(values()[:40]):
                at = int((START + timedelta(minutes=i)).timestamp() * 1000)
                body = msgspec.json.encode({"ts": at, "values": {"T0": value}})
                await nc.jetstream().publish("ingest.d0", body)
            assert await until(lambda: _says(doors, rows=39))
            await publish_register(nc, register(2, 60.0))
            state = await until(lambda: _says(doors, rows=39, limit=60.0))
            assert state["missing"] > 0
            status = await doors.status()
            assert (status["register_version"], status["tags"], status["important"]) == (2, 2, 1)
            assert status["mode"] == "live" and status["lag"] == 0
        finally:
            detect.kill()
        await nc.close()


async def _says(doors: DetectDoors, *, rows: int, limit: float = 57.0) -> dict[str, Any] | None:
    state = await doors.sensor(IMPORTANT)
    fits = state and state["rows"] == rows and state["limits"][0]["limit"] == limit
    return state if fits else None
