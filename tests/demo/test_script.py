"""The script: a day that a duty officer can live with, and instruments that fail as instruments do."""

from __future__ import annotations

import numpy as np

from anwei.demo.plan import enterprises
from anwei.demo.simulator.faults import faults_of_day
from anwei.demo.simulator.instrument import Instrument, speaks
from anwei.demo.simulator.script import Script, events_of_day
from anwei.demo.simulator.surroundings import DAY
from anwei.demo.tables import table
from anwei.standards.setpoints import setpoint

TODAY = 20_781  # days since 1970: 2026-11-24
DEVICES = {device.code: device for plan in enterprises() for device in plan.devices}


def tags(device: str) -> dict[str, object]:
    return {tag.code: tag for tag in DEVICES[device].tags}


def test_a_day_has_fewer_than_six_alarms_an_hour_and_some_each_day() -> None:
    """ISA-18.2: up to six an hour can be managed; onsets over limits, counted each minute of three days."""
    n_onsets = 0
    for day in range(TODAY, TODAY + 3):
        t = np.arange(day * DAY, (day + 1) * DAY, 60.0)
        for device, tag in events_of_day(day):
            plan = tags(device)[tag]
            value = Instrument(DEVICES[device], plan, Script()).read(t)  # type: ignore[arg-type]
            for rule in plan.row["rules"]:  # type: ignore[attr-defined]
                limit = setpoint(rule["setpoint"]).value
                over = value >= limit if rule["kind"] in ("h", "hh") else value <= limit
                n_onsets += int(np.count_nonzero(over[1:] & ~over[:-1]))
    assert 3 * 8 <= n_onsets < 3 * 24 * 6


def test_yesterday_does_not_change() -> None:
    before = events_of_day(TODAY)
    events_of_day.cache_clear()
    events_of_day(TODAY + 1)
    assert events_of_day(TODAY) == before


def test_every_kind_of_fault_happens_every_day() -> None:
    for day in range(TODAY, TODAY + 5):
        kinds = [fault.kind for found in faults_of_day(day).values() for fault in found]
        assert {"flat", "drift", "dropout"} == set(kinds)


def test_a_stuck_sensor_repeats_one_value_and_a_silent_device_says_nothing() -> None:
    flat = [(key, f) for key, found in faults_of_day(TODAY).items() for f in found if f.kind == "flat"]
    (device, tag), fault = flat[0]
    t = np.arange(fault.start, fault.end, 30.0)
    value = Instrument(DEVICES[device], tags(device)[tag], Script()).read(t)  # type: ignore[arg-type]
    assert len(np.unique(value)) == 1

    silent = [(key, f) for key, found in faults_of_day(TODAY).items() for f in found if f.kind == "dropout"]
    (device, _), fault = silent[0]
    t = np.array([fault.start - 10.0, fault.start + 10.0, fault.end + 10.0])
    assert speaks(DEVICES[device], t).tolist() == [True, False, True]


def test_a_concealed_sensor_drops_to_nothing_when_the_limit_is_near() -> None:
    key, event = next(
        (key, event)
        for day in range(TODAY - 30, TODAY)
        for key, events in events_of_day(day).items()
        for event in events
        if event.concealed and key[0].startswith("coal")
    )
    t = np.arange(event.start, event.end, 20.0)
    plan = tags(key[0])[key[1]]
    instrument = Instrument(DEVICES[key[0]], plan, Script())  # type: ignore[arg-type]
    limit = setpoint(plan.row["rules"][0]["setpoint"]).value  # type: ignore[attr-defined]
    truth, shown = instrument.truth(t), instrument.read(t)
    assert truth.max() > limit > shown.max()
    assert shown[truth > limit].max() < 0.05 * limit


def test_the_opening_scene_plays_only_when_the_mine_goes_live() -> None:
    scene = table("script")["opening"][0]
    key = (scene["device"], "ch4_corner")
    assert len(Script(live_at=TODAY * DAY).events(key, TODAY * DAY, TODAY * DAY + 60)) == 1 + len(
        Script().events(key, TODAY * DAY, TODAY * DAY + 60)
    )
