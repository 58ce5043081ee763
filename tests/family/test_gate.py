"""What a device may do at the broker, and how fast a change of its credentials takes effect."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import ssl
import struct
import time
from collections.abc import Iterator

import msgspec
import pytest

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.log import STREAM
from tests.support.broker import Broker
from tests.support.certificate import self_signed
from tests.support.mqtt import ACCEPTED, DENIED, REFUSED, Device
from tests.support.register import TestDevices

N = 20
CODES = [f"device-{n}" for n in range(N)]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("gate"), gate=True) as running:
        yield running


@pytest.fixture
def devices(broker: Broker) -> TestDevices:
    """Twenty devices; the last two speak through the gateway `gw`."""
    registered = TestDevices(broker.folder, version=int(time.time()))
    registered.keys = {code: f"key of {code}" for code in [*CODES, "gw", "gw-4"]}
    registered.gateways = {CODES[-1]: "gw", CODES[-2]: "gw"}
    registered.publish()
    wait_for(lambda: admitted(broker, "gw", "key of gw") == ACCEPTED)
    return registered


def wait_for(condition, *, seconds: float = 10.0) -> float:
    """Return after how many seconds the condition held; fail when it did not in time."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "not within the time allowed"
        time.sleep(0.05)
    return time.monotonic() - started


def logged(broker: Broker, subject: str) -> list[bytes]:
    """Return the payloads that lie under a subject in the durable log."""

    async def read() -> list[bytes]:
        nc = await connect(broker.folder, name="test-read")
        jetstream = nc.jetstream()
        payloads: list[bytes] = []
        if (await jetstream.stream_info(STREAM, subjects_filter=subject)).state.subjects:
            subscription = await jetstream.subscribe(subject, stream=STREAM, ordered_consumer=True)
            pending = 1
            while pending:
                message = await subscription.next_msg(timeout=5)
                payloads.append(message.data)
                pending = message.metadata.num_pending
        await nc.close()
        return payloads

    return asyncio.run(read())


def admitted(broker: Broker, code: str, key: str, client_id: str | None = None) -> int | None:
    """Return what the broker answers to a CONNECT."""
    device = Device(broker.mqtt_port, code, key, client_id=client_id)
    try:
        return device.connect(seconds=8)
    finally:
        device.close()


def refusals(broker: Broker, code: str) -> list[dict]:
    return [msgspec.msgpack.decode(payload) for payload in logged(broker, f"refused.{code}")]


def test_every_device_reaches_its_own_topic_and_nothing_else(broker: Broker, devices: TestDevices) -> None:
    """Matrix of 20 x 20: 20 publishes stored, 380 refused, and each of those told of in the log."""
    before = len(logged(broker, "$MQTT.msgs.>"))
    for code in CODES:
        with Device(broker.mqtt_port, code, devices.keys[code]) as device:
            assert device.return_code == ACCEPTED
            for topic in CODES:
                # The broker acknowledges what it refuses; that is why the log of refusals exists.
                assert device.publish(f"telemetry/{topic}", b"{}")
    assert len(logged(broker, "$MQTT.msgs.>")) - before == N
    wait_for(lambda: sum(r["count"] for code in CODES for r in refusals(broker, code)) == N * (N - 1))
    told = refusals(broker, CODES[3])
    assert {r["detail"] for r in told} == {f"telemetry.{code}" for code in CODES if code != CODES[3]}
    assert {r["reason"] for r in told} == {"foreign_topic"}
    assert all(abs(r["at"] - time.time() * 1000) < 60_000 for r in told)


@pytest.mark.parametrize(
    "topic", ["#", "+/+", "telemetry/device-0", "telemetry/device-1", "$SYS/#", "$MQTT/#"]
)
def test_no_device_may_subscribe(broker: Broker, devices: TestDevices, topic: str) -> None:
    with Device(broker.mqtt_port, CODES[0], devices.keys[CODES[0]]) as device:
        assert device.subscribe(topic) == DENIED


@pytest.mark.parametrize(
    "topic",
    ["$SYS/x", "$JS/API/STREAM/DELETE/x", "$MQTT/msgs/telemetry/device-1", "telemetry", "ingest/device-0"],
)
def test_the_brokers_own_subjects_are_out_of_reach(broker: Broker, devices: TestDevices, topic: str) -> None:
    before = len(logged(broker, ">"))
    with Device(broker.mqtt_port, CODES[0], devices.keys[CODES[0]]) as device:
        device.publish(topic, b"{}")
        wait_for(lambda: refusals(broker, CODES[0])[-1]["detail"] == topic.replace("/", "."))
    assert len(logged(broker, "refused.>")) >= 1
    assert len(logged(broker, ">")) == before + 1  # the record of the refusal, nothing else


