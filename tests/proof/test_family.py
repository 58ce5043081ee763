"""The family over a broker of the county's own, and every process frozen in turn (reliability.md R14)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from anwei.monitoring.stream.heartbeat import BEATING
from tests.support.broker import Broker
from tests.support.family import Family, wait_for

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    with Family(tmp_path_factory.mktemp("family") / "data") as running:
        yield running


@pytest.mark.parametrize("name", BEATING)
def test_whichever_process_freezes_is_named_within_thirty_seconds(family: Family, name: str) -> None:
    family.wait_until_healthy()
    pid = family.pid(name)
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:

        def is_named() -> bool:
            states = {process["name"]: process["state"] for process in family.status()["processes"]}
            return states[name] == "stuck"

        took = wait_for(is_named, seconds=30, what=f"anwei status names {name}")
        print(f"{name}: named after {took:.0f} s")
        if name != "web":  # which would have to answer
            assert family.get("/healthz")[0] == 503
    finally:
        os.kill(pid, signal.SIGCONT)
    family.wait_until_healthy()


def test_an_existing_broker_is_used(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker:
        url = f"nats://127.0.0.1:{broker.client_port}"
        with Family(broker.folder.root, ANWEI_NATS_URL=url) as family:
            family.wait_until_healthy()
            assert family.pid("broker") is None
            assert family.folder.running()["mqtt"] is None
            assert "外部消息服务器" in family.command("status").stdout
        assert broker.process is not None
        assert broker.process.poll() is None  # it is not ours to end
