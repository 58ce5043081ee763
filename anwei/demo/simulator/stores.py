"""Stores: fireworks in a dry shed, food in the cold."""

from __future__ import annotations

import numpy as np

from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.noise import Seconds, Series, grain, wander
from anwei.demo.simulator.response import lagged
from anwei.demo.simulator.surroundings import HOUR, day_work, hour_of_day, outdoor_temperature, recent_rain


def store_temperature(t: Seconds, here: Circumstances, *, offset: float, surge: float) -> Series:
    """Return a shed's temperature in ℃: the outdoor day cycle, later and flatter; `surge` without air."""
    inside = lagged(outdoor_temperature, t, 2.5 * HOUR) + offset
    return inside + surge * here.upset(t) + 0.15 * wander(t, here.seed, 1800.0) + 0.04 * grain(t, here.seed)


def store_humidity(t: Seconds, here: Circumstances, *, mean: float, swing: float, surge: float) -> Series:
    """Return a shed's relative humidity in %: low at the warmest hour, high before dawn and after rain."""
    day = -swing * np.cos(2 * np.pi * (hour_of_day(t) - 16.0) / 24.0)
    wet = 8.0 * recent_rain(t)
    air = 4.0 * wander(t, here.site, 1.5 * 24 * HOUR)
    return np.minimum(mean + day + wet + air + surge * here.upset(t) + 0.3 * grain(t, here.seed), 100.0)


def cold_room(t: Seconds, here: Circumstances, *, setpoint: float, surge: float) -> Series:
    """Return a cold room in ℃: the compressor saws about the set-point, doors open by day."""
    sawing = 0.6 * (2.0 * np.abs((t / 1500.0 + here.seed % 97) % 1.0 * 2.0 - 1.0) - 1.0)

    def warming(moments: Seconds) -> Series:
        doors = 0.9 * day_work(moments) * (1.0 + 0.5 * wander(moments, here.seed, 1200.0))
        return doors + surge * here.upset(moments)

    return setpoint + sawing + lagged(warming, t, 900.0) + 0.05 * grain(t, here.seed)
