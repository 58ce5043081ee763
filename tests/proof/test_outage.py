"""The broker is away for a minute under load (reliability.md R4)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.proof import truth
from tests.proof.senders import finish, provision, start_senders
from tests.support.broker import Broker
from tests.support.family import Family, wait_for

OUTAGE_S, CATCH_UP_S = 60, 30

pytestmark = pytest.mark.proof


def test_a_minute_without_the_broker_loses_nothing(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker:
        url = f"nats://127.0.0.1:{broker.client_port}"
        family = Family(broker.folder.root, "--port", "0", ANWEI_NATS_URL=url)
        keys = provision(family, tmp_path)
        with family:
            senders = start_senders(broker.mqtt_port, keys)
            time.sleep(5)
            broker.kill()
            time.sleep(OUTAGE_S)
            broker.start()
            began = time.monotonic()
            now_ms = int(time.time() * 1000)
            wait_for(
                lambda: all(sender.start_ms + sender.acknowledged * 100 >= now_ms for sender in senders),
                seconds=CATCH_UP_S,
                what="the senders have caught up",
            )
            print(f"caught up {time.monotonic() - began:.1f} s after the broker came back")
            finish(senders)
            expected = truth.due(family, senders, truth.acknowledged(senders))
            wait_for(
                lambda: not truth.lost(family, expected),
                seconds=CATCH_UP_S,
                what="all episodes are in the database",
            )
        truth.compare(family, senders, truth.stored(family), expected).check()
