"""The register travels whole, is followed, and survives without a broker's copy."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from nats.js.object_store import ObjectStore

from anwei.monitoring.stream import register as stream_register
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.register import (
    BUCKET,
    BrokenRegister,
    Register,
    RegisterReader,
    Rules,
    pack,
    publish_register,
    unpack,
)
from tests.oracle import Rule
from tests.stream.plant import Plant
from tests.support.broker import Broker

PLANT = Plant(3, 2, [Rule(1, 1, "h", 80.0, 2.0, 5000)], silence=True, gateways={1: 0}, low=-1.5)


def test_a_register_unpacks_as_it_was_packed() -> None:
    assert unpack(pack(PLANT.register())) == PLANT.register()


@pytest.mark.parametrize("data", [b"", b"nonsense", pack(Register())[:-3]])
def test_what_is_no_register_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenRegister):
        unpack(data)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(BrokenRegister, match="Rules"):
        unpack(pack(msgspec.structs.replace(PLANT.register(), rules=Rules(id=[1, 2], tag=[1]))))


def test_readers_follow_and_start_from_their_copy(tmp_path: Path) -> None:
    asyncio.run(_follow(tmp_path))


async def _follow(path: Path) -> None:
    with Broker(path) as broker:
        nc = await connect(broker.folder, name="test")
        taken: list[int] = []
        reader = RegisterReader(nc, broker.folder, "one", lambda register: taken.append(register.version))
        await reader.start()
        assert (reader.register.version, taken) == (0, [])
        for version in (1, 2):
            await publish_register(nc, Plant(3, 2, version=version).register())
            for _ in range(100):
                if reader.register.version == version:
                    break
                await asyncio.sleep(0.02)
        assert taken == [1, 2]
        assert await reader.refresh() is False
        await reader.stop()
        await nc.jetstream().delete_object_store(BUCKET)
        again = RegisterReader(nc, broker.folder, "one", lambda register: taken.append(register.version))
        await again.start()
        assert (again.register.version, taken) == (2, [1, 2, 2])
        await again.stop()
        await nc.close()


def test_a_register_its_user_refuses_does_not_replace_the_last_good_one(tmp_path: Path) -> None:
    asyncio.run(_refuse(tmp_path))


async def _refuse(path: Path) -> None:
    def use(register: Register) -> None:
        if register.version == 2:
            raise BrokenRegister("no sense")

    with Broker(path) as broker:
        nc = await connect(broker.folder, name="test")
        await publish_register(nc, Plant(1, 1, version=1).register())
        reader = RegisterReader(nc, broker.folder, "one", use)
        await reader.start()
        await publish_register(nc, Plant(1, 1, version=2).register())
        assert await reader.refresh() is False
        assert reader.register.version == 1
        await publish_register(nc, Plant(1, 1, version=3).register())
        assert await reader.refresh() is True
        assert reader.register.version == 3
        await reader.stop()
        await nc.close()


def test_of_two_looks_at_once_the_newer_snapshot_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_overtake(tmp_path, monkeypatch))


async def _overtake(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, begun, go_on = stream_register._read, asyncio.Event(), asyncio.Event()

    async def slow_at_first(bucket: ObjectStore) -> bytes:
        data = await read(bucket)
        if not begun.is_set():
            begun.set()
            await go_on.wait()
        return data

    monkeypatch.setattr(stream_register, "_read", slow_at_first)
    with Broker(path) as broker:
        nc = await connect(broker.folder, name="test")
        await publish_register(nc, Plant(3, 2, version=1).register())
        reader = RegisterReader(nc, broker.folder, "one")
        first = asyncio.create_task(reader.refresh())
        await begun.wait()
        await publish_register(nc, Plant(3, 2, version=2).register())
        second = asyncio.create_task(reader.refresh())
        await asyncio.wait([second], timeout=0.3)
        go_on.set()
        await asyncio.gather(first, second)
        assert reader.register.version == 2
        await nc.close()