@pytest.mark.parametrize(
    ("code", "key", "client_id"),
    [
        ("", "", "anyone"),
        ("nobody", "key of device-0", "nobody"),
        ("device-0", "key of device-1", "device-0"),
        ("device-0", "", "device-0"),
        ("device-0", "key of device-0", "device-1"),  # another's session
        ("device-0", "key of device-0", "device-0-2"),  # a suffix is for gateways only
        ("gw", "key of gw", "gw-4"),  # that is a device's own name
        ("gw", "key of gw", 'gw-"x'),
        ("app", "", "app"),
    ],
)
def test_who_is_not_let_in(broker: Broker, devices: TestDevices, code: str, key: str, client_id: str) -> None:
    assert admitted(broker, code, key, client_id) != ACCEPTED


@pytest.mark.parametrize("user", ["app", "auth", "sys"])
def test_internal_users_do_not_exist_over_mqtt(broker: Broker, devices: TestDevices, user: str) -> None:
    assert admitted(broker, user, broker.folder.secret(f"nats-{user}").hex()) == REFUSED


def test_a_gateway_may_open_several_sessions(broker: Broker, devices: TestDevices) -> None:
    with (
        Device(broker.mqtt_port, "gw", "key of gw") as first,
        Device(broker.mqtt_port, "gw", "key of gw", client_id="gw-spare") as second,
    ):
        assert (first.return_code, second.return_code) == (ACCEPTED, ACCEPTED)
        assert first.publish("telemetry/gw", b"{}")
        assert not first.closed.is_set()


def test_oversize_and_qos_2_are_counted(broker: Broker, devices: TestDevices) -> None:
    code = CODES[7]
    with Device(broker.mqtt_port, code, devices.keys[code]) as device:
        device.publish(f"telemetry/{code}", bytes(9 * 1024 * 1024), seconds=1)
        assert device.closed.wait(10)
    with Device(broker.mqtt_port, code, devices.keys[code]) as device:
        device.publish(f"telemetry/{code}", b"{}", qos=2, seconds=1)
        assert device.closed.wait(10)
    wait_for(lambda: {"oversize", "malformed"} <= {r["reason"] for r in refusals(broker, code)})


def test_added_rotated_and_revoked_within_ten_seconds_and_nobody_else_notices(
    broker: Broker, devices: TestDevices
) -> None:
    revoked, rotated, bystander = (
        Device(broker.mqtt_port, code, devices.keys[code]) for code in (CODES[1], CODES[2], CODES[3])
    )
    for device in (revoked, rotated, bystander):
        assert device.connect() == ACCEPTED
    devices.revoked.add(CODES[1])
    devices.keys[CODES[2]] = "a new key"
    devices.keys["newcomer"] = "key of newcomer"
    devices.publish()

    assert revoked.closed.wait(10)
    assert rotated.closed.wait(10)
    wait_for(lambda: admitted(broker, "newcomer", "key of newcomer") == ACCEPTED)
    assert admitted(broker, CODES[1], devices.keys[CODES[1]]) == REFUSED
    assert admitted(broker, CODES[2], "key of device-2") == REFUSED
    assert admitted(broker, CODES[2], "a new key") == ACCEPTED
    assert bystander.publish(f"telemetry/{CODES[3]}", b"{}")
    assert not bystander.closed.is_set()


def test_a_key_rotated_while_the_gate_was_away_is_found_when_it_returns(
    broker: Broker, devices: TestDevices
) -> None:
    rotated, bystander = (Device(broker.mqtt_port, code, devices.keys[code]) for code in CODES[4:6])
    assert (rotated.connect(), bystander.connect()) == (ACCEPTED, ACCEPTED)
    broker.kill_gate()
    devices.keys[CODES[4]] = "a new key"
    devices.publish()
    assert bystander.publish(f"telemetry/{CODES[6]}", b"{}")  # refused while nobody counts
    broker.start_gate()
    assert rotated.closed.wait(10)
    assert not bystander.closed.is_set()
    wait_for(lambda: f"telemetry.{CODES[6]}" in {r["detail"] for r in refusals(broker, CODES[5])})


