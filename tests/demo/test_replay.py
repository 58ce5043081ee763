"""Real recordings through the real broker, gate and stream: stored rows and episodes equal the oracle's."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from anwei.demo.replaying import READINGS_A_MESSAGE
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors, StoreAway
from anwei.monitoring.stream.register import publish_register
from tests.oracle import Event, Rule, Sample, events_of
from tests.stream.plant import Plant, StreamProcess
from tests.support.broker import REPOSITORY, Broker

NAB = REPOSITORY.parent / "shared" / "data" / "NAB" / "data" / "realKnownCause"
MACHINE = NAB / "machine_temperature_system_failure.csv"  # one step back in time, 12 times given twice
LATENCY = NAB / "ec2_request_latency_system_failure.csv"  # 11 times given twice, each with two values
DECIMALS = 2
RULES = [
    Rule(1, 1, "hh", 105.0, 1.0),
    Rule(2, 1, "h", 100.0, 2.0, on_delay_ms=600_000, off_delay_ms=900_000),
    Rule(3, 1, "l", 50.0, 2.0, off_delay_ms=300_000),
    Rule(4, 1, "ll", 30.0, 5.0),
    Rule(5, 1, "rate", 1.5),
    Rule(6, 2, "hh", 70.0, 5.0),
    Rule(7, 2, "h", 47.5, 1.0, on_delay_ms=300_000),
    Rule(8, 2, "l", 40.0, 1.0),
]
needs_recordings = pytest.mark.skipif(not NAB.exists(), reason="../shared/data/NAB is not here")


@dataclass
class Plants:
    """Broker, gate and stream with two devices of one tag each."""

    broker: Broker
    plant: Plant

    def replay(self, *words: str) -> tuple[str, str, str]:
        """Run the command on this data folder; return what it printed, its complaints, and its error."""
        output, complaints, error = StringIO(), StringIO(), ""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("ANWEI_DATA", str(self.broker.folder.root))
            try:
                call_command("replay", *words, stdout=output, stderr=complaints)
            except CommandError as raised:
                error = str(raised)
        return output.getvalue(), complaints.getvalue(), error

    def replay_in_a_shell(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `anwei replay` as a user would."""
        return subprocess.run(
            [sys.executable, "-m", "anwei", "replay", *words],
            env=self.broker.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, door: str, *arguments: Any) -> Any:
        """Ask a door of the store."""

        async def run() -> Any:
            nc = await connect(self.broker.folder, name="test")
            try:
                return await getattr(Doors(nc), door)(*arguments)
            finally:
                await nc.close()

        return asyncio.run(run())

    def wait_until_open(self) -> None:
        """Return when the store answers."""
        self._wait(lambda: bool(self.ask("status")))

    def wait_for_rows(self, tag: int, n_rows: int) -> None:
        """Return when so many rows of a tag are stored (their episodes are, in the same transaction)."""
        self._wait(lambda: len(self.stored(tag)) >= n_rows)

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while True:
            with suppress(StoreAway):
                if condition():
                    return
            assert time.monotonic() < deadline, "not in time"
            time.sleep(0.05)

    def stored(self, tag: int) -> list[tuple[int, float]]:
        """Return all rows of a tag."""
        rows = self.ask("history", tag, 0, 4_102_444_800_000)
        return list(zip(rows["ts"].tolist(), rows["value"].tolist(), strict=True))

    def events(self, tag: int) -> set[Event]:
        """Return the events of a tag that were not found late."""
        found: set[Event] = set()
        after = 0
        while page := self.ask("episodes", after):
            after = page[-1][0]
            found |= {
                Event(event["rule"], event["start"], event["kind"], event["at"])
                for _, event in page
                if event["tag"] == tag and not event["late"]
            }
        return found


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plants]:
    plant = Plant(2, 1, RULES, decimals=DECIMALS)

    async def publish(broker: Broker) -> None:
        nc = await connect(broker.folder, name="test")
        await publish_register(nc, plant.register())
        await nc.close()

    with Broker(tmp_path_factory.mktemp("replay"), gate=True) as broker:
        asyncio.run(publish(broker))
        with StreamProcess(broker):
            running = Plants(broker, plant)
            running.wait_until_open()
            yield running


def recorded(file: Path) -> list[tuple[int, float]]:
    """Read a recording without the product: milliseconds and values, in the file's order."""
    with file.open() as text:
        return [
            (
                int(datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC).timestamp() * 1000),
                round(float(row["value"]), DECIMALS),
            )
            for row in csv.DictReader(text)
        ]


def messages(rows: list[tuple[int, float]], tag: int) -> list[list[Sample]]:
    samples = [Sample(tag, ts, value) for ts, value in rows]
    return [
        samples[first : first + READINGS_A_MESSAGE] for first in range(0, len(samples), READINGS_A_MESSAGE)
    ]


