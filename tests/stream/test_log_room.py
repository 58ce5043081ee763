"""The log's bound in bytes, at a real broker: new messages are refused, old ones go once they are stored."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.broker import write_error
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.disk import Disk
from anwei.monitoring.stream.log import ensure_log, log_information, log_state
from anwei.monitoring.stream.log_room import (
    CUT_ABOVE,
    LOOK_S,
    LogKeeper,
    LogRoom,
    UnreadableBound,
    most_bytes,
)
from anwei.monitoring.stream.register import publish_register
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.county import county, stored_through, until
from tests.stream.plant import Plant, StreamProcess, now_ms
from tests.support.broker import Broker
from tests.support.mqtt import ACCEPTED, Device

MOST = 200_000
WIDE, FULL = Disk(1 << 40, 1 << 39), Disk(1 << 40, 1 << 20)
BODY = b"x" * 1000


def at_a_log(path: Path, work: Callable[[Any], Awaitable[None]]) -> None:
    async def life() -> None:
        with Broker(path) as broker:
            nc = await connect(broker.folder, name="test")
            await ensure_log(nc)
            await work(nc)
            await nc.close()

    asyncio.run(life())


async def is_taken(nc: Any, body: bytes = BODY, device: str = "d0") -> bool:
    return "error" not in json.loads((await nc.request(f"ingest.{device}", body, timeout=2)).data)


async def fill(nc: Any) -> int:
    """Return how many messages the log takes until it refuses one."""
    n_taken = 0
    while await is_taken(nc):
        n_taken += 1
    return n_taken


def test_what_is_not_stored_is_never_cut_and_the_next_is_refused(tmp_path: Path) -> None:
    async def work(nc: Any) -> None:
        keeper = LogKeeper(nc, MOST, lambda _name: 0)
        await keeper.look(WIDE)
        n_taken = await fill(nc)
        assert 0.9 * MOST < n_taken * len(BODY) < MOST
        await keeper.look(WIDE)
        state = await log_state(nc)
        assert (state["messages"], state["first_seq"]) == (n_taken, 1)
        assert LogRoom.of(await log_information(nc), time.time()).full

    at_a_log(tmp_path, work)


def test_what_is_stored_gives_way_to_what_comes(tmp_path: Path) -> None:
    names: list[str] = []
    stored = 0

    def through(name: str) -> int:
        names.append(name)
        return stored

    async def work(nc: Any) -> None:
        nonlocal stored
        keeper = LogKeeper(nc, MOST, through)
        await keeper.look(WIDE)
        n_taken = await fill(nc)
        stored = 5
        await keeper.look(WIDE)
        assert (await log_state(nc))["first_seq"] == stored + 1, "not more than what is stored"
        stored = n_taken
        await keeper.look(WIDE)
        state = await log_state(nc)
        assert 0.8 * MOST < state["bytes"] < CUT_ABOVE * MOST, "not more than is needed"
        assert await is_taken(nc)
        assert not LogRoom.of(await log_information(nc), time.time()).full
        assert set(names) == {f"$MQTT_msgs {(await log_information(nc))['created']}"}

    at_a_log(tmp_path, work)


def test_a_disk_without_room_halts_the_log_until_there_is_some(tmp_path: Path) -> None:
    async def work(nc: Any) -> None:
        keeper = LogKeeper(nc, MOST, lambda _name: 0)
        for disk, taken in ((WIDE, True), (FULL, False), (FULL, False), (WIDE, True)):
            await keeper.look(disk)
            assert await is_taken(nc) is taken
            assert LogRoom.of(await log_information(nc), time.time()).full is not taken
        again = LogKeeper(nc, MOST, lambda _name: 0)  # as after a restart while the disk is full
        await again.look(FULL)
        assert not await is_taken(nc)
        await LogKeeper(nc, MOST, lambda _name: 0).look(WIDE)
        assert await is_taken(nc)

    at_a_log(tmp_path, work)


def test_a_refused_publish_of_mqtt_is_not_acknowledged_and_comes_again(tmp_path: Path) -> None:
    plant = Plant(1, 1)

    async def life() -> None:
        with Broker(tmp_path, gate=True) as broker:
            nc = await connect(broker.folder, name="test")
            await publish_register(nc, plant.register())
            device = Device(broker.mqtt_port, "d0", plant.key(0))

            async def admitted() -> bool:
                return await asyncio.to_thread(device.connect) == ACCEPTED

            async def sent() -> bool:
                await until(admitted)
                return await asyncio.to_thread(device.publish, "telemetry/d0", b'{"T0": 1}', seconds=3.0)

            keeper = LogKeeper(nc, MOST, lambda _name: 0)
            # What was refused, the device sends once more beside the third.
            for disk, acknowledged, n_messages in ((WIDE, True, 1), (FULL, False, 1), (WIDE, True, 3)):
                await keeper.look(disk)
                assert await sent() is acknowledged
                assert (await log_state(nc))["messages"] == n_messages
            device.close()
            await nc.close()

    asyncio.run(life())


def test_a_flood_is_named_and_cut_and_holds_nobody_up_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stream process that is killed twice meanwhile: what is not stored is never cut."""
    most = 8 << 20
    monkeypatch.setenv("ANWEI_LOG_GIB", str(most / 2**30))
    plant, first = Plant(2, 1), now_ms() - 3_600_000
    n_messages, padding = 3_000, b" " * 6_000

    async def life() -> None:
        async with county(tmp_path, plant) as (broker, nc, doors):
            with StreamProcess(broker) as stream:
                for number in range(n_messages):
                    device = "d0" if number % 20 else "d1"
                    body = json.dumps({"ts": first + number * 1000, "values": {"T0": number}}).encode()
                    begun = time.monotonic()
                    while not await is_taken(
                        nc, body + padding, device
                    ):  # a tenth of this bound is not a second
                        await asyncio.sleep(0.05)
                    assert time.monotonic() - begun < LOOK_S + 5, "longer than a restart and a look"
                    if number in (500, 1000):
                        stream.kill()
                        stream.start()
                    await asyncio.sleep(0.003)
                await stored_through(nc, doors)
                room = LogRoom.of(await log_information(nc), time.time())
                assert room.max_bytes == most
                assert room.n_bytes < most < n_messages * len(padding)
                heaviest = (await doors.status())["heaviest"]
                assert heaviest[0][0] == "d0" and heaviest[0][1] == pytest.approx(0.95, abs=0.02)
                stream.stop()
            store = EmbeddedStore(broker.folder.telemetry, background=False)
            rows = store.dump()
            assert sorted(rows.value.tolist()) == list(range(n_messages))
            assert store.rejects(0, 10) == [], "no message was cut before it was read"
            store.close()

    asyncio.run(life())