def test_without_a_gate_nobody_gets_in(broker: Broker, devices: TestDevices) -> None:
    broker.kill_gate()
    assert admitted(broker, CODES[0], devices.keys[CODES[0]]) != ACCEPTED
    broker.start_gate()
    wait_for(lambda: admitted(broker, CODES[0], devices.keys[CODES[0]]) == ACCEPTED)


def test_the_broker_syncs_before_it_answers(broker: Broker) -> None:
    """The setting the whole promise hangs on, as the running broker states it."""

    async def ask() -> dict:
        nc = await connect(broker.folder, user="sys", name="test")
        reply = await nc.request("$SYS.REQ.SERVER.PING.JSZ", b'{"config": true}', timeout=5)
        await nc.close()
        return json.loads(reply.data)["data"]["config"]

    assert asyncio.run(ask())["sync_always"] is True


@pytest.mark.parametrize("n", [2000, pytest.param(19_000, marks=pytest.mark.proof)])
def test_a_county_of_devices_connects_at_once(broker: Broker, n: int) -> None:
    """A whole county comes back after a power cut: everybody is in within seconds.

    A thousand short of the 20,000 devices of the county, because this many open files are what a process may have.
    """
    crowd = TestDevices(broker.folder, version=int(time.time()) + 1000)
    crowd.keys = {f"crowd-{k}": f"key {k}" for k in range(n)}
    crowd.publish()
    wait_for(lambda: admitted(broker, "crowd-0", "key 0") == ACCEPTED)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, n + 900)), hard))

    async def enter(code: str, key: str) -> tuple[int, asyncio.StreamWriter]:
        while True:  # as a device does: whoever is not answered in time tries again
            reader, writer = await asyncio.open_connection("127.0.0.1", broker.mqtt_port)
            writer.write(connect_packet(code, key))
            try:
                return (await reader.readexactly(4))[3], writer
            except (asyncio.IncompleteReadError, ConnectionResetError):
                writer.close()
                await asyncio.sleep(0.5)

    async def storm() -> list[int]:
        entered = await asyncio.gather(*(enter(code, key) for code, key in crowd.keys.items()))
        for _, writer in entered:
            writer.close()
        return [code for code, _ in entered]

    started = time.monotonic()
    codes = asyncio.run(asyncio.wait_for(storm(), n / 100 + 40))
    took = time.monotonic() - started
    print(f"{n} devices connected in {took:.2f} s ({n / took:,.0f}/s)")
    assert codes == [ACCEPTED] * n
    assert took < n / 100


@pytest.fixture(scope="module")
def tls_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    path = tmp_path_factory.mktemp("tls")
    with Broker(path, gate=True, certificate=self_signed(path, "127.0.0.1")) as running:
        TestDevices(running.folder, keys={"secure": "key of secure"}).publish()
        wait_for((running.folder.root / "register" / "gate.msgpack.z").exists)
        yield running


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize(
    ("version", "accepted"), [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (None, False)]
)
def test_with_a_certificate_mqtt_speaks_tls_1_2_or_newer_only(
    tls_broker: Broker, version: ssl.TLSVersion | None, accepted: bool
) -> None:
    """`None` is a device without TLS."""
    with socket.create_connection(("127.0.0.1", tls_broker.mqtt_port), timeout=10) as plain:
        try:
            wire = plain if version is None else trusting(tls_broker, version).wrap_socket(plain)
            wire.sendall(connect_packet("secure", "key of secure"))
            answer = wire.recv(4)
        except (ssl.SSLError, ConnectionError):
            answer = b""
    assert (answer == bytes([0x20, 2, 0, 0])) is accepted


def trusting(broker: Broker, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A context that speaks exactly one version of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(broker.folder.root.parent / "chain.pem")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


def connect_packet(code: str, key: str) -> bytes:
    """Return an MQTT 3.1.1 CONNECT (clean session, keep alive 60 s) with the code as client id and user."""

    def text(value: str) -> bytes:
        return struct.pack(">H", len(value)) + value.encode()

    body = (
        text("MQTT") + bytes([4, 0b1100_0010]) + struct.pack(">H", 60) + text(code) + text(code) + text(key)
    )
    assert len(body) < 128
    return bytes([0x10, len(body)]) + body
