"""Who publishes with QoS 0 is found by looking now and then."""

from __future__ import annotations

import asyncio
from pathlib import Path

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.log import log_state
from anwei.monitoring.stream.register import publish_register
from anwei.monitoring.stream.samples import Reason, Reject
from anwei.monitoring.stream.unacknowledged import watch_unacknowledged
from tests.stream.plant import Plant
from tests.support.broker import Broker
from tests.support.mqtt import ACCEPTED, Device


def test_a_device_that_asks_for_no_acknowledgement_is_reported_and_not_stored(tmp_path: Path) -> None:
    asyncio.run(_look(tmp_path))


async def _look(path: Path) -> None:
    plant, found = Plant(2, 1), list[Reject]()
    with Broker(path, gate=True) as broker:
        nc = await connect(broker.folder, name="test")
        await publish_register(nc, plant.register())
        await asyncio.sleep(0.5)
        watch = asyncio.create_task(
            watch_unacknowledged(nc, found.extend, lambda: 7, look_s=0.2, every_s=0.3)
        )
        devices = [Device(broker.mqtt_port, f"d{number}", plant.key(number)) for number in range(2)]
        for device in devices:
            assert await asyncio.to_thread(device.connect) == ACCEPTED
        for _ in range(40):
            for number, device in enumerate(devices):
                await asyncio.to_thread(device.publish, f"telemetry/d{number}", b'{"T0":1}', qos=number)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.4)
        watch.cancel()
        assert {reject.device for reject in found} == {"d0"}
        assert {(reject.reason, reject.received_at) for reject in found} == {(Reason.QOS0, 7)}
        assert 1 <= sum(reject.count for reject in found) <= 40
        assert (await log_state(nc))["messages"] == 40  # those of d1
        for device in devices:
            device.close()
        await nc.close()