def one_each(rows: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return each time once: of two values the larger."""
    best: dict[int, float] = {}
    for ts, value in rows:
        best[ts] = max(value, best.get(ts, value))
    return sorted(best.items())


@needs_recordings
@pytest.mark.parametrize(("file", "device"), [(MACHINE, 0), (LATENCY, 1)], ids=["machine", "latency"])
def test_a_recording_at_full_speed_is_stored_and_judged_as_the_oracle_says(
    plants: Plants, file: Path, device: int
) -> None:
    rows, tag = recorded(file), device + 1
    assert len({ts for ts, _ in rows}) < len(rows)  # the recording does have its duplicates
    done = plants.replay_in_a_shell(
        str(file),
        "--device",
        f"d{device}",
        "--tag",
        "T0",
        "--speed",
        "max",
        "--tz",
        "UTC",
        "--key",
        plants.plant.key(device),
    )
    assert done.returncode == 0, done.stderr
    n_messages = -(-len(rows) // READINGS_A_MESSAGE)
    assert (
        f"已发布 {len(rows):,} 个读数（{n_messages} 条消息），已确认 {n_messages} 条，坏行 0" in done.stdout
    )
    plants.wait_for_rows(tag, len(one_each(rows)))
    assert plants.stored(tag) == one_each(rows)
    expected = events_of([rule for rule in RULES if rule.tag == tag], messages(rows, tag))
    assert len(expected) > 10
    assert plants.events(tag) == set(expected)


def test_a_wrong_key_is_refused_in_words(plants: Plants, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("timestamp,value\n2026-11-24 12:00:00,1\n")
    words = (str(file), "--device", "d0", "--tag", "T0", "--speed", "max")
    _, _, refused = plants.replay(*words, "--key", "not-the-key")
    assert "未被接入" in refused
    _, _, without = plants.replay(*words)
    assert "密钥" in without


def test_bad_rows_are_named_and_the_rest_arrives(plants: Plants, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text("time,level\n2030-01-01 00:00:00,1\nsoon,2\n2030-01-01 00:00:01,much\n")
    before = len(plants.stored(2))
    words = (str(file), "--device", "d1", "--tag", "T0", "--speed", "max", "--shift-to-now")
    printed, complaints, error = plants.replay(*words, "--key", plants.plant.key(1))
    assert not error
    assert "第 3 行跳过：时间无法识别" in complaints and "第 4 行跳过：数值无法识别" in complaints
    assert "已发布 1 个读数（1 条消息），已确认 1 条，坏行 2" in printed
    plants.wait_for_rows(2, before + 1)
    rows = plants.stored(2)
    assert len(rows) == before + 1
    assert abs(rows[-1][0] - time.time() * 1000) < 60_000


def test_what_is_refused_is_counted_and_fails(plants: Plants, tmp_path: Path) -> None:
    file = tmp_path / "three.csv"
    file.write_text("time,level\n2030-01-01 00:00:00,1\n2030-01-01 00:00:01,2\n2030-01-01 00:00:02,3\n")
    words = [str(file), "--device", "d1", "--speed", "max", "--shift-to-now", "--key", plants.plant.key(1)]
    printed, _, error = plants.replay(*words, "--tag", "NOPE")
    assert "已发布 3 个读数（1 条消息），已确认 1 条" in printed
    assert error == "有 3 个被拒收，没有保存：未登记测点 3。"
    _, _, again = plants.replay(*words, "--tag", "NOPE")
    assert again == error  # those of this run only
    done = plants.replay_in_a_shell(*words, "--tag", "NOPE")
    assert done.returncode == 1
    assert "未登记测点 3" in done.stderr


def test_what_is_stored_with_a_mark_is_said_and_is_no_failure(plants: Plants, tmp_path: Path) -> None:
    ahead = tmp_path / "ahead.csv"
    ahead.write_text(f"time,level\n{time.time() + 3600:.0f},1\n")
    words = ("--device", "d1", "--tag", "T0", "--speed", "max", "--key", plants.plant.key(1))
    printed, _, error = plants.replay(str(ahead), *words)
    assert not error
    assert "其中已保存但加了标记的：时间超前 1" in printed


def test_a_broker_elsewhere_is_not_asked_what_it_refused(plants: Plants, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("time,level\n2030-01-01 00:00:00,1\n")
    words = (str(file), "--device", "d1", "--tag", "T0", "--speed", "max", "--shift-to-now")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ANWEI_MQTT", f"127.0.0.1:{plants.broker.mqtt_port}")
        _, complaints, error = plants.replay(*words, "--key", plants.plant.key(1))
    assert not error
    assert "没有核对是否有数据被拒收" in complaints
