"""Machines that move: cranes, vehicles, and the battery of a gateway."""

from __future__ import annotations

import numpy as np

from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.noise import Seconds, Series, chance, grain, wander
from anwei.demo.simulator.response import lagged, smooth_step
from anwei.demo.simulator.surroundings import HOUR, day_work, hour_of_day, wind

LIFT_S = 240.0  # one lift of a tower crane
TRIP_S = 3.0 * HOUR  # a trip with the rest after it
DRIVING_SHARE = 0.78


def crane_moment(t: Seconds, here: Circumstances, *, peak: float, surge: float) -> Series:
    """Return a tower crane's moment or load: lift after lift while the site works, each of its own weight.

    Seed of the place, so that load and moment of one crane rise and fall together.
    """
    lift = np.floor(t / LIFT_S).astype(np.int64)
    weight = 0.35 + 0.6 * chance(lift, here.site)
    idle = chance(lift, here.site + 1) < 0.3
    phase = (t / LIFT_S) % 1.0
    shape = smooth_step(phase / 0.15) * (1.0 - smooth_step((phase - 0.7) / 0.15))
    hook = 0.06
    working = np.where(idle, 0.0, weight * shape) * smooth_step((day_work(t) - 0.2) / 0.2)
    loaded = peak * (hook + (1.0 - hook) * working)
    upset = here.upset(t)
    return np.maximum(
        loaded * (1.0 - upset) + (peak + surge) * upset + 0.006 * peak * grain(t, here.seed), 0.0
    )


def crane_wind(t: Seconds, here: Circumstances, *, height: float, surge: float) -> Series:
    """Return the wind at the jib in m/s, `height` times the wind at 10 m."""
    gust = 0.4 * wander(t, here.seed, 15.0)
    return np.maximum(height * wind(t) + gust + surge * here.upset(t), 0.0)


def _trip(t: Seconds, here: Circumstances) -> tuple[Series, Series]:
    """Return the phase of the present trip, 0..1, and whether the vehicle is on a trip at all, 0..1."""
    phase = (t / TRIP_S + chance(np.array([3], np.int64), here.site)[0]) % 1.0
    hour = hour_of_day(t)
    service = ((hour > 6.0) & (hour < 21.5)).astype(np.float64)
    return phase, service * (phase < DRIVING_SHARE)


def vehicle_speed(t: Seconds, here: Circumstances, *, cruise: float, surge: float) -> Series:
    """Return a coach's or lorry's speed in km/h: it pulls out, follows the road, stops and rests."""
    phase, driving = _trip(t, here)
    pulling = smooth_step(phase / 0.02) * (1.0 - smooth_step((phase - DRIVING_SHARE + 0.02) / 0.02))
    road = cruise * (0.86 + 0.12 * wander(t, here.seed, 180.0) + 0.04 * wander(t, here.seed + 1, 30.0))
    stops = smooth_step((wander(t, here.seed + 2, 90.0) + 0.8) / 0.15)
    normal = driving * pulling * road * stops
    upset = here.upset(t)
    fast = cruise + surge + 2.0 * wander(t, here.seed + 3, 30.0)
    return np.maximum(normal * (1.0 - upset) + fast * upset, 0.0)


def driving_time(t: Seconds, here: Circumstances, *, surge: float) -> Series:
    """Return the minutes since the last rest; an upset is a driver who does not take it."""
    phase, driving = _trip(t, here)
    minutes = driving * phase * TRIP_S / 60.0
    upset = here.upset(t)
    return minutes * (1.0 - upset) + (TRIP_S * DRIVING_SHARE / 60.0 + surge) * upset


def brake_temperature(t: Seconds, here: Circumstances, *, surge: float) -> Series:
    """Return a brake drum in degrees Celsius: warm on the road, hot on a long descent."""

    def friction(moments: Seconds) -> Series:
        _, driving = _trip(moments, here)
        hills = np.maximum(wander(moments, here.site + 5, 1200.0), 0.0)
        return driving * (45.0 + 40.0 * hills) + surge * here.upset(moments)

    return 22.0 + lagged(friction, t, 240.0) + 0.6 * grain(t, here.seed)


def supply_voltage(t: Seconds, here: Circumstances, *, nominal: float, surge: float) -> Series:
    """Return a gateway's supply in V: mains with a buffer battery, `surge` lower when the mains are gone."""
    return (
        nominal + 0.15 * wander(t, here.seed, 3 * HOUR) - surge * here.upset(t) + 0.02 * grain(t, here.seed)
    )
