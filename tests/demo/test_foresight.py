"""The sphere whose cooling fails: its pressure is foretold at least twenty minutes before the limit."""

from __future__ import annotations

import msgspec
import numpy as np

from anwei.demo.simulator.instrument import Instrument
from anwei.demo.simulator.script import Script
from anwei.demo.simulator.station import LATELY_STEP_S, stations
from anwei.monitoring.detect.minutes import MINUTE_MS
from anwei.monitoring.detect.watch import Watch
from anwei.monitoring.stream.register import Register
from anwei.standards.setpoints import setpoint
from tests.oracle import Rule
from tests.stream.plant import Plant

LIVE_AT = 1_795_000_000.0 // 60 * 60
HISTORY_S, LIVE_S = 2 * 86_400, 2 * 3_600


def register(limit: float) -> Register:
    return msgspec.structs.replace(Plant(1, 1, [Rule(1, 1, "h", limit)]).register(), version=1)


def test_the_rising_pressure_is_foretold_twenty_minutes_ahead() -> None:
    script = Script(live_at=LIVE_AT)
    device = next(
        device
        for station in stations(script)
        for device in station.devices
        if device.code == "chemical-07-sphere"
    )
    press = next(tag for tag in device.tags if tag.code == "press")
    limit = setpoint(next(rule["setpoint"] for rule in press.row["rules"] if rule["kind"] == "h")).value
    assert limit is not None
    before = np.arange(LIVE_AT - HISTORY_S, LIVE_AT, LATELY_STEP_S)
    live = np.arange(LIVE_AT, LIVE_AT + LIVE_S, device.period_s)
    t = np.concatenate([before, live])
    values = Instrument(device, press, script).read(t)
    ts = (t * 1000).astype(np.int64)
    watch = Watch()
    watch.use(register(limit))
    found = []
    for first in range(0, len(t), 60):
        piece = slice(first, first + 60)
        n = len(ts[piece])
        rows = watch.take(
            np.ones(n, np.int64), ts[piece], values[piece], ts[piece], np.arange(first, first + n) + 1
        )
        found += [one for findings in watch.steps(rows) for one in findings]
    reached = int(ts[np.argmax(values >= limit)])
    assert values.max() > limit and reached > LIVE_AT * 1000
    drifts = [one for one in found if one["kind"] == "drift" and one["at"] >= LIVE_AT * 1000]
    assert drifts, "nothing was foretold"
    lead = (reached - drifts[0]["at"]) / MINUTE_MS
    assert lead >= 20
    assert abs(drifts[0]["expected_at"] - reached) / MINUTE_MS <= lead / 2
    assert not [one for one in found if one["kind"] == "drift" and one["at"] < LIVE_AT * 1000]
    assert "持续上升" in drifts[0]["reason"]
