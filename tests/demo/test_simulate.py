"""The simulator at the real broker and gate: history in order, then live; a broker's restart costs nothing."""

from __future__ import annotations

import asyncio
import hashlib
import selectors
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from anwei.datafolder import DataFolder
from anwei.demo.keys import Listener
from anwei.demo.plan import DevicePlan, enterprises
from anwei.demo.simulator.fleet import Fleet, Member
from anwei.demo.simulator.ledger import HistoryLedger
from anwei.demo.simulator.link import Link
from anwei.demo.simulator.script import Script
from anwei.demo.simulator.station import LATELY_STEP_S, Station, stations
from anwei.demo.simulator.surroundings import HOUR
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.decode import Decoder, Message
from anwei.monitoring.stream.log import STREAM
from anwei.monitoring.stream.register import Devices, Register, Rules, Tags, publish_register
from anwei.monitoring.stream.samples import Samples
from tests.support.broker import Broker

N_STATIONS = 6
DEVICES = [device for station in stations(Script())[:N_STATIONS] for device in station.devices]
KEYS = {device.code: f"key-of-{device.code}" for device in DEVICES}


def register(devices: list[DevicePlan]) -> Register:
    """Return the register of the plan without the database."""
    rows = {device.code: row for row, device in enumerate(devices)}
    tags = [(device, tag) for device in devices for tag in device.tags]
    return Register(
        version=1,
        devices=Devices(
            code=[device.code for device in devices],
            key=[hashlib.sha256(f"key-of-{device.code}".encode()).hexdigest() for device in devices],
            gateway=[rows.get(device.gateway, -1) for device in devices],
            revoked=[False] * len(devices),
            registered_at=[0] * len(devices),
        ),
        tags=Tags(
            number=list(range(1, len(tags) + 1)),
            device=[rows[device.code] for device, _ in tags],
            code=[tag.code for _, tag in tags],
            decimals=[tag.row["decimals"] for _, tag in tags],
            period_ms=[round(device.period_s * 1000) for device, _ in tags],
            low=[tag.row["range"][0] for _, tag in tags],
            high=[tag.row["range"][1] for _, tag in tags],
        ),
        rules=Rules(),
    )


def decoded(register: Register, station: Station, payloads: list[bytes]) -> Samples:
    """Return the samples that the stream would read from a station's payloads; nothing may be refused."""
    now = round(time.time() * 1000)
    result = Decoder(register).decode([Message(1, station.code, now, payload) for payload in payloads])
    assert result.rejects == []
    return result.samples


def in_the_log(broker: Broker, register: Register) -> Samples:
    """Return all samples in the log, in the order in which it keeps them."""

    async def read() -> list[Message]:
        nc = await connect(broker.folder, name="test")
        stream = nc.jetstream()
        last = (await stream.stream_info(STREAM)).state.last_seq
        found = []
        for sequence in range(1, last + 1):
            message = await stream.get_msg(STREAM, sequence, direct=True)
            now = round(time.time() * 1000)
            found.append(Message(sequence, message.subject.rpartition(".")[2], now, message.data))
        await nc.close()
        return found

    result = Decoder(register).decode(asyncio.run(read()))
    assert result.rejects == []
    return result.samples


@pytest.mark.parametrize("station", stations(Script())[::7], ids=lambda station: station.code)
def test_every_payload_is_understood_and_complete(station: Station) -> None:
    known = register(list(station.devices))
    start = 1_795_500_000.0
    messages = list(station.history(start, start + 6 * HOUR))
    history = decoded(known, station, [message.payload for message in messages])
    assert len(history) == sum(message.n_samples for message in messages)
    wanted = sum(
        6 * HOUR / max(LATELY_STEP_S, device.period_s) * len(device.tags) for device in station.devices
    )
    assert 0.8 * wanted <= len(history) <= wanted + len(known.tags.number)

    station.go_live(start)
    message = station.readings(start + 61.0)
    assert message is not None
    live = decoded(known, station, [message.payload])
    assert len(live) == message.n_samples
    assert live.ts.min() > start * 1000 and live.ts.max() <= (start + 61.0) * 1000