def test_hours_are_told_from_what_lies_in_the_log() -> None:
    state = {"messages": 10, "bytes": 36_000_000, "first_ts": "2026-11-24T00:00:00.123456789Z"}
    now = 1_795_478_400.0 + 36_000  # ten hours after
    room = LogRoom.of({"state": state, "config": {"max_bytes": 100_000_000}}, now)
    assert room.age_h == pytest.approx(10, abs=0.01)
    assert room.hours == pytest.approx(85_000_000 / 3_600_000, rel=0.01)
    assert not room.full
    young = LogRoom.of({"state": state, "config": {"max_bytes": 100_000_000}}, now - 35_000)
    assert young.hours is None


def test_the_bound_is_a_quarter_of_the_disk_or_what_the_county_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    assert most_bytes(folder) == Disk.of(tmp_path).size // 4
    monkeypatch.setenv("ANWEI_LOG_GIB", "1.5")
    assert most_bytes(folder) == 3 << 29
    for wrong in ("much", "0", "-1", "inf", "nan"):
        monkeypatch.setenv("ANWEI_LOG_GIB", wrong)
        with pytest.raises(UnreadableBound, match="ANWEI_LOG_GIB"):
            most_bytes(folder)
    monkeypatch.delenv("ANWEI_LOG_GIB")
    monkeypatch.setenv("ANWEI_NATS_URL", "nats://127.0.0.1:1")
    assert most_bytes(folder) == -1


def test_a_broker_that_writes_has_no_error(tmp_path: Path) -> None:
    async def life() -> None:
        with Broker(tmp_path) as broker:
            system = await connect(broker.folder, user="sys", name="test")
            assert await write_error(system) == ""
            await system.close()

    asyncio.run(life())
