"""The simulator behaves like plant: it answers to causes, is deterministic, and history joins live."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from anwei.demo.plan import DevicePlan, TagPlan, enterprises
from anwei.demo.simulator import air, earth, machines, stores, tanks
from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.instrument import Instrument
from anwei.demo.simulator.noise import Seconds, Series
from anwei.demo.simulator.response import bump
from anwei.demo.simulator.script import Event, Script
from anwei.demo.simulator.surroundings import (
    DAY,
    HOUR,
    barometer,
    coal_shift,
    hour_of_day,
    outdoor_temperature,
    recent_rain,
)
from anwei.demo.tables import table
from anwei.standards.clocks import warning_clocks
from anwei.standards.setpoints import setpoint

NOW = 1_795_536_000.0  # 2026-11-24 16:00 UTC
MONTH = np.arange(NOW - 30 * DAY, NOW, 300.0)
ALL = [(device, tag) for plan in enterprises() for device in plan.devices for tag in device.tags]


def calm(t: Seconds) -> Series:
    return np.zeros(len(t))


def place(upset: Callable[[Seconds], Series] = calm) -> Circumstances:
    return Circumstances(seed=11, site=7, upset=upset)


def correlation(one: Series, other: Series) -> float:
    return float(np.corrcoef(one, other)[0, 1])


class Calm(Script):
    """A county where nothing goes wrong."""

    def events(self, key: tuple[str, str], start: float, end: float) -> list[Event]:
        return []


def tag_of(device_code: str, tag_code: str) -> tuple[DevicePlan, TagPlan]:
    return next((device, tag) for device, tag in ALL if (device.code, tag.code) == (device_code, tag_code))


def test_methane_climbs_smoothly_when_ventilation_is_lost_and_recovers_with_it() -> None:
    t = np.arange(NOW, NOW + 3600.0, 2.0)
    loss = place(lambda at: 0.6 * bump(at, NOW + 600, 120, 900, 300))
    value = air.methane(t, loss, base=0.3, lag=60.0)
    quiet = air.methane(t, place(), base=0.3, lag=60.0)
    short_of_air = (t > NOW + 1000) & (t < NOW + 1500)
    assert (value / quiet)[short_of_air].min() > 1.7  # about 1 / (1 - 0.8 x 0.6)
    assert np.abs(np.diff(value)).max() < 0.03  # no jump
    assert abs(value[-1] - quiet[-1]) < 0.01
    flow = air.airspeed(t, loss, nominal=1.8)
    assert correlation(value, flow) < -0.8


def test_methane_follows_shift_and_barometer() -> None:
    value = air.methane(MONTH, place(), base=0.4)
    cutting, resting = value[coal_shift(MONTH) > 0.9].mean(), value[coal_shift(MONTH) < 0.1].mean()
    assert cutting > 1.15 * resting
    night = coal_shift(MONTH) > 0.95
    assert correlation(value[night], barometer(MONTH)[night]) < -0.3


def test_a_tank_is_filled_quickly_and_drawn_slowly_between_its_marks() -> None:
    value = tanks.level(MONTH, place(), low=28.0, high=74.0, cycle_h=30.0, surge=20.0)
    step = np.diff(value)
    assert 26.0 < value.min() < 32.0 and 70.0 < value.max() < 76.0
    assert (step < 0).mean() > 0.7  # drawn most of the time
    assert step[step > 0].mean() > 2 * -step[step < 0].mean()
    assert np.abs(step).max() < 4.0


def test_pressure_and_temperature_of_liquefied_gas_go_together() -> None:
    pressure = tanks.vapour_pressure(MONTH, place(), offset=6.0, surge=44.0)
    temperature = tanks.liquid_temperature(MONTH, place(), offset=6.0, surge=44.0)
    assert correlation(pressure, temperature) > 0.98
    swing = outdoor_temperature(MONTH).std()
    assert temperature.std() < swing  # a body of liquid is slower than the air


def test_a_fireworks_store_has_a_day_that_lags_the_outdoor_day_and_dries_in_the_afternoon() -> None:
    inside = stores.store_temperature(MONTH, place(), offset=1.0, surge=29.0)
    humid = stores.store_humidity(MONTH, place(), mean=62.0, swing=5.0, surge=28.0)
    hours = hour_of_day(MONTH)

    def peak(value: Series) -> float:
        return float(np.argmax([value[np.floor(hours) == hour].mean() for hour in range(24)]))

    assert peak(outdoor_temperature(MONTH)) < peak(inside) <= 20
    assert humid[np.floor(hours) == 4].mean() > humid[np.floor(hours) == 16].mean() + 5.0


def test_rain_shortens_the_beach_and_lifts_the_phreatic_line_later() -> None:
    year = np.arange(NOW - 300 * DAY, NOW, HOUR)
    here = place()
    wet = recent_rain(year)
    beach = earth.beach_length(year, here, base=118.0, slope=0.02, surge=78.0)
    depth = earth.phreatic_depth(year, here, base=4.6, rise=0.012, surge=2.7)
    assert wet.max() > 0.5
    assert correlation(beach, wet) < -0.7
    later = np.roll(wet, 12)
    assert correlation(depth[24:], later[24:]) < correlation(depth[24:], wet[24:]) < 0.0


def test_load_and_moment_of_one_crane_rise_and_fall_together_and_rest_at_night() -> None:
    t = np.arange(NOW - DAY, NOW, 10.0)
    moment = machines.crane_moment(t, place(), peak=76.0, surge=22.0)
    load = machines.crane_moment(t, place(), peak=4.2, surge=1.2)
    assert correlation(moment, load) > 0.99
    night = (hour_of_day(t) > 22.0) | (hour_of_day(t) < 5.0)
    assert moment[night].max() < 8.0 and moment.max() > 50.0


def test_a_driver_rests_within_four_hours_unless_upset() -> None:
    t = np.arange(NOW - 3 * DAY, NOW, 60.0)
    assert machines.driving_time(t, place(), surge=120.0).max() < 240.0
    tired = place(lambda at: np.ones(len(at)))
    assert machines.driving_time(t, tired, surge=120.0).min() > 240.0


@pytest.mark.parametrize("plan", enterprises()[::9], ids=lambda plan: plan.code)
def test_a_reading_depends_on_its_moment_alone(plan: object) -> None:
    """So that history and live join: any cutting, and one moment alone, give the same."""
    t = np.arange(NOW - 2 * DAY, NOW, 300.0)
    for device in plan.devices:  # type: ignore[attr-defined]
        for tag in device.tags:
            whole = Instrument(device, tag, Script()).read(t)
            pieces = [Instrument(device, tag, Script()).read(piece) for piece in np.array_split(t, 7)]
            assert np.array_equal(whole, np.concatenate(pieces)), tag.code
            alone = Instrument(device, tag, Script()).read(t[-1:])
            assert alone[0] == whole[-1], tag.code


def test_readings_lie_in_range_at_their_resolution_and_are_not_constant() -> None:
    for device, tag in ALL[::3]:
        value = Instrument(device, tag, Script()).read(MONTH)
        low, high = tag.row["range"]
        assert np.isfinite(value).all() and value.min() >= low and value.max() <= high
        assert np.array_equal(value, np.round(value, tag.row["decimals"]))
        assert len(np.unique(value)) >= 3, (device.code, tag.code)


def test_where_nothing_goes_wrong_no_limit_is_crossed_in_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anwei.demo.simulator.instrument.faults", lambda *_: [])
    year = np.arange(NOW - 365 * DAY, NOW, 2 * HOUR)
    for device, tag in ALL:
        value = Instrument(device, tag, Calm()).read(year)
        for rule in tag.row["rules"]:
            limit = setpoint(rule["setpoint"]).value
            worst = value.max() if rule["kind"] in ("h", "hh") else -value.min()
            assert worst < (limit if rule["kind"] in ("h", "hh") else -limit), (device.code, tag.code)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_in_the_first_minute_methane_climbs_smoothly_over_its_limits_and_later_recovers(hour: int) -> None:
    live_at = NOW + hour * HOUR
    scene = table("script")["opening"][0]
    device, tag = tag_of(scene["device"], "ch4_corner")
    t = np.arange(live_at - 20.0, live_at + 900.0, device.period_s)
    value = Instrument(device, tag, Script(live_at=live_at)).read(t)
    alarm, trip = (setpoint(rule["setpoint"]).value for rule in tag.row["rules"])
    assert value[t <= live_at].max() < 0.8
    first, second = t[value >= alarm][0] - live_at, t[value >= trip][0] - live_at
    assert 10.0 <= first < second <= 30.0
    climb = value[(t > live_at) & (t < live_at + second)]
    assert np.count_nonzero(climb > value[0] + 0.05) >= 4 and np.abs(np.diff(value)).max() < 0.45  # no jump
    assert value.max() < 4.0 and value[-1] < alarm - 0.05


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_within_two_minutes_something_rises_whose_warning_can_be_extended(hour: int) -> None:
    live_at = NOW + hour * HOUR
    device, tag = tag_of(table("script")["opening"][1]["device"], "level")
    [rule] = tag.row["rules"]
    t = np.arange(live_at, live_at + 300.0, device.period_s)
    value = Instrument(device, tag, Script(live_at=live_at)).read(t)
    over = t[value >= setpoint(rule["setpoint"]).value]
    assert over[0] - live_at + rule["delay"] <= 120.0 and len(over) == np.count_nonzero(t >= over[0])
    level = rule["severity"]
    assert rule["warns"] and any(one.extension for one in warning_clocks(level)), level
