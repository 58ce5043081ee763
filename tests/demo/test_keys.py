"""Where a device finds the broker and its key."""

from __future__ import annotations

import selectors
import time
from pathlib import Path

import pytest

from anwei.datafolder import DataFolder
from anwei.demo.keys import Listener, NoBroker, device_keys, mqtt_listener
from anwei.demo.recording import Reading
from anwei.demo.replaying import replay
from anwei.demo.simulator.link import Link
from anwei.monitoring.stream.broker import Endpoint
from tests.support.broker import Broker
from tests.support.certificate import self_signed
from tests.support.family import wait_for
from tests.support.register import TestDevices


def test_the_broker_is_where_it_says_or_where_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    monkeypatch.delenv("ANWEI_MQTT", raising=False)
    with pytest.raises(NoBroker, match="anwei run"):
        mqtt_listener(folder)
    Endpoint("127.0.0.1", 4222, 1999, mqtt_host="0.0.0.0").publish(folder)
    assert mqtt_listener(folder) == Listener("127.0.0.1", 1999, None)
    monkeypatch.setenv("ANWEI_MQTT", "10.0.0.7:1883")
    assert mqtt_listener(folder) == Listener("10.0.0.7", 1883, None)


def test_a_recording_and_a_plant_reach_a_broker_that_speaks_tls_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The county's certificate names no loopback address; its own machine trusts the certificate itself."""
    chain, key = self_signed(tmp_path, "10.9.9.9")
    monkeypatch.delenv("ANWEI_MQTT", raising=False)
    with Broker(tmp_path, gate=True, certificate=(chain, key)) as broker:
        devices = TestDevices(broker.folder, keys={"d1": "key of d1", "d2": "key of d2"})
        devices.publish()
        wait_for((broker.folder.root / "register" / "gate.msgpack.z").exists)
        monkeypatch.delenv("ANWEI_TLS_CERT", raising=False)
        with pytest.raises(NoBroker, match="ANWEI_TLS_CERT"):
            mqtt_listener(broker.folder)
        monkeypatch.setenv("ANWEI_TLS_CERT", str(chain))
        listener = mqtt_listener(broker.folder)

        readings = [Reading(1_700_000_000_000 + 1000 * k, float(k)) for k in range(1200)]
        sent = {"device": "d1", "key": "key of d1", "tag": "t"}
        outcome = replay(readings, listener=listener, **sent, pace=float("inf"), say=lambda *_: None)
        assert (outcome.messages, outcome.acknowledged) == (3, 3)

        with selectors.DefaultSelector() as selector:
            link = Link("d2", "key of d2", listener, selector)
            for k in range(50):
                link.publish(b'{"t": %d}' % k)
            deadline = time.monotonic() + 20
            while link.in_flight and time.monotonic() < deadline:
                link.tick(time.monotonic())
                for chosen, events in selector.select(0.2):
                    chosen.data.handle(events)
            link.close()
        assert (link.published, link.acknowledged) == (50, 50)


def test_without_a_county_there_are_no_keys(tmp_path: Path) -> None:
    assert device_keys(DataFolder(tmp_path)) == {}