def test_each_device_keeps_its_period() -> None:
    station = next(station for station in stations(Script()) if len(station.devices) > 2)
    known = register(list(station.devices))
    start = 1_795_500_000.5
    station.go_live(start)
    payloads = []
    while station.next_due() < start + 120.0:
        message = station.readings(station.next_due())
        payloads += [message.payload] if message else []
    samples = decoded(known, station, payloads)
    for number, period in zip(known.tags.number, known.tags.period_ms, strict=True):
        times = samples.ts[samples.tag == number]
        assert len(times) >= 1 and (times % period == 0).all()
        assert (np.diff(times) == period).all()


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    async def publish(broker: Broker) -> None:
        nc = await connect(broker.folder, name="test")
        await publish_register(nc, register(DEVICES))
        await nc.close()

    with Broker(tmp_path_factory.mktemp("simulate"), gate=True) as running:
        asyncio.run(publish(running))
        yield running


def fleet(broker: Broker, days: float) -> Fleet:
    ledger, selector, now = HistoryLedger(broker.folder), selectors.DefaultSelector(), time.time()
    members = []
    for station in stations(Script())[:N_STATIONS]:
        link = Link(station.code, KEYS[station.code], Listener("127.0.0.1", broker.mqtt_port, None), selector)
        wanted = station.code not in ledger.loaded
        members.append(Member(station, link, station.history(now - days * 86_400, now) if wanted else None))
    return Fleet(members, selector, 1e6, say=lambda line: None, loaded=ledger.record)


def work(fleet: Fleet, until: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "not in time"
        fleet.turn()


def test_history_comes_first_then_live_in_order_and_a_restart_of_the_broker_loses_nothing(
    broker: Broker,
) -> None:
    known = register(DEVICES)
    running = fleet(broker, days=1.0)
    links = [member.link for member in running.members]
    work(running, lambda: all(member.live for member in running.members))
    expected_history = running.history_samples
    work(running, lambda: running.live_samples > 20)

    broker.kill()
    work(running, lambda: not any(link.connected for link in links))
    away_until = time.monotonic() + 3.0
    work(running, lambda: time.monotonic() > away_until)  # readings go on and wait
    broker.start()
    broker.kill_gate()
    broker.start_gate()
    back_until = time.monotonic() + 40.0
    work(running, lambda: all(link.connected and link.in_flight == 0 for link in links), seconds=40.0)
    assert time.monotonic() < back_until
    for link in links:
        link.close()

    samples = in_the_log(broker, known)
    pairs = np.unique(np.column_stack([samples.tag.astype(np.int64), samples.ts]), axis=0)
    assert len(pairs) == expected_history + running.live_samples
    for number in known.tags.number:
        times = samples.ts[samples.tag == number]
        first_seen = times[np.sort(np.unique(times, return_index=True)[1])]
        assert (np.diff(first_seen) > 0).all(), "history after live"


def test_history_is_sent_once(broker: Broker) -> None:
    first = fleet(broker, days=0.2)
    work(first, lambda: all(member.live for member in first.members))
    for member in first.members:
        member.link.close()
    assert first.history_samples > 0
    second = fleet(broker, days=0.2)
    work(second, lambda: all(member.live for member in second.members))
    assert second.history_samples == 0
    for member in second.members:
        member.link.close()


def test_the_ledger_of_history_survives(tmp_path: object) -> None:
    folder = DataFolder(tmp_path)  # type: ignore[arg-type]
    HistoryLedger(folder).record("coal-01-gw", 5.0)
    HistoryLedger(folder).record("coal-01-gw", 9.0)
    HistoryLedger(folder).record("coal-02-gw", 7.0)
    assert HistoryLedger(folder).loaded == {"coal-01-gw": 5.0, "coal-02-gw": 7.0}


def test_there_are_few_connections_one_an_enterprise() -> None:
    watched = [plan for plan in enterprises() if plan.sites]
    assert len(stations(Script())) == len(watched)
