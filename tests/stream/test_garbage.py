"""Ten thousand mutated payloads through MQTT: nothing falls over, and what cannot be stored is counted."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors
from anwei.monitoring.stream.register import publish_register
from bench.load import Fleet
from tests.stream.county import stored_through
from tests.stream.plant import Plant, StreamProcess, now_ms
from tests.stream.test_decode import mutated
from tests.support.broker import Broker

MESSAGES = 10_000


def payloads(chance: random.Random) -> Iterator[bytes]:
    """Well-formed payloads of every plain shape, mutated, in JSON and MessagePack."""
    for number in range(MESSAGES):
        at = now_ms() + number
        shape = chance.choice(
            [
                {"ts": at, "values": {"T0": 1.25, "T1": True, "T2": None}},
                [{"ts": at, "values": {"T0": 1.5}}, {"ts": at + 1, "values": {"T1": 2}}],
                {"T0": 21.5, "T1": 3},
                {"ts": at, "tags": ["T0", "T1"], "values": [4.5, 5.5]},
                {"ts": [at, at + 1], "tags": ["T0"], "values": [[1.0], [2.0]]},
            ]
        )
        encode = msgspec.json.encode if number % 2 else msgspec.msgpack.encode
        yield mutated(chance, encode(shape)) or b"\x00"


async def tell(broker: Broker, plant: Plant) -> None:
    nc = await connect(broker.folder, name="test")
    await publish_register(nc, plant.register())
    await nc.close()


async def figures(broker: Broker) -> tuple[int, int, int]:
    """Return samples stored, rejects counted, and whether the last good payload is among them, once all is stored."""
    nc = await connect(broker.folder, name="test")
    doors = Doors(nc)
    await stored_through(nc, doors)
    counted = sum(row["count"] for row in await doors.reject_counts(0))
    status = await doors.status()
    values = (await doors.history(3, 0, now_ms() + 600_000))["value"].tolist()
    await nc.close()
    return status["samples_stored"], counted, 42.0 in values


def admitted(broker: Broker, plant: Plant) -> Fleet:
    end = time.monotonic() + 15
    while True:
        try:
            return Fleet(broker.mqtt_port, {"d0": plant.key(0)})
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_ten_thousand_mutants_over_mqtt_are_stored_or_counted(tmp_path: Path) -> None:
    plant = Plant(1, 3)
    with Broker(tmp_path, gate=True) as broker:
        asyncio.run(tell(broker, plant))
        fleet = admitted(broker, plant)
        with StreamProcess(broker) as stream:
            fleet.push((("d0", body) for body in payloads(random.Random(11))), window=64, per_connection=64)
            last = msgspec.json.encode({"ts": now_ms() + 60_000, "values": {"T2": 42.0}})
            fleet.push([("d0", last)])
            stored, counted, alive = asyncio.run(figures(broker))
            assert stream.process is not None
            assert stream.process.poll() is None
        fleet.close()
    print(f"{MESSAGES} mutants: {stored} samples stored, {counted} values or messages refused or doubted")
    assert alive
    assert stored > 1_000
    assert counted > 1_000
